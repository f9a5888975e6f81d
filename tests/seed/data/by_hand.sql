-- A small classic home page, written by hand.
insert into axf_wheel(img,name,trackid) values
 ("http://old.example/a.jpg","酸奶女王","21870"),
 ("http://old.example/a.jpg","优选圣女果","21869"),
 ("http://old.example/a.jpg","伊利酸奶大放价","21862"),
 ("http://old.example/a.jpg","鲜货直供－窝夫小子","21770"),
 ("http://old.example/a.jpg","鲜货直供－狼博森食品","21874");
insert into axf_nav(img,name,trackid) values("http://old.example/a.jpg","每日必抢","21851"),("http://old.example/a.jpg","每日签到","21753"),("http://old.example/a.jpg","鲜货直供","21749"),("http://old.example/a.jpg","鲜蜂力荐","21854");
insert into axf_mustbuy(img,name,trackid) values("http://old.example/a.jpg","酸奶女王","21870"),("http://old.example/a.jpg","鲜果女王","21861"),("http://old.example/a.jpg","麻辣女王","21866"),("http://old.example/a.jpg","鲜货直供－果析","21858");
insert into axf_shop(img,name,trackid) values("http://old.example/a.jpg","闪送超市","1464"),("http://old.example/a.jpg","热销榜","104749"),("http://old.example/a.jpg","新品尝鲜","104747"),("http://old.example/a.jpg","牛奶面包","103536"),("http://old.example/a.jpg","饮料酒水","103549"),("http://old.example/a.jpg","优选水果","103532"),("http://old.example/a.jpg","更多","100001"),("http://old.example/a.jpg","鲜蜂力荐","21854"),("http://old.example/a.jpg","卤味-鸭货不能停","21742"),("http://old.example/a.jpg","零食轰趴","21142"),("http://old.example/a.jpg","整箱购","20581");
insert into axf_mainshow(trackid,name,img,categoryid,brandname,img1,childcid1,productid1,longname1,price1,marketprice1,img2,childcid2,productid2,longname2,price2,marketprice2,img3,childcid3,productid3,longname3,price3,marketprice3) values
("21782","优选水果","http://old.example/a.jpg","103532","爱鲜蜂","http://old.example/a.jpg","103533","118824","爱鲜蜂·特小凤西瓜1.5-2.5kg/粒","25.80","25.8","http://old.example/a.jpg","103534","116950","蜂觅·越南直采红心火龙果350-450g/盒","15.3","15.8","http://old.example/a.jpg","103533","118826","爱鲜蜂·海南千禧果400-450g/盒","9.9","13.8"),
("21782","牛奶面包","http://old.example/a.jpg","103532","爱鲜蜂","http://old.example/a.jpg","103533","118824","爱鲜蜂·特小凤西瓜1.5-2.5kg/粒","25.80","25.8","http://old.example/a.jpg","103534","116950","蜂觅·越南直采红心火龙果350-450g/盒","15.3","15.8","http://old.example/a.jpg","103533","118826","爱鲜蜂·海南千禧果400-450g/盒","9.9","13.8"),
("21782","卤味熟食","http://old.example/a.jpg","103532","爱鲜蜂","http://old.example/a.jpg","103533","118824","爱鲜蜂·特小凤西瓜1.5-2.5kg/粒","25.80","25.8","http://old.example/a.jpg","103534","116950","蜂觅·越南直采红心火龙果350-450g/盒","15.3","15.8","http://old.example/a.jpg","103533","118826","爱鲜蜂·海南千禧果400-450g/盒","9.9","13.8"),
("21782","饮料酒水","http://old.example/a.jpg","103532","爱鲜蜂","http://old.example/a.jpg","103533","118824","爱鲜蜂·特小凤西瓜1.5-2.5kg/粒","25.80","25.8","http://old.example/a.jpg","103534","116950","蜂觅·越南直采红心火龙果350-450g/盒","15.3","15.8","http://old.example/a.jpg","103533","118826","爱鲜蜂·海南千禧果400-450g/盒","9.9","13.8"),
("21782","零食大趴","http://old.example/a.jpg","103532","爱鲜蜂","http://old.example/a.jpg","103533","118824","爱鲜蜂·特小凤西瓜1.5-2.5kg/粒","25.80","25.8","http://old.example/a.jpg","103534","116950","蜂觅·越南直采红心火龙果350-450g/盒","15.3","15.8","http://old.example/a.jpg","103533","118826","爱鲜蜂·海南千禧果400-450g/盒","9.9","13.8"),
("21782","方便速食","http://old.example/a.jpg","103532","爱鲜蜂","http://old.example/a.jpg","103533","118824","爱鲜蜂·特小凤西瓜1.5-2.5kg/粒","25.80","25.8","http://old.example/a.jpg","103534","116950","蜂觅·越南直采红心火龙果350-450g/盒","15.3","15.8","http://old.example/a.jpg","103533","118826","爱鲜蜂·海南千禧果400-450g/盒","9.9","13.8");
insert into axf_brand(trackid,name,img,categoryid,brandname)
VALUES ("21782","优选水果","http://old.example/a.jpg","103532","爱鲜蜂"),
 ("21782","牛奶面包","http://old.example/a.jpg","103532","爱鲜蜂"),
 ("21782","卤味熟食","http://old.example/a.jpg","103532","爱鲜蜂"),
 ("21782","饮料酒水","http://old.example/a.jpg","103532","爱鲜蜂"),
 ("21782","零食大趴","http://old.example/a.jpg","103532","爱鲜蜂"),
 ("21782","方便速食","http://old.example/a.jpg","103532","爱鲜蜂");
INSERT INTO axf_brand_product(img, childcid, productid, longname, price, marketprice, brand_id) VALUES
 ("http://old.example/a.jpg","103533","118824","爱鲜蜂·特小凤西瓜1.5-2.5kg/粒","25.80","25.8",1),
 ("http://old.example/a.jpg","103534","116950","蜂觅·越南直采红心火龙果350-450g/盒","15.3","15.8",1),
 ("http://old.example/a.jpg","103533","118826","爱鲜蜂·海南千禧果400-450g/盒","9.9","13.8",1);
