"""promises: what customers were told and why, and how long the steps of a job usually take"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

STEPS = (
    "'response', 'assign', 'book', 'visit', 'inspect', 'review', 'work', 'parts', 'resume', 'call_back', 'customer'"
)
ENDS = "'closed', 'cancelled', 'rejected', 'merged'"
# What was promised to those who wait stands; from what it was reckoned nobody knows any more.
BACKFILL = f"""
INSERT INTO promises (ticket_id, seq, first_seq, step, promised_at, text, basis, inputs, at, look_at)
SELECT id, seq, seq, step, greatest(promised_at, entered_at), promise, 'before_history', '{{}}', entered_at,
       CASE WHEN step <> 'customer' THEN greatest(promised_at, entered_at) END
  FROM (SELECT *, CASE state WHEN 'submitted' THEN 'response' WHEN 'dispatching' THEN 'assign'
                             WHEN 'offered' THEN 'assign' WHEN 'accepted' THEN 'book'
                             WHEN 'scheduled' THEN 'visit' WHEN 'en_route' THEN 'visit'
                             WHEN 'on_site' THEN 'inspect' WHEN 'in_repair' THEN 'work'
                             WHEN 'waiting_parts' THEN 'parts' WHEN 'suspended' THEN 'resume'
                             WHEN 'unresolved' THEN 'call_back' ELSE 'customer' END AS step
          FROM tickets WHERE state NOT IN ({ENDS})) open
"""


def upgrade() -> None:
    _promises()
    _usual_times()
    op.execute(BACKFILL)


def _promises() -> None:
    op.create_table(
        "promises",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("ticket_id", "seq", name=op.f("pk_promises")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_promises_ticket_id_tickets")),
        sa.CheckConstraint(f"step IN ({STEPS})", name=op.f("ck_promises_step")),
        sa.CheckConstraint("first_seq BETWEEN 1 AND seq", name=op.f("ck_promises_first")),
        sa.CheckConstraint("promised_at >= at", name=op.f("ck_promises_ahead")),
    )
    op.create_index(
        "ix_promises_look_at", "promises", ["look_at"], postgresql_where=sa.text("look_at IS NOT NULL")
    )
    op.create_index(
        "ix_promises_promised_at", "promises", ["promised_at"], postgresql_where=sa.text("step <> 'customer'")
    )


def _usual_times() -> None:
    op.create_table(
        "usual_times",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("service_point_id", sa.Uuid(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("pressing", sa.Boolean(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("usual", sa.BigInteger(), nullable=False),
        sa.Column("longest", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usual_times")),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_usual_times_service_point_id_service_points"),
        ),
        sa.UniqueConstraint(
            "service_point_id",
            "category",
            "pressing",
            "step",
            name=op.f("uq_usual_times_service_point_id_category_pressing_step"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint(f"step IN ({STEPS})", name=op.f("ck_usual_times_step")),
        sa.CheckConstraint("n >= 1 AND usual BETWEEN 0 AND longest", name=op.f("ck_usual_times_counted")),
    )


def downgrade() -> None:
    op.drop_table("usual_times")
    op.drop_table("promises")
