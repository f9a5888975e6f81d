"""The search index, suggestions, what was asked for.

Revision ID: 0007
Revises: 0006

"""
from alembic import op
import sqlalchemy as sa
from axf.core.db import UTCDateTime

# revision identifiers, used by Alembic.
revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

IN_BYTES = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def upgrade():
    """Make the tables; ``flask search index`` fills them."""
    op.create_table(
        "search_index",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("recipe", sa.Integer(), nullable=False),
        sa.Column("done_to", sa.Integer(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('building', 'live')", name=op.f("ck_search_index_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_index")),
        sa.UniqueConstraint("state", name=op.f("uq_search_index_state")),
        sqlite_autoincrement=True,
        **IN_BYTES,
    )
    op.create_table(
        "search_term",
        sa.Column("index_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("term", sa.String(40), nullable=False),
        sa.Column("goods", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("index_id", "term", name=op.f("pk_search_term")),
        **IN_BYTES,
    )
    op.create_table(
        "search_posting",
        sa.Column("index_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("term", sa.String(40), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("goods", sa.Integer(), nullable=False),
        sa.Column("bits", sa.LargeBinary(65_535), nullable=False),
        sa.PrimaryKeyConstraint("index_id", "term", "level", "block", name=op.f("pk_search_posting")),
        **IN_BYTES,
    )
    op.create_table(
        "search_phrase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("index_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.String(24), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("ref", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("text_en", sa.String(200), nullable=False),
        sa.CheckConstraint("kind IN ('goods', 'type', 'query')", name=op.f("ck_search_phrase_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_phrase")),
        **IN_BYTES,
    )
    op.create_index(op.f("ix_search_phrase_index_id_start"), "search_phrase", ["index_id", "start"])
    op.create_table(
        "search_count",
        sa.Column("text", sa.String(64), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("text", "asked_on", name=op.f("pk_search_count")),
        **IN_BYTES,
    )
    op.create_index(op.f("ix_search_count_asked_on"), "search_count", ["asked_on"])
    op.create_table(
        "hot_word",
        sa.Column("text", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("is_hidden", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("text", name=op.f("pk_hot_word")),
        **IN_BYTES,
    )


def downgrade():
    """Drop the tables again; the index can be made anew."""
    for table in ("hot_word", "search_count", "search_phrase", "search_posting", "search_term", "search_index"):
        op.drop_table(table)
