"""videos: short ones, beside the photos"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attachments", sa.Column("duration_ms", sa.BigInteger()))
    op.create_check_constraint(
        op.f("ck_attachments_duration"),
        "attachments",
        "(media_type LIKE 'video/%') = (duration_ms IS NOT NULL)",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_attachments_duration"), "attachments")
    op.drop_column("attachments", "duration_ms")
