"""tickets that were split off others"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket_splits",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("split_by", sa.Uuid(), nullable=False),
        sa.Column("split_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_splits")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_splits_ticket_id_tickets")),
        sa.ForeignKeyConstraint(["from_id"], ["tickets.id"], name=op.f("fk_ticket_splits_from_id_tickets")),
        sa.ForeignKeyConstraint(["split_by"], ["staff.id"], name=op.f("fk_ticket_splits_split_by_staff")),
        sa.CheckConstraint("ticket_id > from_id", name=op.f("ck_ticket_splits_later")),
    )
    op.create_index("ix_ticket_splits_from_id", "ticket_splits", ["from_id"])


def downgrade() -> None:
    op.drop_table("ticket_splits")
