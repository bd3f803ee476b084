"""visits: the customer's link and answer, and when the engineer is expected"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visits", sa.Column("link", sa.Text(), nullable=True))
    for name in ("confirmed_at", "eta", "eta_at", "late_told_at"):
        op.add_column("visits", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_unique_constraint(op.f("uq_visits_link"), "visits", ["link"])


def downgrade() -> None:
    op.drop_constraint(op.f("uq_visits_link"), "visits")
    for name in ("late_told_at", "eta_at", "eta", "confirmed_at", "link"):
        op.drop_column("visits", name)
