"""duties: to answer whoever urged, and to have made a call in time"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

OPEN = "answered_at IS NULL AND lapsed_at IS NULL AND due_at IS NOT NULL"
NUMBERED = """
UPDATE urgings u SET n = o.n
  FROM (SELECT id, row_number() OVER (PARTITION BY ticket_id ORDER BY at, id) AS n FROM urgings) o
 WHERE o.id = u.id AND o.n > 1
"""
# Until now the second one raised what had been reported as ordinary.
RAISED = """
UPDATE urgings u SET raised = TRUE FROM tickets t
 WHERE t.id = u.ticket_id AND u.n = 2 AND t.priority = 'urgent' AND t.diagnosis->>'urgency' = '普通'
"""


def upgrade() -> None:
    for column in (
        sa.Column("n", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("raised", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("urgings", column)
    op.create_foreign_key(
        op.f("fk_urgings_owner_id_engineers"), "urgings", "engineers", ["owner_id"], ["id"]
    )
    for name, check in (
        ("counted", "n >= 1"),
        ("in_order", "due_at >= at AND answered_at >= at AND escalated_at >= due_at"),
        (
            "ended_once",
            "(answered_at IS NULL) = (answered_by IS NULL) AND (answered_at IS NULL OR lapsed_at IS NULL)",
        ),
    ):
        op.create_check_constraint(op.f(f"ck_urgings_{name}"), "urgings", check)
    op.create_index("ix_urgings_due_at", "urgings", ["due_at", "id"], postgresql_where=sa.text(OPEN))
    op.execute(NUMBERED)
    op.execute(RAISED)
    _late_calls()


def _late_calls() -> None:
    op.add_column("follow_ups", sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_follow_ups_late"), "follow_ups", "escalated_at >= due_at")
    op.create_index(
        "ix_follow_ups_due_at",
        "follow_ups",
        ["due_at", "id"],
        postgresql_where=sa.text("state = 'open' AND escalated_at IS NULL"),
    )
    op.create_index("ix_ticket_merges_into_id", "ticket_merges", ["into_id"])
    # Nobody is told of what was late before anybody was told of such things.
    op.execute("UPDATE follow_ups SET escalated_at = now() WHERE state = 'open' AND due_at <= now()")


def downgrade() -> None:
    op.drop_index("ix_ticket_merges_into_id", "ticket_merges")
    op.drop_index("ix_follow_ups_due_at", "follow_ups")
    op.drop_constraint(op.f("ck_follow_ups_late"), "follow_ups")
    op.drop_column("follow_ups", "escalated_at")
    op.drop_index("ix_urgings_due_at", "urgings")
    for name in ("counted", "in_order", "ended_once"):
        op.drop_constraint(op.f(f"ck_urgings_{name}"), "urgings")
    columns = ("lapsed_at", "escalated_at", "answered_by", "answered_at", "due_at", "owner_id", "raised", "n")
    for column in columns:
        op.drop_column("urgings", column)
