"""Indexes for shops with thousands of food types, and for shoppers with thousands of orders.

Revision ID: 0011
Revises: 0010

"""
from axf.core import migrating

# revision identifiers, used by Alembic.
revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

INDEXES = (
    ("food_type", "parent_id", "position", "id"),
    ("orders", "user_id", "state", "received_at", "id"),
    ("orders", "user_id", "refunded", "created_at", "id"),
    ("points_entry", "user_id", "expires_at", "amount"),
)


def upgrade():
    """Add the indexes; the one of the children is the beginning of a new one, which its foreign key then uses."""
    for index in INDEXES:
        migrating.add_index(*index)
    migrating.drop_index("food_type", "parent_id")


def downgrade():
    """Bring the old index back before the new one goes: the foreign key needs one of them."""
    migrating.add_index("food_type", "parent_id")
    for index in reversed(INDEXES):
        migrating.drop_index(*index)
