-- AXF demo catalogue: the home page. A row is shown from starts_at until ends_at (NULL = no end), UTC.
-- One wheel has ended and one starts in 2030: neither is shown now.
-- The shop rows fill four slots in order: 1 banner, 2 tiles, 4 tiles, 4 tiles.

INSERT INTO wheel (id, name, name_en, picture, target, position, starts_at, ends_at) VALUES
(1, '当季鲜果，一口回甜', 'Fruit in season, sweet to the last bite', 'wheel-fruit', '/axf/market/103532/0/0/', 1, '2026-01-01 00:00:00.000000', NULL),
(2, '酸奶女王，醇厚上新', 'Yoghurt fit for a queen', 'wheel-yogurt', '/axf/market/103536/103537/0/', 2, '2026-01-01 00:00:00.000000', NULL),
(3, '车厘子空运首发', 'First cherries, just flown in', 'wheel-cherry', '/axf/goods/427/', 3, '2026-01-01 00:00:00.000000', NULL),
(4, '鸭货开啃，辣得过瘾', 'Duck night: gloves on, heat up', 'wheel-duck', '/axf/market/103581/900001/0/', 4, '2026-01-01 00:00:00.000000', NULL),
(5, '新米开仓，饭香到家', 'New-harvest rice, home tonight', 'wheel-rice', '/axf/goods/605/', 5, '2026-01-01 00:00:00.000000', NULL),
(6, '年货节，团圆好味', 'New Year Fair: tastes of home', 'wheel-spring-fair', '/axf/market/103541/0/0/', 6, '2026-01-01 00:00:00.000000', '2026-02-28 16:00:00.000000'),
(7, '二〇三〇，鲜味新年', '2030: a fresh new year', 'wheel-2030', '/axf/market/103532/0/0/', 7, '2030-01-01 00:00:00.000000', NULL);

INSERT INTO nav (id, name, name_en, picture, target, position, starts_at, ends_at) VALUES
(1, '每日必抢', 'Today''s Deals', 'nav-daily', '/axf/market/104749/0/0/', 1, '2026-01-01 00:00:00.000000', NULL),
(2, '领券中心', 'Coupons', 'nav-newcomer', '/axf/coupons/', 2, '2026-01-01 00:00:00.000000', NULL),
(3, '鲜货直供', 'Farm Direct', 'nav-fresh', '/axf/market/103532/103533/0/', 3, '2026-01-01 00:00:00.000000', NULL),
(4, '鲜蜂力荐', 'Bee Picks', 'nav-picks', '/axf/market/103557/0/0/', 4, '2026-01-01 00:00:00.000000', NULL);

INSERT INTO mustbuy (id, name, name_en, picture, target, position, starts_at, ends_at) VALUES
(1, '鲜果女王', 'Fruit Queen', 'mustbuy-fruit', '/axf/market/103532/103534/0/', 1, '2026-01-01 00:00:00.000000', NULL),
(2, '酸奶女王', 'Yoghurt Queen', 'mustbuy-yogurt', '/axf/market/103536/103537/0/', 2, '2026-01-01 00:00:00.000000', NULL),
(3, '麻辣女王', 'Queen of Spice', 'mustbuy-spicy', '/axf/market/103581/0/0/', 3, '2026-01-01 00:00:00.000000', NULL),
(4, '今晚吃火锅', 'Hot Pot Tonight', 'mustbuy-hotpot', '/axf/goods/622/', 4, '2026-01-01 00:00:00.000000', NULL);

INSERT INTO shop (id, name, name_en, picture, target, position, starts_at, ends_at) VALUES
(1, '闪送超市', 'Express Supermarket', 'shop-express', '/axf/market/103575/0/0/', 1, '2026-01-01 00:00:00.000000', NULL),
(2, '热销榜', 'Best Sellers', 'shop-hot', '/axf/market/104749/0/0/', 2, '2026-01-01 00:00:00.000000', NULL),
(3, '新品尝鲜', 'New Arrivals', 'shop-new', '/axf/market/104747/0/0/', 3, '2026-01-01 00:00:00.000000', NULL),
(4, '牛奶面包', 'Milk & Bread', 'shop-dairy-bread', '/axf/market/103536/0/0/', 4, '2026-01-01 00:00:00.000000', NULL),
(5, '饮料酒水', 'Drinks', 'shop-drinks', '/axf/market/103549/0/0/', 5, '2026-01-01 00:00:00.000000', NULL),
(6, '优选水果', 'Choice Fruit', 'shop-fruit', '/axf/market/103532/0/0/', 6, '2026-01-01 00:00:00.000000', NULL),
(7, '更多', 'More', 'shop-more', '/axf/market/104749/0/0/', 7, '2026-01-01 00:00:00.000000', NULL),
(8, '鲜蜂力荐', 'Bee Picks', 'shop-picks', '/axf/market/103557/0/0/', 8, '2026-01-01 00:00:00.000000', NULL),
(9, '卤味-鸭货不能停', 'Braised Duck: Can''t Stop', 'shop-duck', '/axf/market/103581/900001/0/', 9, '2026-01-01 00:00:00.000000', NULL),
(10, '零食轰趴', 'Snack Party', 'shop-snacks', '/axf/market/103541/0/0/', 10, '2026-01-01 00:00:00.000000', NULL),
(11, '整箱购', 'By the Case', 'shop-case', '/axf/market/103549/104503/0/', 11, '2026-01-01 00:00:00.000000', NULL);

INSERT INTO mainshow (id, name, name_en, picture, target, position, starts_at, ends_at) VALUES
(1, '优选水果', 'Choice Fruit', 'mainshow-fruit', '/axf/market/103532/0/0/', 1, '2026-01-01 00:00:00.000000', NULL),
(2, '牛奶面包', 'Milk & Bread', 'mainshow-dairy-bread', '/axf/market/103536/0/0/', 2, '2026-01-01 00:00:00.000000', NULL),
(3, '饮料酒水', 'Drinks', 'mainshow-drinks', '/axf/market/103549/0/0/', 3, '2026-01-01 00:00:00.000000', NULL),
(4, '休闲零食', 'Snacks', 'mainshow-snacks', '/axf/market/103541/0/0/', 4, '2026-01-01 00:00:00.000000', NULL),
(5, '卤味熟食', 'Braised & Deli', 'mainshow-deli', '/axf/market/103581/0/0/', 5, '2026-01-01 00:00:00.000000', NULL),
(6, '方便速食', 'Instant & Frozen', 'mainshow-instant', '/axf/market/103557/0/0/', 6, '2026-01-01 00:00:00.000000', NULL);

INSERT INTO mainshow_goods (mainshow_id, goods_id, position) VALUES
(1, 403, 1),
(1, 437, 2),
(1, 410, 3),
(2, 475, 1),
(2, 483, 2),
(2, 467, 3),
(3, 518, 1),
(3, 502, 2),
(3, 512, 3),
(4, 559, 1),
(4, 553, 2),
(4, 541, 3),
(5, 452, 1),
(5, 448, 2),
(5, 443, 3),
(6, 580, 1),
(6, 587, 2),
(6, 577, 3);
