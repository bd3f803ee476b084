"""merges of tickets that can be undone"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket_merges",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("into_id", sa.BigInteger(), nullable=False),
        sa.Column("photos", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("ticket_id", "seq", name=op.f("pk_ticket_merges")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_merges_ticket_id_tickets")),
        sa.ForeignKeyConstraint(["into_id"], ["tickets.id"], name=op.f("fk_ticket_merges_into_id_tickets")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["complaint_cases.id"], name=op.f("fk_ticket_merges_case_id_complaint_cases")
        ),
        sa.CheckConstraint("ticket_id <> into_id", name=op.f("ck_ticket_merges_two")),
    )
    op.create_index(
        "uq_ticket_merges_live",
        "ticket_merges",
        ["ticket_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index(
        "ix_tickets_merged_into",
        "tickets",
        ["merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_tickets_merged_into", "tickets")
    op.drop_table("ticket_merges")
