"""Money back, shipments, after-sale, reviews, notices, store credit.

Revision ID: 0004
Revises: 0003

"""
from alembic import op
import sqlalchemy as sa
from axf.core.db import UTCDateTime

# revision identifiers, used by Alembic.
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


NEW_TABLES = (
    "review_photo", "review", "refund", "after_sale_photo", "after_sale_line", "after_sale_event", "stock_alert", "order_substitute", "line_refund", "after_sale", "shipment_event", "message", "credit_entry", "credit_account", "shipment", "outbox",
)  # fmt: skip
NEW_COLUMNS = {
    "food_type": ("after_sale_hours",),
    "goods": ("review_stars", "review_count",),
    "order_line": ("dropped",),
    "orders": ("refunded", "delivered_at", "shipped_at",),
    "payment_notice": ("amount",),
    "user_coupon": ("last_order_id",),
    "users": ("language", "email",),
}
STATES = "state IN ('pending', 'applied', 'unmatched')"
MORE_STATES = "state IN ('pending', 'promised', 'applied', 'unmatched', 'closed')"
IN_BOUNDS = "refunded >= 0 AND waived >= 0 AND refunded + waived <= amount"


def upgrade():
    """Make the tables, add the columns."""
    _let_payments_return()
    op.create_table('outbox',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=8), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('next_try_at', UTCDateTime(), nullable=False),
    sa.Column('problem', sa.String(length=200), server_default='', nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.Column('done_at', UTCDateTime(), nullable=True),
    sa.CheckConstraint("channel IN ('inbox', 'mail', 'sms')", name=op.f('ck_outbox_channel_known')),
    sa.CheckConstraint("state IN ('waiting', 'done', 'dead')", name=op.f('ck_outbox_state_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('key', name=op.f('uq_outbox_key')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index(op.f('ix_outbox_state_next_try_at_id'), 'outbox', ['state', 'next_try_at', 'id'], unique=False)
    op.create_table('shipment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('rider_name', sa.String(length=40), server_default='', nullable=False),
    sa.Column('rider_phone', sa.String(length=20), server_default='', nullable=False),
    sa.Column('carrier', sa.String(length=20), server_default='', nullable=False),
    sa.Column('tracking_no', sa.String(length=40), server_default='', nullable=False),
    sa.Column('stage', sa.String(length=12), nullable=False),
    sa.Column('expected_at', UTCDateTime(), nullable=True),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.Column('delivered_at', UTCDateTime(), nullable=True),
    sa.CheckConstraint("kind IN ('rider', 'courier')", name=op.f('ck_shipment_kind_known')),
    sa.CheckConstraint("stage IN ('packed', 'on-the-way', 'delivered', 'failed')", name=op.f('ck_shipment_stage_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shipment')),
    sa.UniqueConstraint('order_id', 'number', name=op.f('uq_shipment_order_id_number')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index(op.f('ix_shipment_carrier_tracking_no'), 'shipment', ['carrier', 'tracking_no'], unique=False)
    op.create_table('credit_account',
    sa.Column('user_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('balance', sa.Integer(), nullable=False),
    sa.CheckConstraint('balance >= 0', name=op.f('ck_credit_account_balance_not_negative')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_credit_account_user_id_users')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_credit_account')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_table('credit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=16), nullable=False),
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_credit_entry_amount_not_zero')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_credit_entry_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_entry')),
    sa.UniqueConstraint('user_id', 'reason', 'reference', name=op.f('uq_credit_entry_user_id_reason_reference')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index(op.f('ix_credit_entry_user_id_created_at_id'), 'credit_entry', ['user_id', 'created_at', 'id'], unique=False)
    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.Column('read_at', UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_message_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('key', name=op.f('uq_message_key')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index(op.f('ix_message_user_id_created_at_id'), 'message', ['user_id', 'created_at', 'id'], unique=False)
    op.create_table('shipment_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('shipment_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('stage', sa.String(length=12), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('happened_at', UTCDateTime(), nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shipment_id'], ['shipment.id'], name=op.f('fk_shipment_event_shipment_id_shipment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shipment_event')),
    sa.UniqueConstraint('shipment_id', 'key', name=op.f('uq_shipment_event_shipment_id_key')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_table('after_sale',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('no', sa.String(length=24), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('text', sa.String(length=500), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.Column('decided_at', UTCDateTime(), nullable=True),
    sa.Column('done_at', UTCDateTime(), nullable=True),
    sa.CheckConstraint("kind IN ('refund', 'return', 'replace')", name=op.f('ck_after_sale_kind_known')),
    sa.CheckConstraint('amount >= 0 AND points >= 0', name=op.f('ck_after_sale_sums_not_negative')),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_after_sale_order_id_orders')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_after_sale_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_after_sale')),
    sa.UniqueConstraint('no', name=op.f('uq_after_sale_no')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index(op.f('ix_after_sale_order_id'), 'after_sale', ['order_id'], unique=False)
    op.create_index(op.f('ix_after_sale_state_created_at'), 'after_sale', ['state', 'created_at'], unique=False)
    op.create_index(op.f('ix_after_sale_user_id_created_at_id'), 'after_sale', ['user_id', 'created_at', 'id'], unique=False)
    op.create_table('line_refund',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('goods_id', sa.Integer(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('cause', sa.String(length=12), nullable=False),
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.CheckConstraint("cause IN ('short', 'replaced', 'after-sale')", name=op.f('ck_line_refund_cause_known')),
    sa.CheckConstraint('quantity >= 0 AND amount >= 0 AND points >= 0', name=op.f('ck_line_refund_parts_not_negative')),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_line_refund_order_id_orders')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_line_refund')),
    sa.UniqueConstraint('order_id', 'goods_id', 'cause', 'reference', name=op.f('uq_line_refund_order_id_goods_id_cause_reference')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_table('order_substitute',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('goods_id', sa.Integer(), nullable=False),
    sa.Column('substitute_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('name_en', sa.String(length=200), nullable=False),
    sa.Column('pack', sa.String(length=60), nullable=False),
    sa.Column('pack_en', sa.String(length=60), nullable=False),
    sa.Column('picture', sa.String(length=80), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('pieces', sa.Integer(), nullable=False),
    sa.Column('charged', sa.Integer(), nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.CheckConstraint('quantity > 0 AND pieces > 0 AND charged >= 0', name=op.f('ck_order_substitute_numbers_possible')),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_order_substitute_order_id_orders')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_substitute')),
    sa.UniqueConstraint('order_id', 'goods_id', 'substitute_id', name=op.f('uq_order_substitute_order_id_goods_id_substitute_id')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_table('stock_alert',
    sa.Column('user_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('goods_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['goods_id'], ['goods.id'], name=op.f('fk_stock_alert_goods_id_goods')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_stock_alert_user_id_users')),
    sa.PrimaryKeyConstraint('user_id', 'goods_id', name=op.f('pk_stock_alert')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index(op.f('ix_stock_alert_goods_id'), 'stock_alert', ['goods_id'], unique=False)
    op.create_table('after_sale_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('after_sale_id', sa.Integer(), nullable=False),
    sa.Column('event', sa.String(length=12), nullable=False),
    sa.Column('from_state', sa.String(length=12), nullable=True),
    sa.Column('to_state', sa.String(length=12), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['after_sale_id'], ['after_sale.id'], name=op.f('fk_after_sale_event_after_sale_id_after_sale')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_after_sale_event')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index(op.f('ix_after_sale_event_after_sale_id'), 'after_sale_event', ['after_sale_id'], unique=False)
    op.create_table('after_sale_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('after_sale_id', sa.Integer(), nullable=False),
    sa.Column('goods_id', sa.Integer(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.CheckConstraint('amount >= 0 AND points >= 0', name=op.f('ck_after_sale_line_sums_not_negative')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_after_sale_line_quantity_positive')),
    sa.ForeignKeyConstraint(['after_sale_id'], ['after_sale.id'], name=op.f('fk_after_sale_line_after_sale_id_after_sale')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_after_sale_line')),
    sa.UniqueConstraint('after_sale_id', 'goods_id', name=op.f('uq_after_sale_line_after_sale_id_goods_id')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_table('after_sale_photo',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('after_sale_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.ForeignKeyConstraint(['after_sale_id'], ['after_sale.id'], name=op.f('fk_after_sale_photo_after_sale_id_after_sale')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_after_sale_photo')),
    sa.UniqueConstraint('after_sale_id', 'position', name=op.f('uq_after_sale_photo_after_sale_id_position')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_table('refund',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('no', sa.String(length=32), nullable=False),
    sa.Column('payment_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=12), nullable=False),
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('next_try_at', UTCDateTime(), nullable=False),
    sa.Column('problem', sa.String(length=200), server_default='', nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.Column('done_at', UTCDateTime(), nullable=True),
    sa.CheckConstraint("state IN ('open', 'done', 'failed')", name=op.f('ck_refund_state_known')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_refund_amount_positive')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_refund_payment_id_payment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund')),
    sa.UniqueConstraint('no', name=op.f('uq_refund_no')),
    sa.UniqueConstraint('payment_id', 'reason', 'reference', name=op.f('uq_refund_payment_id_reason_reference')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index(op.f('ix_refund_state_next_try_at'), 'refund', ['state', 'next_try_at'], unique=False)
    op.create_table('review',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_line_id', sa.Integer(), nullable=False),
    sa.Column('goods_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('stars', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=500), nullable=False),
    sa.Column('is_anonymous', sa.Boolean(), nullable=False),
    sa.Column('has_photos', sa.Boolean(), nullable=False),
    sa.Column('created_at', UTCDateTime(), nullable=False),
    sa.Column('added', sa.String(length=500), server_default='', nullable=False),
    sa.Column('added_at', UTCDateTime(), nullable=True),
    sa.Column('reply', sa.String(length=500), server_default='', nullable=False),
    sa.Column('replied_at', UTCDateTime(), nullable=True),
    sa.Column('hidden_reason', sa.String(length=200), server_default='', nullable=False),
    sa.Column('hidden_at', UTCDateTime(), nullable=True),
    sa.CheckConstraint('stars BETWEEN 1 AND 5', name=op.f('ck_review_stars_known')),
    sa.ForeignKeyConstraint(['goods_id'], ['goods.id'], name=op.f('fk_review_goods_id_goods')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_line.id'], name=op.f('fk_review_order_line_id_order_line')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_review_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review')),
    sa.UniqueConstraint('order_line_id', name=op.f('uq_review_order_line_id')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index(op.f('ix_review_goods_id_created_at_id'), 'review', ['goods_id', 'created_at', 'id'], unique=False)
    op.create_index(op.f('ix_review_goods_id_has_photos_created_at_id'), 'review', ['goods_id', 'has_photos', 'created_at', 'id'], unique=False)
    op.create_index(op.f('ix_review_goods_id_stars_created_at_id'), 'review', ['goods_id', 'stars', 'created_at', 'id'], unique=False)
    op.create_index(op.f('ix_review_user_id_created_at_id'), 'review', ['user_id', 'created_at', 'id'], unique=False)
    op.create_table('review_photo',
    sa.Column('review_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.ForeignKeyConstraint(['review_id'], ['review.id'], name=op.f('fk_review_photo_review_id_review')),
    sa.PrimaryKeyConstraint('review_id', 'position', name=op.f('pk_review_photo')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    # One by one: in a batch SQLite would rebuild tables that others point to.
    op.add_column('food_type', sa.Column('after_sale_hours', sa.Integer(), server_default='48', nullable=False))
    op.add_column('goods', sa.Column('review_count', sa.Integer(), server_default='0', nullable=False))
    op.add_column('goods', sa.Column('review_stars', sa.Integer(), server_default='0', nullable=False))
    op.add_column('order_line', sa.Column('dropped', sa.Integer(), server_default='0', nullable=False))
    op.add_column('orders', sa.Column('shipped_at', UTCDateTime(), nullable=True))
    op.add_column('orders', sa.Column('delivered_at', UTCDateTime(), nullable=True))
    op.add_column('orders', sa.Column('refunded', sa.Integer(), server_default='0', nullable=False))
    op.create_index(op.f('ix_orders_state_shipped_at'), 'orders', ['state', 'shipped_at'], unique=False)
    op.add_column('payment_notice', sa.Column('amount', sa.Integer(), nullable=True))
    op.add_column('user_coupon', sa.Column('last_order_id', sa.Integer(), nullable=True))
    op.create_index(op.f('ix_user_coupon_last_order_id'), 'user_coupon', ['last_order_id'], unique=False)
    op.execute("UPDATE user_coupon SET last_order_id = order_id")
    op.add_column('users', sa.Column('email', sa.String(length=254), nullable=True))
    op.add_column('users', sa.Column('language', sa.String(length=8), server_default='zh', nullable=False))


def _let_payments_return():
    """Let payments be promised, closed and given back."""
    with op.batch_alter_table("payment") as payment:
        payment.drop_constraint(op.f("ck_payment_state_known"), type_="check")
        payment.add_column(sa.Column("refunded", sa.Integer(), server_default="0", nullable=False))
        payment.add_column(sa.Column("waived", sa.Integer(), server_default="0", nullable=False))
        payment.create_check_constraint(op.f("ck_payment_state_known"), MORE_STATES)
        payment.create_check_constraint(op.f("ck_payment_returns_in_bounds"), IN_BOUNDS)


def downgrade():
    """Drop the columns and the tables; their indexes go along. Payments that the old states do not know wait again."""
    op.drop_index(op.f("ix_orders_state_shipped_at"), "orders")
    op.drop_index(op.f("ix_user_coupon_last_order_id"), "user_coupon")
    for table, columns in NEW_COLUMNS.items():
        for column in columns:
            op.drop_column(table, column)
    for table in NEW_TABLES:
        op.drop_table(table)
    op.execute("UPDATE payment SET state = 'pending' WHERE state IN ('promised', 'closed')")
    with op.batch_alter_table("payment") as payment:
        payment.drop_constraint(op.f("ck_payment_state_known"), type_="check")
        payment.drop_constraint(op.f("ck_payment_returns_in_bounds"), type_="check")
        payment.drop_column("waived")
        payment.drop_column("refunded")
        payment.create_check_constraint(op.f("ck_payment_state_known"), STATES)
