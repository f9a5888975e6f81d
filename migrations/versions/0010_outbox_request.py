"""Which request or command a notice comes from, so that the log leads from one to the other.

Revision ID: 0010
Revises: 0009

"""
from alembic import op
import sqlalchemy as sa
from axf.core import migrating

# revision identifiers, used by Alembic.
revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade():
    """Add the column; code that does not know it leaves it empty."""
    migrating.add_column("outbox", sa.Column("request_id", sa.String(64), nullable=False, server_default=""))


def downgrade():
    """Drop the column."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ALTER TABLE outbox DROP COLUMN request_id")
    else:
        op.drop_column("outbox", "request_id")
