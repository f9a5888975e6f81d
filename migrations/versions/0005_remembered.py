"""Favourites, footprints, what is bought together.

Revision ID: 0005
Revises: 0004

"""

from alembic import op
import sqlalchemy as sa
from axf.core.db import UTCDateTime

# revision identifiers, used by Alembic.
revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    """Make the tables."""
    op.create_table(
        "favourite",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("goods_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["goods_id"], ["goods.id"], name=op.f("fk_favourite_goods_id_goods"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_favourite_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "goods_id", name=op.f("pk_favourite")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_favourite_goods_id"), "favourite", ["goods_id"], unique=False)
    op.create_index(
        op.f("ix_favourite_user_id_created_at_goods_id"),
        "favourite",
        ["user_id", "created_at", "goods_id"],
        unique=False,
    )
    op.create_table(
        "footprint",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("goods_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["goods_id"], ["goods.id"], name=op.f("fk_footprint_goods_id_goods"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_footprint_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "goods_id", name=op.f("pk_footprint")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_footprint_goods_id"), "footprint", ["goods_id"], unique=False)
    op.create_index(
        op.f("ix_footprint_user_id_seen_at_goods_id"), "footprint", ["user_id", "seen_at", "goods_id"], unique=False
    )
    op.create_table(
        "bought_with",
        sa.Column("goods_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("other_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.CheckConstraint("goods_id <> other_id", name=op.f("ck_bought_with_another_goods")),
        sa.PrimaryKeyConstraint("goods_id", "other_id", name=op.f("pk_bought_with")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )


def downgrade():
    """Drop the tables; their indexes go along."""
    for table in ("bought_with", "footprint", "favourite"):
        op.drop_table(table)
