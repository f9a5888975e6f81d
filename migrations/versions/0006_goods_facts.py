"""Facts of a goods as typed fields, and its further pictures.

Revision ID: 0006
Revises: 0005

"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


COLUMNS = {
    "origin": sa.String(60), "origin_en": sa.String(100), "storage": sa.String(12), "shelf_life_days": sa.Integer(),
    "allergens": sa.String(55),
}  # fmt: skip
CHECKS = {
    "storage": ("ck_goods_storage_known", "storage IN ('ambient', 'cool', 'fridge', 'chilled', 'frozen')"),
    "shelf_life_days": ("ck_goods_shelf_life_days_positive", "shelf_life_days > 0"),
}


def upgrade():
    """Make the table, add the columns; NULL is "unknown"."""
    for name, kind in COLUMNS.items():
        _add_column(name, kind)
    op.create_table('goods_picture',
    sa.Column('goods_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('picture', sa.String(length=80), nullable=False),
    sa.Column('alt', sa.String(length=100), nullable=False),
    sa.Column('alt_en', sa.String(length=160), nullable=False),
    sa.ForeignKeyConstraint(['goods_id'], ['goods.id'], name=op.f('fk_goods_picture_goods_id_goods'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('goods_id', 'position', name=op.f('pk_goods_picture')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )


def _add_column(name, kind):
    """Add a column with its check: SQLite knows only checks that come with the column, MariaDB only named ones."""
    constraint, rule = CHECKS.get(name, (None, None))
    if rule and op.get_bind().dialect.name == "sqlite":
        written = kind.compile(op.get_bind().dialect)
        op.execute(f"ALTER TABLE goods ADD COLUMN {name} {written} CONSTRAINT {constraint} CHECK ({rule})")
        return
    op.add_column("goods", sa.Column(name, kind, nullable=True))
    if rule:
        op.create_check_constraint(op.f(constraint), "goods", rule)


def downgrade():
    """Drop the table and the columns."""
    op.drop_table("goods_picture")
    if op.get_bind().dialect.name != "sqlite":
        for constraint, _ in CHECKS.values():
            op.drop_constraint(op.f(constraint), "goods", type_="check")
    for name in COLUMNS:
        op.drop_column("goods", name)
