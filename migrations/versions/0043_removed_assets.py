"""removed assets: what its owner took off his list, with its history kept for when it comes back"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assets", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("assets", "removed_at")
