"""aftercare: calls after the work, the wish not to be called"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STATES = "'open', 'reached', 'exhausted', 'refused', 'withdrawn'"
OUTCOMES = "'reached', 'no_answer', 'busy', 'unreachable', 'call_later', 'refused'"


def upgrade() -> None:
    _follow_ups()
    _calls()
    op.create_table(
        "call_refusals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_refusals")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_call_refusals_customer_id_customers")
        ),
    )
    op.create_index("ix_call_refusals_customer_id", "call_refusals", ["customer_id"])


def _follow_ups() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("engineer_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("ticket_id", "seq", name=op.f("uq_follow_ups_ticket_id_seq")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_follow_ups_ticket_id_tickets")),
        sa.ForeignKeyConstraint(
            ["engineer_id"], ["engineers.id"], name=op.f("fk_follow_ups_engineer_id_engineers")
        ),
        sa.ForeignKeyConstraint(["taken_by"], ["staff.id"], name=op.f("fk_follow_ups_taken_by_staff")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_follow_ups_state")),
        sa.CheckConstraint("cause IN ('completed', 'unresolved')", name=op.f("ck_follow_ups_cause")),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_follow_ups_closed")),
        sa.CheckConstraint("(taken_by IS NULL) = (taken_until IS NULL)", name=op.f("ck_follow_ups_taken")),
        sa.CheckConstraint("attempts >= 0 AND due_at > created_at", name=op.f("ck_follow_ups_counted")),
    )
    op.create_index(
        "ix_follow_ups_open", "follow_ups", ["due_at", "id"], postgresql_where=sa.text("state = 'open'")
    )
    op.create_index(
        "ix_follow_ups_closed", "follow_ups", ["closed_at", "id"], postgresql_where=sa.text("state <> 'open'")
    )


def _calls() -> None:
    op.create_table(
        "follow_up_calls",
        sa.Column("follow_up_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("solved", sa.Boolean(), nullable=True),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("follow_up_id", "attempt", name=op.f("pk_follow_up_calls")),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_ups.id"], name=op.f("fk_follow_up_calls_follow_up_id_follow_ups")
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["staff.id"], name=op.f("fk_follow_up_calls_agent_id_staff")),
        sa.CheckConstraint(f"outcome IN ({OUTCOMES})", name=op.f("ck_follow_up_calls_outcome")),
        sa.CheckConstraint(
            "(outcome = 'reached') = (solved IS NOT NULL)", name=op.f("ck_follow_up_calls_answered")
        ),
        sa.CheckConstraint(
            "score IS NULL OR score BETWEEN 1 AND 5 AND outcome = 'reached'",
            name=op.f("ck_follow_up_calls_score"),
        ),
    )
    op.create_index("ix_follow_up_calls_agent_id_at", "follow_up_calls", ["agent_id", "at"])


def downgrade() -> None:
    op.drop_table("call_refusals")
    op.drop_table("follow_up_calls")
    op.drop_table("follow_ups")
