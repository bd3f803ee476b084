"""named assets: what its owner calls an appliance, in which room and at which address it stands, and its version"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0056"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("name", "room"):
        op.add_column("assets", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("assets", sa.Column("address", postgresql.JSONB(), nullable=True))
    op.add_column("assets", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))


def downgrade() -> None:
    for name in ("version", "address", "room", "name"):
        op.drop_column("assets", name)
