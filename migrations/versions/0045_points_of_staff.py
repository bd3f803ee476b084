"""points of staff: whose tickets somebody at the desk sees; and from where something was done

Nothing is said of those who are there: they see the whole house, as before.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0048"
branch_labels = None
depends_on = None

_RULE = "points IS NULL OR cardinality(points) > 0 AND role IN ('agent', 'manager')"


def upgrade() -> None:
    op.add_column("staff", sa.Column("points", postgresql.ARRAY(sa.Uuid()), nullable=True))
    op.create_check_constraint(op.f("ck_staff_points"), "staff", _RULE)
    op.add_column("audit_log", sa.Column("network", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("audit_log", "network")
    op.drop_constraint(op.f("ck_staff_points"), "staff")
    op.drop_column("staff", "points")
