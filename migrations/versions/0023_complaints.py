"""complaint cases and what is done about them"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

CAUSES = "'threat', 'angry_words', 'unsolved_call', 'said', 'low_score', 'complaint_ticket'"
KINDS = (
    "'opened', 'heard', 'taken', 'call', 'visit', 'note', 'remedy', 'solved', 'not_solved', 'silent', 'warned', "
    "'escalated', 'reopened', 'closed'"
)
ROLES = "'customer', 'agent', 'engineer', 'manager', 'admin', 'contractor', 'system'"


def upgrade() -> None:
    _cases()
    op.create_table(
        "case_steps",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "n", name=op.f("pk_case_steps")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["complaint_cases.id"], name=op.f("fk_case_steps_case_id_complaint_cases")
        ),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_case_steps_kind")),
        sa.CheckConstraint(f"actor_role IN ({ROLES})", name=op.f("ck_case_steps_actor_role")),
    )
    op.create_index(
        "ix_tickets_complaints",
        "tickets",
        ["id"],
        postgresql_where=sa.text("service_type = 'complaint' AND state = 'submitted'"),
    )


def _cases() -> None:
    op.create_table(
        "complaint_cases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("engineer_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("root_cause", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("remedy", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("remedy_fen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_cases")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_complaint_cases_ticket_id")),
        sa.UniqueConstraint("link", name=op.f("uq_complaint_cases_link")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_complaint_cases_ticket_id_tickets")
        ),
        sa.ForeignKeyConstraint(
            ["engineer_id"], ["engineers.id"], name=op.f("fk_complaint_cases_engineer_id_engineers")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_complaint_cases_owner_id_staff")),
        sa.CheckConstraint(
            "state IN ('open', 'working', 'proposed', 'closed')", name=op.f("ck_complaint_cases_state")
        ),
        sa.CheckConstraint(f"cause IN ({CAUSES})", name=op.f("ck_complaint_cases_cause")),
        sa.CheckConstraint("outcome IN ('solved', 'settled')", name=op.f("ck_complaint_cases_outcome")),
        sa.CheckConstraint(
            "state = 'open' OR owner_id IS NOT NULL OR state = 'closed'", name=op.f("ck_complaint_cases_owner")
        ),
        sa.CheckConstraint(
            "state <> 'proposed' OR remedy <> '' AND root_cause <> '' AND link IS NOT NULL",
            name=op.f("ck_complaint_cases_remedy"),
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL) AND (closed_at IS NULL) = (outcome IS NULL)",
            name=op.f("ck_complaint_cases_closed"),
        ),
        sa.CheckConstraint("due_at > opened_at AND remedy_fen >= 0", name=op.f("ck_complaint_cases_sane")),
    )
    op.create_index(
        "ix_complaint_cases_open",
        "complaint_cases",
        ["due_at", "id"],
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index(
        "ix_complaint_cases_closed",
        "complaint_cases",
        ["closed_at", "id"],
        postgresql_where=sa.text("state = 'closed'"),
    )
    op.create_index(
        "ix_complaint_cases_wake_at",
        "complaint_cases",
        ["wake_at"],
        postgresql_where=sa.text("wake_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_tickets_complaints", "tickets")
    op.drop_table("case_steps")
    op.drop_table("complaint_cases")
