-- AXF demo catalogue: food types, then their sub-types.
-- listing: hot = by sales, new = by listing date, goods = the goods of the type.
-- The classic ids are kept; 900001 and up are ours.

INSERT INTO food_type (id, parent_id, name, name_en, position, listing) VALUES
(104749, NULL, '热销榜', 'Best Sellers', 1, 'hot'),
(104747, NULL, '新品尝鲜', 'New Arrivals', 2, 'new'),
(103532, NULL, '优选水果', 'Choice Fruit', 3, 'goods'),
(103581, NULL, '卤味熟食', 'Braised & Deli', 4, 'goods'),
(103536, NULL, '牛奶面包', 'Milk & Bread', 5, 'goods'),
(103549, NULL, '饮料酒水', 'Drinks', 6, 'goods'),
(103541, NULL, '休闲零食', 'Snacks', 7, 'goods'),
(103557, NULL, '方便速食', 'Instant & Frozen', 8, 'goods'),
(103569, NULL, '粮油调味', 'Staples & Seasoning', 9, 'goods'),
(103575, NULL, '生活用品', 'Household', 10, 'goods'),
(104958, NULL, '冰激凌', 'Ice Cream', 11, 'goods');

-- 优选水果
INSERT INTO food_type (id, parent_id, name, name_en, position, listing) VALUES
(103534, 103532, '进口水果', 'Imported Fruit', 1, 'goods'),
(103533, 103532, '国产水果', 'Chinese Fruit', 2, 'goods');

-- 卤味熟食
INSERT INTO food_type (id, parent_id, name, name_en, position, listing) VALUES
(103582, 103581, '卤味熟食', 'Braised Meats', 1, 'goods'),
(900001, 103581, '招牌鸭货', 'Signature Duck', 2, 'goods'),
(900002, 103581, '素卤凉菜', 'Cold Vegetable Dishes', 3, 'goods');

-- 牛奶面包
INSERT INTO food_type (id, parent_id, name, name_en, position, listing) VALUES
(103537, 103536, '酸奶乳酸菌', 'Yoghurt & Lactic Drinks', 1, 'goods'),
(103538, 103536, '牛奶豆浆', 'Milk & Soya Milk', 2, 'goods'),
(103540, 103536, '面包蛋糕', 'Bread & Cakes', 3, 'goods');

-- 饮料酒水
INSERT INTO food_type (id, parent_id, name, name_en, position, listing) VALUES
(103550, 103549, '饮用水', 'Water', 1, 'goods'),
(103554, 103549, '茶饮/咖啡', 'Tea & Coffee', 2, 'goods'),
(103553, 103549, '功能饮料', 'Sports & Energy Drinks', 3, 'goods'),
(103555, 103549, '酒类', 'Beer, Wine & Spirits', 4, 'goods'),
(103551, 103549, '果汁饮料', 'Juice', 5, 'goods'),
(103552, 103549, '碳酸饮料', 'Fizzy Drinks', 6, 'goods'),
(104503, 103549, '整箱购', 'By the Case', 7, 'goods'),
(104489, 103549, '植物蛋白', 'Plant-Based Drinks', 8, 'goods'),
(103556, 103549, '进口饮料', 'Imported Drinks', 9, 'goods');

-- 休闲零食
INSERT INTO food_type (id, parent_id, name, name_en, position, listing) VALUES
(103547, 103541, '进口零食', 'Imported Snacks', 1, 'goods'),
(103544, 103541, '饼干糕点', 'Biscuits & Pastries', 2, 'goods'),
(103543, 103541, '膨化食品', 'Crisps & Puffs', 3, 'goods'),
(103542, 103541, '坚果炒货', 'Nuts & Seeds', 4, 'goods'),
(103546, 103541, '肉干蜜饯', 'Jerky & Dried Fruit', 5, 'goods'),
(103545, 103541, '糖果巧克力', 'Sweets & Chocolate', 6, 'goods');

-- 方便速食
INSERT INTO food_type (id, parent_id, name, name_en, position, listing) VALUES
(103558, 103557, '方便面', 'Instant Noodles', 1, 'goods'),
(103559, 103557, '火腿肠卤蛋', 'Sausages & Braised Eggs', 2, 'goods'),
(103562, 103557, '速冻面点', 'Frozen Dumplings & Buns', 3, 'goods'),
(103560, 103557, '下饭小菜', 'Pickles & Relishes', 4, 'goods'),
(103561, 103557, '罐头食品', 'Tinned Food', 5, 'goods'),
(103563, 103557, '冲调饮品', 'Instant Drinks & Cereal', 6, 'goods');

-- 粮油调味
INSERT INTO food_type (id, parent_id, name, name_en, position, listing) VALUES
(103570, 103569, '杂粮米面油', 'Grains, Rice, Flour & Oil', 1, 'goods'),
(103571, 103569, '厨房调味', 'Seasonings', 2, 'goods'),
(103572, 103569, '调味酱', 'Sauces & Pastes', 3, 'goods');

-- 生活用品
INSERT INTO food_type (id, parent_id, name, name_en, position, listing) VALUES
(103576, 103575, '个人护理', 'Personal Care', 1, 'goods'),
(103578, 103575, '纸品', 'Paper Goods', 2, 'goods'),
(103580, 103575, '日常用品', 'Daily Needs', 3, 'goods'),
(103577, 103575, '家居清洁', 'Home Cleaning', 4, 'goods');

-- 冰激凌
INSERT INTO food_type (id, parent_id, name, name_en, position, listing) VALUES
(104959, 104958, '冰激凌', 'Ice Cream', 1, 'goods'),
(900003, 104958, '雪糕冰棍', 'Bars & Lollies', 2, 'goods'),
(900004, 104958, '冰品甜点', 'Frozen Desserts', 3, 'goods');
