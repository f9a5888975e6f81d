-- The MariaDB tables of AXF as the migrations make them. Written by `make schema`; a test
-- fails when it is stale. To make a database use `flask db upgrade`, which also records the
-- revision; this file is for reading and for comparing.

CREATE TABLE `address` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `user_id` int(11) NOT NULL,
  `name` varchar(40) NOT NULL,
  `phone` varchar(11) NOT NULL,
  `district` varchar(6) NOT NULL,
  `detail` varchar(120) NOT NULL,
  `tag` varchar(8) NOT NULL,
  `is_default` tinyint(1) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_address_user_id_is_default_id` (`user_id`,`is_default`,`id`),
  CONSTRAINT `fk_address_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`),
  CONSTRAINT `ck_address_tag_known` CHECK (`tag` in ('','home','company','school'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `after_sale` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `no` varchar(24) NOT NULL,
  `order_id` int(11) NOT NULL,
  `user_id` int(11) NOT NULL,
  `kind` varchar(8) NOT NULL,
  `state` varchar(12) NOT NULL,
  `reason` varchar(20) NOT NULL,
  `text` varchar(500) NOT NULL,
  `amount` int(11) NOT NULL,
  `points` int(11) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `decided_at` datetime(6) DEFAULT NULL,
  `done_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_after_sale_no` (`no`),
  KEY `ix_after_sale_order_id` (`order_id`),
  KEY `ix_after_sale_state_created_at` (`state`,`created_at`),
  KEY `ix_after_sale_user_id_created_at_id` (`user_id`,`created_at`,`id`),
  CONSTRAINT `fk_after_sale_order_id_orders` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`),
  CONSTRAINT `fk_after_sale_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`),
  CONSTRAINT `ck_after_sale_kind_known` CHECK (`kind` in ('refund','return','replace')),
  CONSTRAINT `ck_after_sale_sums_not_negative` CHECK (`amount` >= 0 and `points` >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `after_sale_event` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `after_sale_id` int(11) NOT NULL,
  `event` varchar(12) NOT NULL,
  `from_state` varchar(12) DEFAULT NULL,
  `to_state` varchar(12) NOT NULL,
  `actor` varchar(40) NOT NULL,
  `reason` varchar(200) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_after_sale_event_after_sale_id` (`after_sale_id`),
  CONSTRAINT `fk_after_sale_event_after_sale_id_after_sale` FOREIGN KEY (`after_sale_id`) REFERENCES `after_sale` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `after_sale_line` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `after_sale_id` int(11) NOT NULL,
  `goods_id` int(11) NOT NULL,
  `quantity` int(11) NOT NULL,
  `amount` int(11) NOT NULL,
  `points` int(11) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_after_sale_line_after_sale_id_goods_id` (`after_sale_id`,`goods_id`),
  CONSTRAINT `fk_after_sale_line_after_sale_id_after_sale` FOREIGN KEY (`after_sale_id`) REFERENCES `after_sale` (`id`),
  CONSTRAINT `ck_after_sale_line_sums_not_negative` CHECK (`amount` >= 0 and `points` >= 0),
  CONSTRAINT `ck_after_sale_line_quantity_positive` CHECK (`quantity` > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `after_sale_photo` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `after_sale_id` int(11) NOT NULL,
  `position` int(11) NOT NULL,
  `name` varchar(100) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_after_sale_photo_after_sale_id_position` (`after_sale_id`,`position`),
  CONSTRAINT `fk_after_sale_photo_after_sale_id_after_sale` FOREIGN KEY (`after_sale_id`) REFERENCES `after_sale` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `bought_with` (
  `goods_id` int(11) NOT NULL,
  `other_id` int(11) NOT NULL,
  `orders` int(11) NOT NULL,
  PRIMARY KEY (`goods_id`,`other_id`),
  CONSTRAINT `ck_bought_with_another_goods` CHECK (`goods_id` <> `other_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `cart_item` (
  `user_id` int(11) NOT NULL,
  `goods_id` int(11) NOT NULL,
  `quantity` int(11) NOT NULL,
  `is_select` tinyint(1) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`user_id`,`goods_id`),
  KEY `fk_cart_item_goods_id_goods` (`goods_id`),
  CONSTRAINT `fk_cart_item_goods_id_goods` FOREIGN KEY (`goods_id`) REFERENCES `goods` (`id`) ON DELETE CASCADE,
  CONSTRAINT `fk_cart_item_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE,
  CONSTRAINT `ck_cart_item_quantity_in_bounds` CHECK (`quantity` between 1 and 99)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `check_in` (
  `user_id` int(11) NOT NULL,
  `day` date NOT NULL,
  `streak` int(11) NOT NULL,
  `points` int(11) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`user_id`,`day`),
  CONSTRAINT `fk_check_in_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`),
  CONSTRAINT `ck_check_in_numbers_positive` CHECK (`streak` > 0 and `points` > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `coupon` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `name` varchar(40) NOT NULL,
  `name_en` varchar(80) NOT NULL,
  `kind` varchar(8) NOT NULL,
  `value` int(11) NOT NULL,
  `minimum` int(11) NOT NULL,
  `cap` int(11) DEFAULT NULL,
  `goods_ids` text NOT NULL,
  `food_type_ids` text NOT NULL,
  `is_first_order` tinyint(1) NOT NULL,
  `issue` varchar(8) NOT NULL,
  `total` int(11) DEFAULT NULL,
  `per_person` int(11) NOT NULL,
  `issued` int(11) NOT NULL,
  `valid_from` datetime(6) DEFAULT NULL,
  `valid_until` datetime(6) DEFAULT NULL,
  `valid_days` int(11) DEFAULT NULL,
  `hour_from` int(11) DEFAULT NULL,
  `hour_until` int(11) DEFAULT NULL,
  `is_stopped` tinyint(1) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_coupon_issue_is_stopped` (`issue`,`is_stopped`),
  CONSTRAINT `ck_coupon_issue_known` CHECK (`issue` in ('claim','code','register','grant')),
  CONSTRAINT `ck_coupon_kind_known` CHECK (`kind` in ('amount','percent','fixed','delivery')),
  CONSTRAINT `ck_coupon_hours_of_a_day` CHECK (`hour_from` is null and `hour_until` is null or 0 <= `hour_from` and `hour_from` < `hour_until` and `hour_until` <= 24),
  CONSTRAINT `ck_coupon_validity_known` CHECK (`valid_days` > 0 and `valid_from` is null and `valid_until` is null or `valid_days` is null and `valid_from` < `valid_until`),
  CONSTRAINT `ck_coupon_issued_in_bounds` CHECK (`issued` >= 0 and (`total` is null or `issued` <= `total`)),
  CONSTRAINT `ck_coupon_per_person_positive` CHECK (`per_person` > 0),
  CONSTRAINT `ck_coupon_sums_not_negative` CHECK (`value` >= 0 and `minimum` >= 0 and (`cap` is null or `cap` > 0))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `coupon_code` (
  `code` varchar(20) NOT NULL,
  `coupon_id` int(11) NOT NULL,
  `uses_left` int(11) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`code`),
  KEY `ix_coupon_code_coupon_id` (`coupon_id`),
  CONSTRAINT `fk_coupon_code_coupon_id_coupon` FOREIGN KEY (`coupon_id`) REFERENCES `coupon` (`id`),
  CONSTRAINT `ck_coupon_code_uses_left_not_negative` CHECK (`uses_left` >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `credit_account` (
  `user_id` int(11) NOT NULL,
  `balance` int(11) NOT NULL,
  PRIMARY KEY (`user_id`),
  CONSTRAINT `fk_credit_account_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`),
  CONSTRAINT `ck_credit_account_balance_not_negative` CHECK (`balance` >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `credit_entry` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `user_id` int(11) NOT NULL,
  `amount` int(11) NOT NULL,
  `reason` varchar(16) NOT NULL,
  `reference` varchar(40) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_credit_entry_user_id_reason_reference` (`user_id`,`reason`,`reference`),
  KEY `ix_credit_entry_user_id_created_at_id` (`user_id`,`created_at`,`id`),
  CONSTRAINT `fk_credit_entry_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`),
  CONSTRAINT `ck_credit_entry_amount_not_zero` CHECK (`amount` <> 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `delivery_area` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `name` varchar(40) NOT NULL,
  `name_en` varchar(60) NOT NULL,
  `fee` int(11) NOT NULL,
  `free_from` int(11) DEFAULT NULL,
  `minimum` int(11) NOT NULL,
  `opens_at` int(11) NOT NULL,
  `closes_at` int(11) NOT NULL,
  `slot_minutes` int(11) NOT NULL,
  `capacity` int(11) NOT NULL,
  `cutoff_minutes` int(11) NOT NULL,
  `is_open` tinyint(1) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_delivery_area_name` (`name`),
  CONSTRAINT `ck_delivery_area_hours_of_a_day` CHECK (0 <= `opens_at` and `opens_at` < `closes_at` and `closes_at` <= 1440),
  CONSTRAINT `ck_delivery_area_sums_not_negative` CHECK (`fee` >= 0 and `minimum` >= 0 and (`free_from` is null or `free_from` >= 0)),
  CONSTRAINT `ck_delivery_area_slots_possible` CHECK (`slot_minutes` > 0 and `capacity` >= 0 and `cutoff_minutes` >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `delivery_district` (
  `code` varchar(6) NOT NULL,
  `area_id` int(11) NOT NULL,
  PRIMARY KEY (`code`),
  KEY `ix_delivery_district_area_id` (`area_id`),
  CONSTRAINT `fk_delivery_district_area_id_delivery_area` FOREIGN KEY (`area_id`) REFERENCES `delivery_area` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `delivery_slot` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `area_id` int(11) NOT NULL,
  `starts_at` datetime(6) NOT NULL,
  `ends_at` datetime(6) NOT NULL,
  `cutoff_at` datetime(6) NOT NULL,
  `capacity` int(11) NOT NULL,
  `booked` int(11) NOT NULL,
  `is_closed` tinyint(1) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_delivery_slot_area_id_starts_at` (`area_id`,`starts_at`),
  KEY `ix_delivery_slot_cutoff_at` (`cutoff_at`),
  CONSTRAINT `fk_delivery_slot_area_id_delivery_area` FOREIGN KEY (`area_id`) REFERENCES `delivery_area` (`id`),
  CONSTRAINT `ck_delivery_slot_places_there` CHECK (0 <= `booked` and `booked` <= `capacity`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `favourite` (
  `user_id` int(11) NOT NULL,
  `goods_id` int(11) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`user_id`,`goods_id`),
  KEY `ix_favourite_goods_id` (`goods_id`),
  KEY `ix_favourite_user_id_created_at_goods_id` (`user_id`,`created_at`,`goods_id`),
  CONSTRAINT `fk_favourite_goods_id_goods` FOREIGN KEY (`goods_id`) REFERENCES `goods` (`id`) ON DELETE CASCADE,
  CONSTRAINT `fk_favourite_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `food_type` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `parent_id` int(11) DEFAULT NULL,
  `name` varchar(40) NOT NULL,
  `name_en` varchar(60) NOT NULL,
  `position` int(11) NOT NULL,
  `listing` varchar(8) NOT NULL,
  `after_sale_hours` int(11) NOT NULL DEFAULT 48,
  PRIMARY KEY (`id`),
  KEY `ix_food_type_parent_id_position_id` (`parent_id`,`position`,`id`),
  CONSTRAINT `fk_food_type_parent_id_food_type` FOREIGN KEY (`parent_id`) REFERENCES `food_type` (`id`),
  CONSTRAINT `ck_food_type_listing_known` CHECK (`listing` in ('goods','hot','new'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `footprint` (
  `user_id` int(11) NOT NULL,
  `goods_id` int(11) NOT NULL,
  `seen_at` datetime(6) NOT NULL,
  PRIMARY KEY (`user_id`,`goods_id`),
  KEY `ix_footprint_goods_id` (`goods_id`),
  KEY `ix_footprint_user_id_seen_at_goods_id` (`user_id`,`seen_at`,`goods_id`),
  KEY `ix_footprint_seen_at` (`seen_at`),
  CONSTRAINT `fk_footprint_goods_id_goods` FOREIGN KEY (`goods_id`) REFERENCES `goods` (`id`) ON DELETE CASCADE,
  CONSTRAINT `fk_footprint_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `full_off` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `name` varchar(40) NOT NULL,
  `name_en` varchar(80) NOT NULL,
  `minimum` int(11) NOT NULL,
  `off` int(11) NOT NULL,
  `goods_ids` text NOT NULL,
  `starts_at` datetime(6) NOT NULL,
  `ends_at` datetime(6) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_full_off_ends_at` (`ends_at`),
  CONSTRAINT `ck_full_off_sums_possible` CHECK (0 < `off` and `off` <= `minimum`),
  CONSTRAINT `ck_full_off_span_forward` CHECK (`starts_at` <= `ends_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `goods` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `code` varchar(20) NOT NULL,
  `name` varchar(200) NOT NULL,
  `name_en` varchar(200) NOT NULL,
  `food_type_id` int(11) NOT NULL,
  `child_type_id` int(11) DEFAULT NULL,
  `pack` varchar(60) NOT NULL,
  `pack_en` varchar(60) NOT NULL,
  `pack_amount` int(11) DEFAULT NULL,
  `pack_unit` varchar(8) DEFAULT NULL,
  `price` int(11) NOT NULL,
  `market_price` int(11) NOT NULL,
  `stock` int(11) NOT NULL,
  `sales` int(11) NOT NULL,
  `is_featured` tinyint(1) NOT NULL,
  `is_bogo` tinyint(1) NOT NULL,
  `on_sale` tinyint(1) NOT NULL,
  `picture` varchar(80) NOT NULL,
  `description` varchar(500) NOT NULL,
  `description_en` varchar(500) NOT NULL,
  `listed_at` datetime(6) NOT NULL,
  `is_second_half` tinyint(1) NOT NULL DEFAULT 0,
  `promo_price` int(11) DEFAULT NULL,
  `promo_starts_at` datetime(6) DEFAULT NULL,
  `promo_ends_at` datetime(6) DEFAULT NULL,
  `replaced_by_id` int(11) DEFAULT NULL,
  `review_count` int(11) NOT NULL DEFAULT 0,
  `review_stars` int(11) NOT NULL DEFAULT 0,
  `origin` varchar(60) DEFAULT NULL,
  `origin_en` varchar(100) DEFAULT NULL,
  `storage` varchar(12) DEFAULT NULL,
  `shelf_life_days` int(11) DEFAULT NULL,
  `allergens` varchar(55) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_goods_code` (`code`),
  KEY `ix_goods_child_type_id_on_sale_is_featured_sales_id` (`child_type_id`,`on_sale`,`is_featured`,`sales`,`id`),
  KEY `ix_goods_child_type_id_on_sale_price_id` (`child_type_id`,`on_sale`,`price`,`id`),
  KEY `ix_goods_child_type_id_on_sale_sales_id` (`child_type_id`,`on_sale`,`sales`,`id`),
  KEY `ix_goods_food_type_id_on_sale_is_featured_sales_id` (`food_type_id`,`on_sale`,`is_featured`,`sales`,`id`),
  KEY `ix_goods_food_type_id_on_sale_price_id` (`food_type_id`,`on_sale`,`price`,`id`),
  KEY `ix_goods_food_type_id_on_sale_sales_id` (`food_type_id`,`on_sale`,`sales`,`id`),
  KEY `ix_goods_on_sale_listed_at_id` (`on_sale`,`listed_at`,`id`),
  KEY `ix_goods_on_sale_sales_id` (`on_sale`,`sales`,`id`),
  CONSTRAINT `fk_goods_child_type_id_food_type` FOREIGN KEY (`child_type_id`) REFERENCES `food_type` (`id`),
  CONSTRAINT `fk_goods_food_type_id_food_type` FOREIGN KEY (`food_type_id`) REFERENCES `food_type` (`id`),
  CONSTRAINT `ck_goods_price_positive` CHECK (`price` > 0),
  CONSTRAINT `ck_goods_sales_not_negative` CHECK (`sales` >= 0),
  CONSTRAINT `ck_goods_stock_not_negative` CHECK (`stock` >= 0),
  CONSTRAINT `ck_goods_promo_price_positive` CHECK (`promo_price` > 0),
  CONSTRAINT `ck_goods_storage_known` CHECK (`storage` in ('ambient','cool','fridge','chilled','frozen')),
  CONSTRAINT `ck_goods_shelf_life_days_positive` CHECK (`shelf_life_days` > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `goods_picture` (
  `goods_id` int(11) NOT NULL,
  `position` int(11) NOT NULL,
  `picture` varchar(80) NOT NULL,
  `alt` varchar(100) NOT NULL,
  `alt_en` varchar(160) NOT NULL,
  PRIMARY KEY (`goods_id`,`position`),
  CONSTRAINT `fk_goods_picture_goods_id_goods` FOREIGN KEY (`goods_id`) REFERENCES `goods` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `growth_entry` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `user_id` int(11) NOT NULL,
  `amount` int(11) NOT NULL,
  `reason` varchar(16) NOT NULL,
  `reference` varchar(40) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_growth_entry_user_id_reason_reference` (`user_id`,`reason`,`reference`),
  KEY `ix_growth_entry_user_id_created_at_id` (`user_id`,`created_at`,`id`),
  CONSTRAINT `fk_growth_entry_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`),
  CONSTRAINT `ck_growth_entry_amount_not_zero` CHECK (`amount` <> 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `hot_word` (
  `text` varchar(64) NOT NULL,
  `position` int(11) DEFAULT NULL,
  `is_hidden` tinyint(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (`text`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `line_refund` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `order_id` int(11) NOT NULL,
  `goods_id` int(11) NOT NULL,
  `quantity` int(11) NOT NULL,
  `amount` int(11) NOT NULL,
  `points` int(11) NOT NULL,
  `cause` varchar(12) NOT NULL,
  `reference` varchar(40) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_line_refund_order_id_goods_id_cause_reference` (`order_id`,`goods_id`,`cause`,`reference`),
  CONSTRAINT `fk_line_refund_order_id_orders` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`),
  CONSTRAINT `ck_line_refund_cause_known` CHECK (`cause` in ('short','replaced','after-sale')),
  CONSTRAINT `ck_line_refund_parts_not_negative` CHECK (`quantity` >= 0 and `amount` >= 0 and `points` >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `mainshow` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `name` varchar(60) NOT NULL,
  `name_en` varchar(100) NOT NULL,
  `picture` varchar(80) NOT NULL,
  `target` varchar(200) NOT NULL,
  `position` int(11) NOT NULL,
  `starts_at` datetime(6) NOT NULL,
  `ends_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `ck_mainshow_target_is_ours` CHECK (substr(`target`,1,5) = '/axf/')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `mainshow_goods` (
  `mainshow_id` int(11) NOT NULL,
  `goods_id` int(11) NOT NULL,
  `position` int(11) NOT NULL,
  PRIMARY KEY (`mainshow_id`,`goods_id`),
  KEY `fk_mainshow_goods_goods_id_goods` (`goods_id`),
  CONSTRAINT `fk_mainshow_goods_goods_id_goods` FOREIGN KEY (`goods_id`) REFERENCES `goods` (`id`) ON DELETE CASCADE,
  CONSTRAINT `fk_mainshow_goods_mainshow_id_mainshow` FOREIGN KEY (`mainshow_id`) REFERENCES `mainshow` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `message` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `key` varchar(120) NOT NULL,
  `user_id` int(11) NOT NULL,
  `kind` varchar(20) NOT NULL,
  `payload` text NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `read_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_message_key` (`key`),
  KEY `ix_message_user_id_created_at_id` (`user_id`,`created_at`,`id`),
  KEY `ix_message_read_at` (`read_at`),
  CONSTRAINT `fk_message_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `mustbuy` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `name` varchar(60) NOT NULL,
  `name_en` varchar(100) NOT NULL,
  `picture` varchar(80) NOT NULL,
  `target` varchar(200) NOT NULL,
  `position` int(11) NOT NULL,
  `starts_at` datetime(6) NOT NULL,
  `ends_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `ck_mustbuy_target_is_ours` CHECK (substr(`target`,1,5) = '/axf/')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `nav` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `name` varchar(60) NOT NULL,
  `name_en` varchar(100) NOT NULL,
  `picture` varchar(80) NOT NULL,
  `target` varchar(200) NOT NULL,
  `position` int(11) NOT NULL,
  `starts_at` datetime(6) NOT NULL,
  `ends_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `ck_nav_target_is_ours` CHECK (substr(`target`,1,5) = '/axf/')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `order_adjustment` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `order_id` int(11) NOT NULL,
  `goods_id` int(11) NOT NULL,
  `rule` varchar(20) NOT NULL,
  `amount` int(11) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_order_adjustment_order_id` (`order_id`),
  CONSTRAINT `fk_order_adjustment_order_id_orders` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `order_delivery` (
  `order_id` int(11) NOT NULL,
  `name` varchar(40) NOT NULL,
  `phone` varchar(11) NOT NULL,
  `region` varchar(80) NOT NULL,
  `detail` varchar(120) NOT NULL,
  `area_id` int(11) NOT NULL,
  `slot_id` int(11) DEFAULT NULL,
  `slot_starts_at` datetime(6) DEFAULT NULL,
  `slot_ends_at` datetime(6) DEFAULT NULL,
  `wish` varchar(8) NOT NULL,
  `note` varchar(200) NOT NULL,
  `invoice_title` varchar(100) NOT NULL DEFAULT '',
  PRIMARY KEY (`order_id`),
  KEY `ix_order_delivery_slot_id` (`slot_id`),
  CONSTRAINT `fk_order_delivery_order_id_orders` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`),
  CONSTRAINT `ck_order_delivery_wish_known` CHECK (`wish` in ('replace','refund','call'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `order_event` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `order_id` int(11) NOT NULL,
  `event` varchar(12) NOT NULL,
  `from_state` varchar(12) DEFAULT NULL,
  `to_state` varchar(12) NOT NULL,
  `actor` varchar(40) NOT NULL,
  `reason` varchar(200) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_order_event_order_id` (`order_id`),
  CONSTRAINT `fk_order_event_order_id_orders` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `order_line` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `order_id` int(11) NOT NULL,
  `goods_id` int(11) NOT NULL,
  `name` varchar(200) NOT NULL,
  `name_en` varchar(200) NOT NULL,
  `pack` varchar(60) NOT NULL,
  `pack_en` varchar(60) NOT NULL,
  `picture` varchar(80) NOT NULL,
  `price` int(11) NOT NULL,
  `quantity` int(11) NOT NULL,
  `amount` int(11) NOT NULL,
  `wish` varchar(8) NOT NULL DEFAULT '',
  `dropped` int(11) NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_order_line_order_id_goods_id` (`order_id`,`goods_id`),
  KEY `ix_order_line_goods_id` (`goods_id`),
  CONSTRAINT `fk_order_line_order_id_orders` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`),
  CONSTRAINT `ck_order_line_quantity_positive` CHECK (`quantity` > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `order_substitute` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `order_id` int(11) NOT NULL,
  `goods_id` int(11) NOT NULL,
  `substitute_id` int(11) NOT NULL,
  `name` varchar(200) NOT NULL,
  `name_en` varchar(200) NOT NULL,
  `pack` varchar(60) NOT NULL,
  `pack_en` varchar(60) NOT NULL,
  `picture` varchar(80) NOT NULL,
  `price` int(11) NOT NULL,
  `quantity` int(11) NOT NULL,
  `pieces` int(11) NOT NULL,
  `charged` int(11) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_order_substitute_order_id_goods_id_substitute_id` (`order_id`,`goods_id`,`substitute_id`),
  CONSTRAINT `fk_order_substitute_order_id_orders` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`),
  CONSTRAINT `ck_order_substitute_numbers_possible` CHECK (`quantity` > 0 and `pieces` > 0 and `charged` >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `orders` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `no` varchar(20) NOT NULL,
  `user_id` int(11) NOT NULL,
  `checkout_token` varchar(43) NOT NULL,
  `state` varchar(12) NOT NULL,
  `goods_total` int(11) NOT NULL,
  `payable` int(11) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `expires_at` datetime(6) NOT NULL,
  `paid_at` datetime(6) DEFAULT NULL,
  `received_at` datetime(6) DEFAULT NULL,
  `shipped_at` datetime(6) DEFAULT NULL,
  `delivered_at` datetime(6) DEFAULT NULL,
  `refunded` int(11) NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_orders_no` (`no`),
  UNIQUE KEY `uq_orders_user_id_checkout_token` (`user_id`,`checkout_token`),
  KEY `ix_orders_state_created_at` (`state`,`created_at`),
  KEY `ix_orders_state_expires_at` (`state`,`expires_at`),
  KEY `ix_orders_user_id_created_at_id` (`user_id`,`created_at`,`id`),
  KEY `ix_orders_user_id_state_created_at_id` (`user_id`,`state`,`created_at`,`id`),
  KEY `ix_orders_state_shipped_at` (`state`,`shipped_at`),
  KEY `ix_orders_user_id_state_received_at_id` (`user_id`,`state`,`received_at`,`id`),
  KEY `ix_orders_user_id_refunded_created_at_id` (`user_id`,`refunded`,`created_at`,`id`),
  CONSTRAINT `fk_orders_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`),
  CONSTRAINT `ck_orders_sums_not_negative` CHECK (`goods_total` >= 0 and `payable` >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `outbox` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `key` varchar(120) NOT NULL,
  `user_id` int(11) NOT NULL,
  `channel` varchar(8) NOT NULL,
  `kind` varchar(20) NOT NULL,
  `payload` text NOT NULL,
  `state` varchar(8) NOT NULL,
  `tries` int(11) NOT NULL DEFAULT 0,
  `next_try_at` datetime(6) NOT NULL,
  `problem` varchar(200) NOT NULL DEFAULT '',
  `created_at` datetime(6) NOT NULL,
  `done_at` datetime(6) DEFAULT NULL,
  `request_id` varchar(64) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_outbox_key` (`key`),
  KEY `ix_outbox_state_next_try_at_id` (`state`,`next_try_at`,`id`),
  CONSTRAINT `ck_outbox_channel_known` CHECK (`channel` in ('inbox','mail','sms')),
  CONSTRAINT `ck_outbox_state_known` CHECK (`state` in ('waiting','done','dead'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `payment` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `no` varchar(32) NOT NULL,
  `order_id` int(11) NOT NULL,
  `provider` varchar(16) NOT NULL,
  `amount` int(11) NOT NULL,
  `state` varchar(12) NOT NULL,
  `provider_reference` varchar(64) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  `paid_at` datetime(6) DEFAULT NULL,
  `refunded` int(11) NOT NULL DEFAULT 0,
  `waived` int(11) NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_payment_no` (`no`),
  KEY `ix_payment_order_id` (`order_id`),
  KEY `ix_payment_state` (`state`),
  CONSTRAINT `fk_payment_order_id_orders` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`),
  CONSTRAINT `ck_payment_amount_not_negative` CHECK (`amount` >= 0),
  CONSTRAINT `ck_payment_state_known` CHECK (`state` in ('pending','promised','applied','unmatched','closed')),
  CONSTRAINT `ck_payment_returns_in_bounds` CHECK (`refunded` >= 0 and `waived` >= 0 and `refunded` + `waived` <= `amount`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `payment_notice` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `provider` varchar(16) NOT NULL,
  `event_id` varchar(64) NOT NULL,
  `payment_no` varchar(64) NOT NULL,
  `raw` text NOT NULL,
  `outcome` varchar(24) NOT NULL,
  `received_at` datetime(6) NOT NULL,
  `amount` int(11) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_payment_notice_provider_event_id` (`provider`,`event_id`),
  KEY `ix_payment_notice_payment_no` (`payment_no`),
  KEY `ix_payment_notice_received_at` (`received_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `points_account` (
  `user_id` int(11) NOT NULL,
  `balance` int(11) NOT NULL,
  PRIMARY KEY (`user_id`),
  CONSTRAINT `fk_points_account_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`),
  CONSTRAINT `ck_points_account_balance_not_negative` CHECK (`balance` >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `points_entry` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `user_id` int(11) NOT NULL,
  `amount` int(11) NOT NULL,
  `reason` varchar(16) NOT NULL,
  `reference` varchar(40) NOT NULL,
  `expires_at` datetime(6) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_points_entry_user_id_reason_reference` (`user_id`,`reason`,`reference`),
  KEY `ix_points_entry_expires_at_user_id` (`expires_at`,`user_id`),
  KEY `ix_points_entry_user_id_created_at_id` (`user_id`,`created_at`,`id`),
  KEY `ix_points_entry_user_id_expires_at_amount` (`user_id`,`expires_at`,`amount`),
  CONSTRAINT `fk_points_entry_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`),
  CONSTRAINT `ck_points_entry_amount_not_zero` CHECK (`amount` <> 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `recovery_code` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `user_id` int(11) NOT NULL,
  `hash` binary(32) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_recovery_code_hash` (`hash`),
  KEY `ix_recovery_code_user_id` (`user_id`),
  CONSTRAINT `fk_recovery_code_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `refund` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `no` varchar(32) NOT NULL,
  `payment_id` int(11) NOT NULL,
  `amount` int(11) NOT NULL,
  `reason` varchar(12) NOT NULL,
  `reference` varchar(40) NOT NULL,
  `state` varchar(8) NOT NULL,
  `tries` int(11) NOT NULL DEFAULT 0,
  `next_try_at` datetime(6) NOT NULL,
  `problem` varchar(200) NOT NULL DEFAULT '',
  `created_at` datetime(6) NOT NULL,
  `done_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_refund_no` (`no`),
  UNIQUE KEY `uq_refund_payment_id_reason_reference` (`payment_id`,`reason`,`reference`),
  KEY `ix_refund_state_next_try_at` (`state`,`next_try_at`),
  CONSTRAINT `fk_refund_payment_id_payment` FOREIGN KEY (`payment_id`) REFERENCES `payment` (`id`),
  CONSTRAINT `ck_refund_state_known` CHECK (`state` in ('open','done','failed')),
  CONSTRAINT `ck_refund_amount_positive` CHECK (`amount` > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `review` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `order_line_id` int(11) NOT NULL,
  `goods_id` int(11) NOT NULL,
  `user_id` int(11) NOT NULL,
  `stars` int(11) NOT NULL,
  `text` varchar(500) NOT NULL,
  `is_anonymous` tinyint(1) NOT NULL,
  `has_photos` tinyint(1) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `added` varchar(500) NOT NULL DEFAULT '',
  `added_at` datetime(6) DEFAULT NULL,
  `reply` varchar(500) NOT NULL DEFAULT '',
  `replied_at` datetime(6) DEFAULT NULL,
  `hidden_reason` varchar(200) NOT NULL DEFAULT '',
  `hidden_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_review_order_line_id` (`order_line_id`),
  KEY `ix_review_goods_id_created_at_id` (`goods_id`,`created_at`,`id`),
  KEY `ix_review_goods_id_has_photos_created_at_id` (`goods_id`,`has_photos`,`created_at`,`id`),
  KEY `ix_review_goods_id_stars_created_at_id` (`goods_id`,`stars`,`created_at`,`id`),
  KEY `ix_review_user_id_created_at_id` (`user_id`,`created_at`,`id`),
  CONSTRAINT `fk_review_goods_id_goods` FOREIGN KEY (`goods_id`) REFERENCES `goods` (`id`),
  CONSTRAINT `fk_review_order_line_id_order_line` FOREIGN KEY (`order_line_id`) REFERENCES `order_line` (`id`),
  CONSTRAINT `fk_review_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`),
  CONSTRAINT `ck_review_stars_known` CHECK (`stars` between 1 and 5)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `review_photo` (
  `review_id` int(11) NOT NULL,
  `position` int(11) NOT NULL,
  `name` varchar(100) NOT NULL,
  PRIMARY KEY (`review_id`,`position`),
  CONSTRAINT `fk_review_photo_review_id_review` FOREIGN KEY (`review_id`) REFERENCES `review` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `search_count` (
  `text` varchar(64) NOT NULL,
  `asked_on` date NOT NULL,
  `times` int(11) NOT NULL,
  PRIMARY KEY (`text`,`asked_on`),
  KEY `ix_search_count_asked_on` (`asked_on`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `search_index` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `state` varchar(8) NOT NULL,
  `recipe` int(11) NOT NULL,
  `done_to` int(11) NOT NULL,
  `started_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_search_index_state` (`state`),
  CONSTRAINT `ck_search_index_state_known` CHECK (`state` in ('building','live'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `search_phrase` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `index_id` int(11) NOT NULL,
  `start` varchar(24) NOT NULL,
  `sort` int(11) NOT NULL,
  `kind` varchar(8) NOT NULL,
  `ref` int(11) NOT NULL,
  `text` varchar(200) NOT NULL,
  `text_en` varchar(200) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_search_phrase_index_id_start` (`index_id`,`start`),
  CONSTRAINT `ck_search_phrase_kind_known` CHECK (`kind` in ('goods','type','query'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `search_posting` (
  `index_id` int(11) NOT NULL,
  `term` varchar(40) NOT NULL,
  `level` int(11) NOT NULL,
  `block` int(11) NOT NULL,
  `goods` int(11) NOT NULL,
  `bits` blob NOT NULL,
  PRIMARY KEY (`index_id`,`term`,`level`,`block`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `search_term` (
  `index_id` int(11) NOT NULL,
  `term` varchar(40) NOT NULL,
  `goods` int(11) NOT NULL,
  PRIMARY KEY (`index_id`,`term`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `shipment` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `order_id` int(11) NOT NULL,
  `number` int(11) NOT NULL,
  `kind` varchar(8) NOT NULL,
  `rider_name` varchar(40) NOT NULL DEFAULT '',
  `rider_phone` varchar(20) NOT NULL DEFAULT '',
  `carrier` varchar(20) NOT NULL DEFAULT '',
  `tracking_no` varchar(40) NOT NULL DEFAULT '',
  `stage` varchar(12) NOT NULL,
  `expected_at` datetime(6) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  `delivered_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_shipment_order_id_number` (`order_id`,`number`),
  KEY `ix_shipment_carrier_tracking_no` (`carrier`,`tracking_no`),
  CONSTRAINT `ck_shipment_kind_known` CHECK (`kind` in ('rider','courier')),
  CONSTRAINT `ck_shipment_stage_known` CHECK (`stage` in ('packed','on-the-way','delivered','failed'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `shipment_event` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `shipment_id` int(11) NOT NULL,
  `key` varchar(64) NOT NULL,
  `stage` varchar(12) NOT NULL,
  `text` varchar(300) NOT NULL,
  `happened_at` datetime(6) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_shipment_event_shipment_id_key` (`shipment_id`,`key`),
  CONSTRAINT `fk_shipment_event_shipment_id_shipment` FOREIGN KEY (`shipment_id`) REFERENCES `shipment` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `shop` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `name` varchar(60) NOT NULL,
  `name_en` varchar(100) NOT NULL,
  `picture` varchar(80) NOT NULL,
  `target` varchar(200) NOT NULL,
  `position` int(11) NOT NULL,
  `starts_at` datetime(6) NOT NULL,
  `ends_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `ck_shop_target_is_ours` CHECK (substr(`target`,1,5) = '/axf/')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `stock_alert` (
  `user_id` int(11) NOT NULL,
  `goods_id` int(11) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`user_id`,`goods_id`),
  KEY `ix_stock_alert_goods_id` (`goods_id`),
  CONSTRAINT `fk_stock_alert_goods_id_goods` FOREIGN KEY (`goods_id`) REFERENCES `goods` (`id`),
  CONSTRAINT `fk_stock_alert_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `stock_movement` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `goods_id` int(11) NOT NULL,
  `delta` int(11) NOT NULL,
  `reason` varchar(16) NOT NULL,
  `reference` varchar(40) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_stock_movement_goods_id_created_at` (`goods_id`,`created_at`),
  CONSTRAINT `fk_stock_movement_goods_id_goods` FOREIGN KEY (`goods_id`) REFERENCES `goods` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `throttle` (
  `bucket` varchar(100) NOT NULL,
  `tries` int(11) NOT NULL,
  `ends_at` datetime(6) NOT NULL,
  PRIMARY KEY (`bucket`),
  KEY `ix_throttle_ends_at` (`ends_at`),
  CONSTRAINT `ck_throttle_tries_not_negative` CHECK (`tries` >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `user_coupon` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `user_id` int(11) NOT NULL,
  `coupon_id` int(11) NOT NULL,
  `number` int(11) NOT NULL,
  `is_delivery` tinyint(1) NOT NULL,
  `source` varchar(8) NOT NULL,
  `reference` varchar(40) DEFAULT NULL,
  `valid_from` datetime(6) NOT NULL,
  `valid_until` datetime(6) NOT NULL,
  `order_id` int(11) DEFAULT NULL,
  `used_at` datetime(6) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  `last_order_id` int(11) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_user_coupon_user_id_coupon_id_number` (`user_id`,`coupon_id`,`number`),
  UNIQUE KEY `uq_user_coupon_order_id_is_delivery` (`order_id`,`is_delivery`),
  UNIQUE KEY `uq_user_coupon_user_id_reference` (`user_id`,`reference`),
  KEY `ix_user_coupon_coupon_id` (`coupon_id`),
  KEY `ix_user_coupon_user_id_valid_until` (`user_id`,`valid_until`),
  KEY `ix_user_coupon_last_order_id` (`last_order_id`),
  CONSTRAINT `fk_user_coupon_coupon_id_coupon` FOREIGN KEY (`coupon_id`) REFERENCES `coupon` (`id`),
  CONSTRAINT `fk_user_coupon_order_id_orders` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`),
  CONSTRAINT `fk_user_coupon_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`),
  CONSTRAINT `ck_user_coupon_used_by_an_order` CHECK (`order_id` is null = (`used_at` is null)),
  CONSTRAINT `ck_user_coupon_number_positive` CHECK (`number` > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `user_ticket` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `hash` binary(32) NOT NULL,
  `user_id` int(11) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `last_seen_at` datetime(6) NOT NULL,
  `expires_at` datetime(6) NOT NULL,
  `user_agent` varchar(200) NOT NULL,
  `ip` varchar(45) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_user_ticket_hash` (`hash`),
  KEY `ix_user_ticket_expires_at` (`expires_at`),
  KEY `ix_user_ticket_user_id` (`user_id`),
  CONSTRAINT `fk_user_ticket_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `user_totp` (
  `user_id` int(11) NOT NULL,
  `secret` varchar(255) NOT NULL,
  `last_step` int(11) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`user_id`),
  CONSTRAINT `fk_user_totp_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `users` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `username` varchar(20) NOT NULL,
  `username_key` varchar(60) NOT NULL,
  `password_hash` varchar(200) NOT NULL,
  `avatar` varchar(100) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  `birthday` varchar(5) DEFAULT NULL,
  `email` varchar(254) DEFAULT NULL,
  `language` varchar(8) NOT NULL DEFAULT 'zh',
  `privacy_version` varchar(10) DEFAULT NULL,
  `privacy_agreed_at` datetime(6) DEFAULT NULL,
  `deleted_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_users_username_key` (`username_key`),
  KEY `ix_users_birthday` (`birthday`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `vip_account` (
  `user_id` int(11) NOT NULL,
  `growth` int(11) NOT NULL,
  PRIMARY KEY (`user_id`),
  CONSTRAINT `fk_vip_account_user_id_users` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`),
  CONSTRAINT `ck_vip_account_growth_not_negative` CHECK (`growth` >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `vip_level` (
  `level` int(11) NOT NULL,
  `name` varchar(40) NOT NULL,
  `name_en` varchar(40) NOT NULL,
  `growth` int(11) NOT NULL,
  `rate` int(11) NOT NULL,
  `points_rate` int(11) NOT NULL,
  `free_delivery_from` int(11) DEFAULT NULL,
  `birthday_coupon_id` int(11) DEFAULT NULL,
  PRIMARY KEY (`level`),
  UNIQUE KEY `uq_vip_level_growth` (`growth`),
  KEY `ix_vip_level_birthday_coupon_id` (`birthday_coupon_id`),
  CONSTRAINT `fk_vip_level_birthday_coupon_id_coupon` FOREIGN KEY (`birthday_coupon_id`) REFERENCES `coupon` (`id`),
  CONSTRAINT `ck_vip_level_free_delivery_from_not_negative` CHECK (`free_delivery_from` >= 0),
  CONSTRAINT `ck_vip_level_growth_not_negative` CHECK (`growth` >= 0),
  CONSTRAINT `ck_vip_level_rates_possible` CHECK (`rate` between 1 and 100 and `points_rate` >= 100)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wheel` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `name` varchar(60) NOT NULL,
  `name_en` varchar(100) NOT NULL,
  `picture` varchar(80) NOT NULL,
  `target` varchar(200) NOT NULL,
  `position` int(11) NOT NULL,
  `starts_at` datetime(6) NOT NULL,
  `ends_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `ck_wheel_target_is_ours` CHECK (substr(`target`,1,5) = '/axf/')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

