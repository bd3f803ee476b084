"""arrival attempts: how often the code of an arrival was guessed"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("arrival_attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    op.add_column("visits", column)


def downgrade() -> None:
    op.drop_column("visits", "arrival_attempts")
