"""To which privacy notice a shopper agreed, who is gone; indexes by age for what is deleted in time.

Revision ID: 0009
Revises: 0008

"""
from alembic import op
import sqlalchemy as sa
from axf.core import migrating
from axf.core.db import UTCDateTime

# revision identifiers, used by Alembic.
revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

COLUMNS = (("privacy_version", sa.String(10)), ("privacy_agreed_at", UTCDateTime()), ("deleted_at", UTCDateTime()))
INDEXES = (("footprint", "seen_at"), ("message", "read_at"), ("payment_notice", "received_at"))


def upgrade():
    """Expand only: NULL is "not asked yet" and "still here"."""
    for name, kind in COLUMNS:
        migrating.add_column("users", sa.Column(name, kind, nullable=True))
    for table, column in INDEXES:
        migrating.add_index(table, column)


def downgrade():
    """Drop what was added. Who was deleted stays deleted: their names and hashes are gone."""
    for table, column in INDEXES:
        migrating.drop_index(table, column)
    for name, _kind in reversed(COLUMNS):
        op.drop_column("users", name)
