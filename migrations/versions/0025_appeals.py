"""appeals against what counts in the figures"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MEASURES = (
    "'rating', 'on_time', 'first_time_fix', 'disputes', 'no_show', 'urgings', 'promises_kept', 'quote_accuracy', "
    "'evidence', 'called_solved'"
)


def upgrade() -> None:
    op.create_table(
        "kpi_appeals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("engineer_id", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_appeals")),
        sa.UniqueConstraint(
            "ticket_id", "engineer_id", "measure", name=op.f("uq_kpi_appeals_ticket_id_engineer_id_measure")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_kpi_appeals_ticket_id_tickets")),
        sa.ForeignKeyConstraint(
            ["engineer_id"], ["engineers.id"], name=op.f("fk_kpi_appeals_engineer_id_engineers")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_kpi_appeals_decided_by_staff")),
        sa.CheckConstraint(f"measure IN ({MEASURES})", name=op.f("ck_kpi_appeals_measure")),
        sa.CheckConstraint("state IN ('open', 'upheld', 'rejected')", name=op.f("ck_kpi_appeals_state")),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)"
            " AND (decided_at IS NULL OR note <> '')",
            name=op.f("ck_kpi_appeals_decided"),
        ),
    )
    op.create_index("ix_kpi_appeals_created_at", "kpi_appeals", ["created_at", "id"])


def downgrade() -> None:
    op.drop_table("kpi_appeals")
