"""Addresses, delivery areas and slots, and where an order goes.

Revision ID: 0002
Revises: 0001

"""

import sqlalchemy as sa
from alembic import op

from axf.core.db import UTCDateTime

# revision identifiers, used by Alembic.
revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    """Make them."""
    op.create_table(
        "delivery_area",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("fee", sa.Integer(), nullable=False),
        sa.Column("free_from", sa.Integer(), nullable=True),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.Integer(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("cutoff_minutes", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "0 <= opens_at AND opens_at < closes_at AND closes_at <= 1440", name=op.f("ck_delivery_area_hours_of_a_day")
        ),
        sa.CheckConstraint(
            "fee >= 0 AND minimum >= 0 AND (free_from IS NULL OR free_from >= 0)",
            name=op.f("ck_delivery_area_sums_not_negative"),
        ),
        sa.CheckConstraint(
            "slot_minutes > 0 AND capacity >= 0 AND cutoff_minutes >= 0", name=op.f("ck_delivery_area_slots_possible")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_area")),
        sa.UniqueConstraint("name", name=op.f("uq_delivery_area_name")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=11), nullable=False),
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("detail", sa.String(length=120), nullable=False),
        sa.Column("tag", sa.String(length=8), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("tag IN ('', 'home', 'company', 'school')", name=op.f("ck_address_tag_known")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_address_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_address_user_id_is_default_id"), "address", ["user_id", "is_default", "id"], unique=False)
    op.create_table(
        "delivery_district",
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id"], ["delivery_area.id"], name=op.f("fk_delivery_district_area_id_delivery_area")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_delivery_district")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_delivery_district_area_id"), "delivery_district", ["area_id"], unique=False)
    op.create_table(
        "delivery_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("cutoff_at", UTCDateTime(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("booked", sa.Integer(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("0 <= booked AND booked <= capacity", name=op.f("ck_delivery_slot_places_there")),
        sa.ForeignKeyConstraint(["area_id"], ["delivery_area.id"], name=op.f("fk_delivery_slot_area_id_delivery_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_slot")),
        sa.UniqueConstraint("area_id", "starts_at", name=op.f("uq_delivery_slot_area_id_starts_at")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_delivery_slot_cutoff_at"), "delivery_slot", ["cutoff_at"], unique=False)
    op.create_table(
        "order_delivery",
        sa.Column("order_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=11), nullable=False),
        sa.Column("region", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.String(length=120), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column("slot_starts_at", UTCDateTime(), nullable=True),
        sa.Column("slot_ends_at", UTCDateTime(), nullable=True),
        sa.Column("wish", sa.String(length=8), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("wish IN ('replace', 'refund', 'call')", name=op.f("ck_order_delivery_wish_known")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_delivery_order_id_orders")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_delivery")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_order_delivery_slot_id"), "order_delivery", ["slot_id"], unique=False)


def downgrade():
    """Drop the tables; their indexes go along."""
    for table in ("order_delivery", "delivery_slot", "delivery_district", "address", "delivery_area"):
        op.drop_table(table)
