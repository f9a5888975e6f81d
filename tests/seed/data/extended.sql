-- A small classic dump: extended INSERTs.
/*!40101 SET NAMES utf8 */;
/*!40014 SET FOREIGN_KEY_CHECKS=0 */;

DROP TABLE IF EXISTS `axf_wheel`;
CREATE TABLE `axf_wheel` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `img` varchar(100) NOT NULL,
  `name` varchar(100) NOT NULL,
  `trackid` varchar(10) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
LOCK TABLES `axf_wheel` WRITE;
INSERT INTO `axf_wheel` VALUES (1,'http://old.example/a.jpg','酸奶女王','21870'),(4,'http://old.example/a.jpg','鲜货直供－窝夫小子','21770');
UNLOCK TABLES;

DROP TABLE IF EXISTS `axf_nav`;
CREATE TABLE `axf_nav` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `img` varchar(100) NOT NULL,
  `name` varchar(100) NOT NULL,
  `trackid` varchar(10) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
LOCK TABLES `axf_nav` WRITE;
INSERT INTO `axf_nav` VALUES (2,'http://old.example/a.jpg','每日签到','21753');
UNLOCK TABLES;

DROP TABLE IF EXISTS `axf_mustbuy`;
CREATE TABLE `axf_mustbuy` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `img` varchar(100) NOT NULL,
  `name` varchar(100) NOT NULL,
  `trackid` varchar(10) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
LOCK TABLES `axf_mustbuy` WRITE;
INSERT INTO `axf_mustbuy` VALUES (2,'http://old.example/a.jpg','鲜果女王','21861');
UNLOCK TABLES;

DROP TABLE IF EXISTS `axf_shop`;
CREATE TABLE `axf_shop` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `img` varchar(100) NOT NULL,
  `name` varchar(100) NOT NULL,
  `trackid` varchar(10) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
LOCK TABLES `axf_shop` WRITE;
INSERT INTO `axf_shop` VALUES (1,'http://old.example/a.jpg','闪送超市','1464'),(2,'http://old.example/a.jpg','热销榜','104749'),(4,'http://old.example/a.jpg','牛奶面包','103536'),(11,'http://old.example/a.jpg','整箱购','20581');
UNLOCK TABLES;

DROP TABLE IF EXISTS `axf_mainshow`;
CREATE TABLE `axf_mainshow` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `trackid` varchar(8) NOT NULL,
  `name` varchar(100) NOT NULL,
  `img` varchar(100) NOT NULL,
  `categoryid` varchar(8) NOT NULL,
  `brandname` varchar(50) NOT NULL,
  `img1` varchar(100) NOT NULL,
  `childcid1` varchar(8) NOT NULL,
  `productid1` varchar(8) NOT NULL,
  `longname1` varchar(100) NOT NULL,
  `price1` double NOT NULL,
  `marketprice1` double NOT NULL,
  `img2` varchar(100) NOT NULL,
  `childcid2` varchar(8) NOT NULL,
  `productid2` varchar(8) NOT NULL,
  `longname2` varchar(100) NOT NULL,
  `price2` double NOT NULL,
  `marketprice2` double NOT NULL,
  `img3` varchar(100) NOT NULL,
  `childcid3` varchar(8) NOT NULL,
  `productid3` varchar(8) NOT NULL,
  `longname3` varchar(100) NOT NULL,
  `price3` double NOT NULL,
  `marketprice3` double NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
LOCK TABLES `axf_mainshow` WRITE;
INSERT INTO `axf_mainshow` VALUES (1,'21782','优选水果','http://old.example/a.jpg','103532','爱鲜蜂','http://old.example/a.jpg','103533','118824','爱鲜蜂·特小凤西瓜1.5-2.5kg/粒',25.8,25.8,'http://old.example/a.jpg','103534','116950','蜂觅·越南直采红心火龙果350-450g/盒',15.3,15.8,'http://old.example/a.jpg','103533','118826','爱鲜蜂·海南千禧果400-450g/盒',9.9,13.8),(5,'21782','零食大趴','http://old.example/a.jpg','103532','爱鲜蜂','http://old.example/a.jpg','103533','118824','爱鲜蜂·特小凤西瓜1.5-2.5kg/粒',25.8,25.8,'http://old.example/a.jpg','103534','116950','蜂觅·越南直采红心火龙果350-450g/盒',15.3,15.8,'http://old.example/a.jpg','103533','118826','爱鲜蜂·海南千禧果400-450g/盒',9.9,13.8);
UNLOCK TABLES;

DROP TABLE IF EXISTS `axf_foodtypes`;
CREATE TABLE `axf_foodtypes` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `typeid` varchar(8) NOT NULL,
  `typename` varchar(100) NOT NULL,
  `childtypenames` varchar(256) NOT NULL,
  `typesort` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
LOCK TABLES `axf_foodtypes` WRITE;
INSERT INTO `axf_foodtypes` VALUES (1,'104749','热销榜','全部分类:0',1),(2,'104747','新品尝鲜','全部分类:0',2),(3,'103532','优选水果','全部分类:0#进口水果:103534#国产水果:103533',3),(4,'103581','卤味熟食','全部分类:0',4),(5,'103536','牛奶面包','全部分类:0#酸奶乳酸菌:103537#牛奶豆浆:103538#面包蛋糕:103540',5),(6,'103549','饮料酒水','全部分类:0#饮用水:103550#茶饮/咖啡:103554#功能饮料:103553#酒类:103555#果汁饮料:103551#碳酸饮料:103552#整箱购:104503#植物蛋白:104489#进口饮料:103556',6),(7,'103541','休闲零食','全部分类:0#进口零食:103547#饼干糕点:103544#膨化食品:103543#坚果炒货:103542#肉干蜜饯:103546#糖果巧克力:103545',7),(11,'104958','冰激凌','全部分类:0',11);
UNLOCK TABLES;

DROP TABLE IF EXISTS `axf_goods`;
CREATE TABLE `axf_goods` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `productid` varchar(10) NOT NULL,
  `productimg` varchar(100) NOT NULL,
  `productname` varchar(100) NOT NULL,
  `productlongname` varchar(100) NOT NULL,
  `isxf` tinyint(1) NOT NULL,
  `pmdesc` tinyint(1) NOT NULL,
  `specifics` varchar(100) NOT NULL,
  `price` decimal(7,2) NOT NULL,
  `marketprice` decimal(7,2) NOT NULL,
  `categoryid` int(11) NOT NULL,
  `childcid` int(11) NOT NULL,
  `childcidname` varchar(100) NOT NULL,
  `dealerid` varchar(10) NOT NULL,
  `storenums` int(11) NOT NULL,
  `productnum` int(11) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
LOCK TABLES `axf_goods` WRITE;
INSERT INTO `axf_goods` VALUES (1,'11951','http://old.example/a.jpg','','乐吧薯片鲜虾味50.0g',0,0,'50g',2.00,2.50,103541,103543,'膨化食品','4858',200,4),(2,'2405','http://old.example/a.jpg','康师傅,3+2,葱香奶油味,休闲零食','康师傅3+2葱香奶油125.0g',0,0,'125g',5.00,5.00,103541,103544,'饼干糕点','4858',200,3),(473,'94611','http://old.example/a.jpg','飘香,鸭锁骨,卤味,哈哈镜,鸭锁骨,容先生','飘香鸭锁骨(微辣)220g',1,0,'220g',16.00,20.00,103581,103582,'卤味熟食','4858',50,100000915),(475,'97189','http://old.example/a.jpg','飘香鸭脖微辣','飘香鸭脖微辣168g',1,0,'168g',15.00,18.00,103581,103582,'卤味熟食','4858',50,100000579),(487,'119691','http://old.example/a.jpg','','辉山十天风味酸乳',1,1,'185g',8.90,8.90,104747,104748,'新品尝鲜','4858',50,100000000),(492,'119605','http://old.example/a.jpg','','爱鲜蜂·泰国椰青800g以上/个',1,0,'800g以上/个',19.90,21.80,104747,104748,'新品尝鲜','4858',50,100000000),(494,'119793','http://old.example/a.jpg','','格桑泉天然饮用水',1,1,'550ml',3.00,3.00,104747,104748,'新品尝鲜','4858',50,100000000),(495,'119570','http://old.example/a.jpg','麻辣味鲅鱼','麻辣味鲅鱼32g',1,1,'32g',1.00,1.00,104749,103543,'膨化食品','4858',50,100003541),(496,'109108','http://old.example/a.jpg','三元轻能黄桃+大麦优酪乳','三元轻能黄桃+大麦优酪乳250g',1,1,'250g',8.90,15.00,104749,103537,'酸奶乳酸菌','4858',50,100003903),(498,'5590','http://old.example/a.jpg','中街,糯米糍,冰淇淋,中街冰点','中街糯米糍1个',0,0,'1个',0.70,0.50,104958,104959,'冰激凌','4858',200,1050),(531,'118826','http://old.example/a.jpg','爱鲜蜂·海南千禧果','爱鲜蜂·海南千禧果400-450g/盒',1,0,'400-450g/盒',9.90,13.80,103532,103533,'国产水果','4858',50,100002467),(535,'119082','http://old.example/a.jpg','爱鲜蜂·进口超甜香蕉','爱鲜蜂·进口超甜香蕉500-550g/袋',1,0,'500-550g/袋',7.99,15.80,103532,103534,'进口水果','4858',50,100002139),(537,'116950','http://old.example/a.jpg','蜂觅·越南直采红心火龙果','蜂觅·越南直采红心火龙果350-450g/盒',1,0,'350-450g/盒',15.30,15.80,103532,103534,'进口水果','4858',50,100001475),(553,'107766','http://old.example/a.jpg','爱鲜蜂·开椰器','爱鲜蜂·开椰器1个',1,0,'1个',2.50,3.00,103532,103533,'国产水果','4858',50,100000107),(554,'109108111','http://old.example/a.jpg','三元轻能黄桃+大麦优酪乳','三元轻能黄桃+大麦优酪乳250g',1,1,'250g',8.90,15.00,103536,103537,'酸奶乳酸菌','4858',50,100003903),(603,'119570','http://old.example/a.jpg','麻辣味鲅鱼','麻辣味鲅鱼32g',1,1,'32g',1.00,1.00,103541,103543,'膨化食品','4858',50,100003541);
UNLOCK TABLES;
