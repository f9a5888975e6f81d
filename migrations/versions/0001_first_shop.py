"""The tables of the first shop.

Revision ID: 0001
Revises:

"""

import sqlalchemy as sa
from alembic import op

from axf.core.db import UTCDateTime

# revision identifiers, used by Alembic.
revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    """Make them all."""
    op.create_table(
        "food_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("listing", sa.String(length=8), nullable=False),
        sa.CheckConstraint("listing IN ('goods', 'hot', 'new')", name=op.f("ck_food_type_listing_known")),
        sa.ForeignKeyConstraint(["parent_id"], ["food_type.id"], name=op.f("fk_food_type_parent_id_food_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_food_type")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_food_type_parent_id"), "food_type", ["parent_id"], unique=False)
    op.create_table(
        "mainshow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("picture", sa.String(length=80), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("substr(target, 1, 5) = '/axf/'", name=op.f("ck_mainshow_target_is_ours")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mainshow")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "mustbuy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("picture", sa.String(length=80), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("substr(target, 1, 5) = '/axf/'", name=op.f("ck_mustbuy_target_is_ours")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mustbuy")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "nav",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("picture", sa.String(length=80), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("substr(target, 1, 5) = '/axf/'", name=op.f("ck_nav_target_is_ours")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nav")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "payment_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("payment_no", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_notice")),
        sa.UniqueConstraint("provider", "event_id", name=op.f("uq_payment_notice_provider_event_id")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_payment_notice_payment_no"), "payment_notice", ["payment_no"], unique=False)
    op.create_table(
        "shop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("picture", sa.String(length=80), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("substr(target, 1, 5) = '/axf/'", name=op.f("ck_shop_target_is_ours")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "throttle",
        sa.Column("bucket", sa.String(length=100), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_throttle_tries_not_negative")),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_throttle")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_throttle_ends_at"), "throttle", ["ends_at"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=20), nullable=False),
        sa.Column("username_key", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("avatar", sa.String(length=100), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username_key", name=op.f("uq_users_username_key")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "wheel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("picture", sa.String(length=80), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("substr(target, 1, 5) = '/axf/'", name=op.f("ck_wheel_target_is_ours")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wheel")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "goods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("food_type_id", sa.Integer(), nullable=False),
        sa.Column("child_type_id", sa.Integer(), nullable=True),
        sa.Column("pack", sa.String(length=60), nullable=False),
        sa.Column("pack_en", sa.String(length=60), nullable=False),
        sa.Column("pack_amount", sa.Integer(), nullable=True),
        sa.Column("pack_unit", sa.String(length=8), nullable=True),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("market_price", sa.Integer(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("sales", sa.Integer(), nullable=False),
        sa.Column("is_featured", sa.Boolean(), nullable=False),
        sa.Column("is_bogo", sa.Boolean(), nullable=False),
        sa.Column("on_sale", sa.Boolean(), nullable=False),
        sa.Column("picture", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("description_en", sa.String(length=500), nullable=False),
        sa.Column("listed_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("price > 0", name=op.f("ck_goods_price_positive")),
        sa.CheckConstraint("sales >= 0", name=op.f("ck_goods_sales_not_negative")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_goods_stock_not_negative")),
        sa.ForeignKeyConstraint(["child_type_id"], ["food_type.id"], name=op.f("fk_goods_child_type_id_food_type")),
        sa.ForeignKeyConstraint(["food_type_id"], ["food_type.id"], name=op.f("fk_goods_food_type_id_food_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods")),
        sa.UniqueConstraint("code", name=op.f("uq_goods_code")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(
        op.f("ix_goods_child_type_id_on_sale_is_featured_sales_id"),
        "goods",
        ["child_type_id", "on_sale", "is_featured", "sales", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_goods_child_type_id_on_sale_price_id"),
        "goods",
        ["child_type_id", "on_sale", "price", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_goods_child_type_id_on_sale_sales_id"),
        "goods",
        ["child_type_id", "on_sale", "sales", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_goods_food_type_id_on_sale_is_featured_sales_id"),
        "goods",
        ["food_type_id", "on_sale", "is_featured", "sales", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_goods_food_type_id_on_sale_price_id"),
        "goods",
        ["food_type_id", "on_sale", "price", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_goods_food_type_id_on_sale_sales_id"),
        "goods",
        ["food_type_id", "on_sale", "sales", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_goods_on_sale_listed_at_id"), "goods", ["on_sale", "listed_at", "id"], unique=False)
    op.create_index(op.f("ix_goods_on_sale_sales_id"), "goods", ["on_sale", "sales", "id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("checkout_token", sa.String(length=43), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("goods_total", sa.Integer(), nullable=False),
        sa.Column("payable", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("paid_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("goods_total >= 0 AND payable >= 0", name=op.f("ck_orders_sums_not_negative")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_orders_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("no", name=op.f("uq_orders_no")),
        sa.UniqueConstraint("user_id", "checkout_token", name=op.f("uq_orders_user_id_checkout_token")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_orders_state_created_at"), "orders", ["state", "created_at"], unique=False)
    op.create_index(op.f("ix_orders_state_expires_at"), "orders", ["state", "expires_at"], unique=False)
    op.create_index(op.f("ix_orders_user_id_created_at_id"), "orders", ["user_id", "created_at", "id"], unique=False)
    op.create_index(
        op.f("ix_orders_user_id_state_created_at_id"), "orders", ["user_id", "state", "created_at", "id"], unique=False
    )
    op.create_table(
        "user_ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32).with_variant(sa.BINARY(length=32), "mysql"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_ticket_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_ticket")),
        sa.UniqueConstraint("hash", name=op.f("uq_user_ticket_hash")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_user_ticket_expires_at"), "user_ticket", ["expires_at"], unique=False)
    op.create_index(op.f("ix_user_ticket_user_id"), "user_ticket", ["user_id"], unique=False)
    op.create_table(
        "cart_item",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("goods_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("is_select", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 99", name=op.f("ck_cart_item_quantity_in_bounds")),
        sa.ForeignKeyConstraint(
            ["goods_id"], ["goods.id"], name=op.f("fk_cart_item_goods_id_goods"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_cart_item_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "goods_id", name=op.f("pk_cart_item")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "mainshow_goods",
        sa.Column("mainshow_id", sa.Integer(), nullable=False),
        sa.Column("goods_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["goods_id"], ["goods.id"], name=op.f("fk_mainshow_goods_goods_id_goods"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["mainshow_id"], ["mainshow.id"], name=op.f("fk_mainshow_goods_mainshow_id_mainshow"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mainshow_id", "goods_id", name=op.f("pk_mainshow_goods")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "order_adjustment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("goods_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_adjustment_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_adjustment")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_order_adjustment_order_id"), "order_adjustment", ["order_id"], unique=False)
    op.create_table(
        "order_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=12), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_event_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_event")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_order_event_order_id"), "order_event", ["order_id"], unique=False)
    op.create_table(
        "order_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("goods_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("pack", sa.String(length=60), nullable=False),
        sa.Column("pack_en", sa.String(length=60), nullable=False),
        sa.Column("picture", sa.String(length=80), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_line_quantity_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_line_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("order_id", "goods_id", name=op.f("uq_order_line_order_id_goods_id")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_order_line_goods_id"), "order_line", ["goods_id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("no", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("provider_reference", sa.String(length=64), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("paid_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'applied', 'unmatched')", name=op.f("ck_payment_state_known")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_payment_amount_not_negative")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payment_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("no", name=op.f("uq_payment_no")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_payment_order_id"), "payment", ["order_id"], unique=False)
    op.create_index(op.f("ix_payment_state"), "payment", ["state"], unique=False)
    op.create_table(
        "stock_movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goods_id", sa.Integer(), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["goods_id"], ["goods.id"], name=op.f("fk_stock_movement_goods_id_goods")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movement")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(
        op.f("ix_stock_movement_goods_id_created_at"), "stock_movement", ["goods_id", "created_at"], unique=False
    )


def downgrade():
    """Drop the tables; their indexes go along."""
    for table in (
        "stock_movement",
        "payment",
        "order_line",
        "order_event",
        "order_adjustment",
        "mainshow_goods",
        "cart_item",
        "user_ticket",
        "orders",
        "goods",
        "wheel",
        "users",
        "throttle",
        "shop",
        "payment_notice",
        "nav",
        "mustbuy",
        "mainshow",
        "food_type",
    ):
        op.drop_table(table)
