"""Promotions, coupons, points, VIP; what an order says besides.

Revision ID: 0003
Revises: 0002

"""

import sqlalchemy as sa
from alembic import op

from axf.core.db import IdSet, UTCDateTime

# revision identifiers, used by Alembic.
revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEW_TABLES = (
    "user_coupon", "vip_level", "vip_account", "points_entry", "points_account", "growth_entry", "coupon_code",
    "check_in", "full_off", "coupon",
)  # fmt: skip
NEW_COLUMNS = {
    "goods": ("replaced_by_id", "promo_ends_at", "promo_starts_at", "promo_price", "is_second_half"),
    "order_delivery": ("invoice_title",),
    "order_line": ("wish",),
    "orders": ("received_at",),
    "users": ("birthday",),
}


def upgrade():
    """Make the tables, add the columns."""
    op.create_table('coupon',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('name_en', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.Column('minimum', sa.Integer(), nullable=False),
    sa.Column('cap', sa.Integer(), nullable=True),
    sa.Column('goods_ids', IdSet(), nullable=False),
    sa.Column('food_type_ids', IdSet(), nullable=False),
    sa.Column('is_first_order', sa.Boolean(), nullable=False),
    sa.Column('issue', sa.String(length=8), nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.Column('per_person', sa.Integer(), nullable=False),
    sa.Column('issued', sa.Integer(), nullable=False),
    sa.Column('valid_from', UTCDateTime(), nullable=True),
    sa.Column('valid_until', UTCDateTime(), nullable=True),
    sa.Column('valid_days', sa.Integer(), nullable=True),
    sa.Column('hour_from', sa.Integer(), nullable=True),
    sa.Column('hour_until', sa.Integer(), nullable=True),
    sa.Column('is_stopped', sa.Boolean(), nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.CheckConstraint("issue IN ('claim', 'code', 'register', 'grant')", name=op.f('ck_coupon_issue_known')),
    sa.CheckConstraint("kind IN ('amount', 'percent', 'fixed', 'delivery')", name=op.f('ck_coupon_kind_known')),
    sa.CheckConstraint('(hour_from IS NULL AND hour_until IS NULL) OR (0 <= hour_from AND hour_from < hour_until AND hour_until <= 24)', name=op.f('ck_coupon_hours_of_a_day')),
    sa.CheckConstraint('(valid_days > 0 AND valid_from IS NULL AND valid_until IS NULL) OR (valid_days IS NULL AND valid_from < valid_until)', name=op.f('ck_coupon_validity_known')),
    sa.CheckConstraint('issued >= 0 AND (total IS NULL OR issued <= total)', name=op.f('ck_coupon_issued_in_bounds')),
    sa.CheckConstraint('per_person > 0', name=op.f('ck_coupon_per_person_positive')),
    sa.CheckConstraint('value >= 0 AND minimum >= 0 AND (cap IS NULL OR cap > 0)', name=op.f('ck_coupon_sums_not_negative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_coupon')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index(op.f('ix_coupon_issue_is_stopped'), 'coupon', ['issue', 'is_stopped'], unique=False)
    op.create_table('full_off',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('name_en', sa.String(length=80), nullable=False),
    sa.Column('minimum', sa.Integer(), nullable=False),
    sa.Column('off', sa.Integer(), nullable=False),
    sa.Column('goods_ids', IdSet(), nullable=False),
    sa.Column('starts_at', UTCDateTime(), nullable=False),
    sa.Column('ends_at', UTCDateTime(), nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.CheckConstraint('0 < off AND off <= minimum', name=op.f('ck_full_off_sums_possible')),
    sa.CheckConstraint('starts_at <= ends_at', name=op.f('ck_full_off_span_forward')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_full_off')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index(op.f('ix_full_off_ends_at'), 'full_off', ['ends_at'], unique=False)
    op.create_table('check_in',
    sa.Column('user_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('streak', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.CheckConstraint('streak > 0 AND points > 0', name=op.f('ck_check_in_numbers_positive')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_check_in_user_id_users')),
    sa.PrimaryKeyConstraint('user_id', 'day', name=op.f('pk_check_in')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_table('coupon_code',
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('coupon_id', sa.Integer(), nullable=False),
    sa.Column('uses_left', sa.Integer(), nullable=True),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.CheckConstraint('uses_left >= 0', name=op.f('ck_coupon_code_uses_left_not_negative')),
    sa.ForeignKeyConstraint(['coupon_id'], ['coupon.id'], name=op.f('fk_coupon_code_coupon_id_coupon')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_coupon_code')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index(op.f('ix_coupon_code_coupon_id'), 'coupon_code', ['coupon_id'], unique=False)
    op.create_table('growth_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=16), nullable=False),
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_growth_entry_amount_not_zero')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_growth_entry_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_growth_entry')),
    sa.UniqueConstraint('user_id', 'reason', 'reference', name=op.f('uq_growth_entry_user_id_reason_reference')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index(op.f('ix_growth_entry_user_id_created_at_id'), 'growth_entry', ['user_id', 'created_at', 'id'], unique=False)
    op.create_table('points_account',
    sa.Column('user_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('balance', sa.Integer(), nullable=False),
    sa.CheckConstraint('balance >= 0', name=op.f('ck_points_account_balance_not_negative')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_points_account_user_id_users')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_points_account')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_table('points_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=16), nullable=False),
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('expires_at', UTCDateTime(), nullable=True),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_points_entry_amount_not_zero')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_points_entry_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_points_entry')),
    sa.UniqueConstraint('user_id', 'reason', 'reference', name=op.f('uq_points_entry_user_id_reason_reference')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index(op.f('ix_points_entry_expires_at_user_id'), 'points_entry', ['expires_at', 'user_id'], unique=False)
    op.create_index(op.f('ix_points_entry_user_id_created_at_id'), 'points_entry', ['user_id', 'created_at', 'id'], unique=False)
    op.create_table('vip_account',
    sa.Column('user_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('growth', sa.Integer(), nullable=False),
    sa.CheckConstraint('growth >= 0', name=op.f('ck_vip_account_growth_not_negative')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_vip_account_user_id_users')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_vip_account')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_table('vip_level',
    sa.Column('level', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('name_en', sa.String(length=40), nullable=False),
    sa.Column('growth', sa.Integer(), nullable=False),
    sa.Column('rate', sa.Integer(), nullable=False),
    sa.Column('points_rate', sa.Integer(), nullable=False),
    sa.Column('free_delivery_from', sa.Integer(), nullable=True),
    sa.Column('birthday_coupon_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('free_delivery_from >= 0', name=op.f('ck_vip_level_free_delivery_from_not_negative')),
    sa.CheckConstraint('growth >= 0', name=op.f('ck_vip_level_growth_not_negative')),
    sa.CheckConstraint('rate BETWEEN 1 AND 100 AND points_rate >= 100', name=op.f('ck_vip_level_rates_possible')),
    sa.ForeignKeyConstraint(['birthday_coupon_id'], ['coupon.id'], name=op.f('fk_vip_level_birthday_coupon_id_coupon')),
    sa.PrimaryKeyConstraint('level', name=op.f('pk_vip_level')),
    sa.UniqueConstraint('growth', name=op.f('uq_vip_level_growth')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index(op.f('ix_vip_level_birthday_coupon_id'), 'vip_level', ['birthday_coupon_id'], unique=False)
    op.create_table('user_coupon',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('coupon_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('is_delivery', sa.Boolean(), nullable=False),
    sa.Column('source', sa.String(length=8), nullable=False),
    sa.Column('reference', sa.String(length=40), nullable=True),
    sa.Column('valid_from', UTCDateTime(), nullable=False),
    sa.Column('valid_until', UTCDateTime(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=True),
    sa.Column('used_at', UTCDateTime(), nullable=True),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.CheckConstraint('(order_id IS NULL) = (used_at IS NULL)', name=op.f('ck_user_coupon_used_by_an_order')),
    sa.CheckConstraint('number > 0', name=op.f('ck_user_coupon_number_positive')),
    sa.ForeignKeyConstraint(['coupon_id'], ['coupon.id'], name=op.f('fk_user_coupon_coupon_id_coupon')),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_user_coupon_order_id_orders')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_user_coupon_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_coupon')),
    sa.UniqueConstraint('order_id', 'is_delivery', name=op.f('uq_user_coupon_order_id_is_delivery')),
    sa.UniqueConstraint('user_id', 'coupon_id', 'number', name=op.f('uq_user_coupon_user_id_coupon_id_number')),
    sa.UniqueConstraint('user_id', 'reference', name=op.f('uq_user_coupon_user_id_reference')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index(op.f('ix_user_coupon_coupon_id'), 'user_coupon', ['coupon_id'], unique=False)
    op.create_index(op.f('ix_user_coupon_user_id_valid_until'), 'user_coupon', ['user_id', 'valid_until'], unique=False)
    # One by one: in a batch SQLite would rebuild tables that others point to.
    op.add_column("goods", sa.Column("is_second_half", sa.Boolean(), server_default=sa.false(), nullable=False))
    _add_promo_price()
    op.add_column("goods", sa.Column("promo_starts_at", UTCDateTime(), nullable=True))
    op.add_column("goods", sa.Column("promo_ends_at", UTCDateTime(), nullable=True))
    op.add_column("goods", sa.Column("replaced_by_id", sa.Integer(), nullable=True))
    op.add_column("order_delivery", sa.Column("invoice_title", sa.String(length=100), server_default="", nullable=False))
    op.add_column("order_line", sa.Column("wish", sa.String(length=8), server_default="", nullable=False))
    op.add_column("orders", sa.Column("received_at", UTCDateTime(), nullable=True))
    op.add_column("users", sa.Column("birthday", sa.String(length=5), nullable=True))
    op.create_index(op.f("ix_users_birthday"), "users", ["birthday"], unique=False)


def _add_promo_price():
    """Add the column with its check: SQLite knows only checks that come with the column, MariaDB only named ones."""
    name = "ck_goods_promo_price_positive"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"ALTER TABLE goods ADD COLUMN promo_price INTEGER CONSTRAINT {name} CHECK (promo_price > 0)")
    else:
        op.add_column("goods", sa.Column("promo_price", sa.Integer(), nullable=True))
        op.create_check_constraint(op.f(name), "goods", "promo_price > 0")


def downgrade():
    """Drop the columns and the tables; their indexes go along."""
    op.drop_index(op.f("ix_users_birthday"), "users")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_goods_promo_price_positive"), "goods", type_="check")
    for table, columns in NEW_COLUMNS.items():
        for column in columns:
            op.drop_column(table, column)
    for table in NEW_TABLES:
        op.drop_table(table)
