-- A small classic dump: one row per INSERT, small tables doubled.
SET NAMES utf8mb4;
SET FOREIGN_KEY_CHECKS = 0;

DROP TABLE IF EXISTS `axf_wheel`;
CREATE TABLE `axf_wheel`  (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `img` varchar(200) NOT NULL,
  `name` varchar(100) NOT NULL,
  `trackid` varchar(16) NOT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8;
BEGIN;
INSERT INTO `axf_wheel` VALUES (1, 'http://old.example/a.jpg', '酸奶女王', '21870');
INSERT INTO `axf_wheel` VALUES (4, 'http://old.example/a.jpg', '鲜货直供－窝夫小子', '21770');
INSERT INTO `axf_wheel` VALUES (6, 'http://old.example/a.jpg', '酸奶女王', '21870');
INSERT INTO `axf_wheel` VALUES (9, 'http://old.example/a.jpg', '鲜货直供－窝夫小子', '21770');
COMMIT;

DROP TABLE IF EXISTS `axf_nav`;
CREATE TABLE `axf_nav`  (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `img` varchar(200) NOT NULL,
  `name` varchar(100) NOT NULL,
  `trackid` varchar(16) NOT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8;
BEGIN;
INSERT INTO `axf_nav` VALUES (2, 'http://old.example/a.jpg', '每日签到', '21753');
COMMIT;

DROP TABLE IF EXISTS `axf_mustbuy`;
CREATE TABLE `axf_mustbuy`  (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `img` varchar(200) NOT NULL,
  `name` varchar(100) NOT NULL,
  `trackid` varchar(16) NOT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8;
BEGIN;
INSERT INTO `axf_mustbuy` VALUES (2, 'http://old.example/a.jpg', '鲜果女王', '21861');
INSERT INTO `axf_mustbuy` VALUES (6, 'http://old.example/a.jpg', '鲜果女王', '21861');
COMMIT;

DROP TABLE IF EXISTS `axf_shop`;
CREATE TABLE `axf_shop`  (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `img` varchar(200) NOT NULL,
  `name` varchar(100) NOT NULL,
  `trackid` varchar(16) NOT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8;
BEGIN;
INSERT INTO `axf_shop` VALUES (1, 'http://old.example/a.jpg', '闪送超市', '1464');
INSERT INTO `axf_shop` VALUES (2, 'http://old.example/a.jpg', '热销榜', '104749');
INSERT INTO `axf_shop` VALUES (4, 'http://old.example/a.jpg', '牛奶面包', '103536');
INSERT INTO `axf_shop` VALUES (11, 'http://old.example/a.jpg', '整箱购', '20581');
COMMIT;

DROP TABLE IF EXISTS `axf_mainshow`;
CREATE TABLE `axf_mainshow`  (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `img` varchar(200) NOT NULL,
  `name` varchar(100) NOT NULL,
  `trackid` varchar(16) NOT NULL,
  `categoryid` varchar(16) NOT NULL,
  `brandname` varchar(100) NOT NULL,
  `img1` varchar(200) NOT NULL,
  `childcid1` varchar(16) NOT NULL,
  `productid1` varchar(16) NOT NULL,
  `longname1` varchar(100) NOT NULL,
  `price1` double NOT NULL,
  `marketprice1` double NOT NULL,
  `img2` varchar(200) NOT NULL,
  `childcid2` varchar(16) NOT NULL,
  `productid2` varchar(16) NOT NULL,
  `longname2` varchar(100) NOT NULL,
  `price2` double NOT NULL,
  `marketprice2` double NOT NULL,
  `img3` varchar(200) NOT NULL,
  `childcid3` varchar(16) NOT NULL,
  `productid3` varchar(16) NOT NULL,
  `longname3` varchar(100) NOT NULL,
  `price3` double NOT NULL,
  `marketprice3` double NOT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8;
BEGIN;
INSERT INTO `axf_mainshow` VALUES (1, 'http://old.example/a.jpg', '优选水果', '21782', '103532', '爱鲜蜂', 'http://old.example/a.jpg', '103533', '118824', '爱鲜蜂·特小凤西瓜1.5-2.5kg/粒', 25.8, 25.8, 'http://old.example/a.jpg', '103534', '116950', '蜂觅·越南直采红心火龙果350-450g/盒', 15.3, 15.8, 'http://old.example/a.jpg', '103533', '118826', '爱鲜蜂·海南千禧果400-450g/盒', 9.9, 13.8);
INSERT INTO `axf_mainshow` VALUES (5, 'http://old.example/a.jpg', '零食大趴', '21782', '103532', '爱鲜蜂', 'http://old.example/a.jpg', '103533', '118824', '爱鲜蜂·特小凤西瓜1.5-2.5kg/粒', 25.8, 25.8, 'http://old.example/a.jpg', '103534', '116950', '蜂觅·越南直采红心火龙果350-450g/盒', 15.3, 15.8, 'http://old.example/a.jpg', '103533', '118826', '爱鲜蜂·海南千禧果400-450g/盒', 9.9, 13.8);
INSERT INTO `axf_mainshow` VALUES (7, 'http://old.example/a.jpg', '优选水果', '21782', '103532', '爱鲜蜂', 'http://old.example/a.jpg', '103533', '118824', '爱鲜蜂·特小凤西瓜1.5-2.5kg/粒', 25.8, 25.8, 'http://old.example/a.jpg', '103534', '116950', '蜂觅·越南直采红心火龙果350-450g/盒', 15.3, 15.8, 'http://old.example/a.jpg', '103533', '118826', '爱鲜蜂·海南千禧果400-450g/盒', 9.9, 13.8);
INSERT INTO `axf_mainshow` VALUES (11, 'http://old.example/a.jpg', '零食大趴', '21782', '103532', '爱鲜蜂', 'http://old.example/a.jpg', '103533', '118824', '爱鲜蜂·特小凤西瓜1.5-2.5kg/粒', 25.8, 25.8, 'http://old.example/a.jpg', '103534', '116950', '蜂觅·越南直采红心火龙果350-450g/盒', 15.3, 15.8, 'http://old.example/a.jpg', '103533', '118826', '爱鲜蜂·海南千禧果400-450g/盒', 9.9, 13.8);
COMMIT;

DROP TABLE IF EXISTS `axf_foodtypes`;
CREATE TABLE `axf_foodtypes`  (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `typeid` varchar(16) NOT NULL,
  `typename` varchar(100) NOT NULL,
  `childtypenames` varchar(200) NOT NULL,
  `typesort` int(11) NOT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8;
BEGIN;
INSERT INTO `axf_foodtypes` VALUES (1, '104749', '热销榜', '全部分类:0', 1);
INSERT INTO `axf_foodtypes` VALUES (2, '104747', '新品尝鲜', '全部分类:0', 2);
INSERT INTO `axf_foodtypes` VALUES (3, '103532', '优选水果', '全部分类:0#进口水果:103534#国产水果:103533', 3);
INSERT INTO `axf_foodtypes` VALUES (4, '103581', '卤味熟食', '全部分类:0', 4);
INSERT INTO `axf_foodtypes` VALUES (5, '103536', '牛奶面包', '全部分类:0#酸奶乳酸菌:103537#牛奶豆浆:103538#面包蛋糕:103540', 5);
INSERT INTO `axf_foodtypes` VALUES (6, '103549', '饮料酒水', '全部分类:0#饮用水:103550#茶饮/咖啡:103554#功能饮料:103553#酒类:103555#果汁饮料:103551#碳酸饮料:103552#整箱购:104503#植物蛋白:104489#进口饮料:103556', 6);
INSERT INTO `axf_foodtypes` VALUES (7, '103541', '休闲零食', '全部分类:0#进口零食:103547#饼干糕点:103544#膨化食品:103543#坚果炒货:103542#肉干蜜饯:103546#糖果巧克力:103545', 7);
INSERT INTO `axf_foodtypes` VALUES (11, '104958', '冰激凌', '全部分类:0', 11);
INSERT INTO `axf_foodtypes` VALUES (12, '104749', '热销榜', '全部分类:0', 1);
INSERT INTO `axf_foodtypes` VALUES (13, '104747', '新品尝鲜', '全部分类:0', 2);
COMMIT;

DROP TABLE IF EXISTS `axf_goods`;
CREATE TABLE `axf_goods`  (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `productid` varchar(16) NOT NULL,
  `productimg` varchar(200) NOT NULL,
  `productname` varchar(100) NOT NULL,
  `productlongname` varchar(200) NOT NULL,
  `isxf` int(11) NOT NULL,
  `pmdesc` varchar(100) NOT NULL,
  `specifics` varchar(100) NOT NULL,
  `price` double NOT NULL,
  `marketprice` double NOT NULL,
  `categoryid` varchar(16) NOT NULL,
  `childcid` varchar(16) NOT NULL,
  `childcidname` varchar(100) NOT NULL,
  `dealerid` varchar(16) NOT NULL,
  `storenums` int(11) NOT NULL,
  `productnum` int(11) NOT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8;
BEGIN;
INSERT INTO `axf_goods` VALUES (1, '11951', 'http://old.example/a.jpg', '', '乐吧薯片鲜虾味50.0g', 0, '0', '50g', 2, 2.5, '103541', '103543', '膨化食品', '4858', 200, 4);
INSERT INTO `axf_goods` VALUES (2, '2405', 'http://old.example/a.jpg', '康师傅,3+2,葱香奶油味,休闲零食', '康师傅3+2葱香奶油125.0g', 0, '0', '125g', 5, 5, '103541', '103544', '饼干糕点', '4858', 200, 3);
INSERT INTO `axf_goods` VALUES (473, '94611', 'http://old.example/a.jpg', '飘香,鸭锁骨,卤味,哈哈镜,鸭锁骨,容先生', '飘香鸭锁骨(微辣)220g', 1, '0', '220g', 16, 20, '103581', '103582', '卤味熟食', '4858', 50, 100000915);
INSERT INTO `axf_goods` VALUES (475, '97189', 'http://old.example/a.jpg', '飘香鸭脖微辣', '飘香鸭脖微辣168g', 1, '0', '168g', 15, 18, '103581', '103582', '卤味熟食', '4858', 50, 100000579);
INSERT INTO `axf_goods` VALUES (487, '119691', 'http://old.example/a.jpg', '', '辉山十天风味酸乳', 1, '1', '185g', 8.9, 8.9, '104747', '104748', '新品尝鲜', '4858', 50, 100000000);
INSERT INTO `axf_goods` VALUES (492, '119605', 'http://old.example/a.jpg', '', '爱鲜蜂·泰国椰青800g以上/个', 1, '0', '800g以上/个', 19.9, 21.8, '104747', '104748', '新品尝鲜', '4858', 50, 100000000);
INSERT INTO `axf_goods` VALUES (494, '119793', 'http://old.example/a.jpg', '', '格桑泉天然饮用水', 1, '1', '550ml', 3, 3, '104747', '104748', '新品尝鲜', '4858', 50, 100000000);
INSERT INTO `axf_goods` VALUES (495, '119570', 'http://old.example/a.jpg', '麻辣味鲅鱼', '麻辣味鲅鱼32g', 1, '1', '32g', 1, 1, '104749', '103543', '膨化食品', '4858', 50, 100003541);
INSERT INTO `axf_goods` VALUES (496, '109108', 'http://old.example/a.jpg', '三元轻能黄桃+大麦优酪乳', '三元轻能黄桃+大麦优酪乳250g', 1, '1', '250g', 8.9, 15, '104749', '103537', '酸奶乳酸菌', '4858', 50, 100003903);
INSERT INTO `axf_goods` VALUES (498, '5590', 'http://old.example/a.jpg', '中街,糯米糍,冰淇淋,中街冰点', '中街糯米糍1个', 0, '0', '1个', 0.7, 0.5, '104958', '104959', '冰激凌', '4858', 200, 1050);
INSERT INTO `axf_goods` VALUES (531, '118826', 'http://old.example/a.jpg', '爱鲜蜂·海南千禧果', '爱鲜蜂·海南千禧果400-450g/盒', 1, '0', '400-450g/盒', 9.9, 13.8, '103532', '103533', '国产水果', '4858', 50, 100002467);
INSERT INTO `axf_goods` VALUES (535, '119082', 'http://old.example/a.jpg', '爱鲜蜂·进口超甜香蕉', '爱鲜蜂·进口超甜香蕉500-550g/袋', 1, '0', '500-550g/袋', 7.99, 15.8, '103532', '103534', '进口水果', '4858', 50, 100002139);
INSERT INTO `axf_goods` VALUES (537, '116950', 'http://old.example/a.jpg', '蜂觅·越南直采红心火龙果', '蜂觅·越南直采红心火龙果350-450g/盒', 1, '0', '350-450g/盒', 15.3, 15.8, '103532', '103534', '进口水果', '4858', 50, 100001475);
INSERT INTO `axf_goods` VALUES (553, '107766', 'http://old.example/a.jpg', '爱鲜蜂·开椰器', '爱鲜蜂·开椰器1个', 1, '0', '1个', 2.5, 3, '103532', '103533', '国产水果', '4858', 50, 100000107);
INSERT INTO `axf_goods` VALUES (554, '109108', 'http://old.example/a.jpg', '三元轻能黄桃+大麦优酪乳', '三元轻能黄桃+大麦优酪乳250g', 1, '1', '250g', 8.9, 15, '103536', '103537', '酸奶乳酸菌', '4858', 50, 100003903);
INSERT INTO `axf_goods` VALUES (603, '119570', 'http://old.example/a.jpg', '麻辣味鲅鱼', '麻辣味鲅鱼32g', 1, '1', '32g', 1, 1, '103541', '103543', '膨化食品', '4858', 50, 100003541);
COMMIT;
