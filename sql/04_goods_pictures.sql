-- AXF demo catalogue: further pictures of goods, after the one that the goods itself names.

INSERT INTO goods_picture (goods_id, position, picture, alt, alt_en) VALUES
(401, 1, 'dandong-strawberry-close', '草莓特写', 'A strawberry close up'),
(401, 2, 'dandong-strawberry-three', '三颗草莓', 'Three strawberries'),
(427, 1, 'chile-cherry-close', '车厘子特写', 'Cherries close up'),
(427, 2, 'chile-cherry-three', '三串车厘子', 'Three sprigs of cherries'),
(437, 1, 'peru-blueberry-close', '蓝莓特写', 'Blueberries close up'),
(437, 2, 'peru-blueberry-breakfast', '蓝莓配牛奶早餐碗', 'Blueberries with a breakfast bowl and milk'),
(439, 1, 'mexico-avocado-close', '切开的牛油果', 'A halved avocado'),
(439, 2, 'mexico-avocado-toast', '牛油果配面包和番茄', 'Avocado with bread and tomato'),
(475, 1, 'fresh-milk-breakfast', '牛奶配面包和鸡蛋', 'Milk with bread and egg'),
(475, 2, 'fresh-milk-cow', '牧场奶牛', 'A cow of the dairy'),
(483, 1, 'milk-toast-close', '吐司特写', 'The loaf close up'),
(483, 2, 'milk-toast-breakfast', '吐司配蜂蜜和牛奶', 'The loaf with honey and milk'),
(605, 1, 'wuchang-rice-bowl', '一碗米饭', 'A bowl of rice'),
(605, 2, 'wuchang-rice-field', '稻穗', 'Ears of rice'),
(645, 1, 'vanilla-cup-close', '香草冰淇淋特写', 'The ice cream close up'),
(645, 2, 'vanilla-cup-cone', '冰淇淋杯和甜筒', 'A cup and a cone');
