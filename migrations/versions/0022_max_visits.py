"""max_visits: how many visits a day may have"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLES = ("rosters", "shift_patterns")


def upgrade() -> None:
    for table in TABLES:
        # A day that is fuller than that already stays as it is, and gets nothing more.
        column = sa.Column("max_visits", sa.SmallInteger(), server_default=sa.text("12"), nullable=False)
        op.add_column(table, column)
        op.create_check_constraint(op.f(f"ck_{table}_max_visits"), table, "max_visits > 0")


def downgrade() -> None:
    for table in TABLES:
        op.drop_constraint(op.f(f"ck_{table}_max_visits"), table)
        op.drop_column(table, "max_visits")
