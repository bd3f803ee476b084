"""webhooks: what other systems are told, and the order in which events can be followed"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # What was there lies before every transaction to come; the table is not rewritten.
    op.add_column("ticket_events", sa.Column("xact", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.alter_column("ticket_events", "xact", server_default=sa.text("pg_current_xact_id()::text::bigint"))
    op.create_index("ix_ticket_events_xact", "ticket_events", ["xact"])
    op.create_table(
        "event_cursors",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("xact", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_event_cursors"),
    )
    op.execute("INSERT INTO event_cursors (name, xact, ticket_id, seq) VALUES ('webhooks', 1, 0, 0)")
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'active'"), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("previous_secret", sa.LargeBinary()),
        sa.Column("previous_until", MOMENT),
        sa.Column("failures", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("failing_since", MOMENT),
        sa.Column("rest_until", MOMENT),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint("state IN ('active', 'paused', 'disabled')", name="ck_webhook_endpoints_state"),
        sa.CheckConstraint("cardinality(events) > 0", name="ck_webhook_endpoints_events"),
        sa.CheckConstraint(
            "(previous_secret IS NULL) = (previous_until IS NULL)", name="ck_webhook_endpoints_previous_secret"
        ),
        sa.CheckConstraint("(failures = 0) = (failing_since IS NULL)", name="ck_webhook_endpoints_failing"),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name="fk_webhook_endpoints_created_by_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_endpoints"),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger()),
        sa.Column("seq", sa.BigInteger()),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'queued'"), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tries", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("give_up_at", MOMENT),
        sa.Column("settled_at", MOMENT),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'delivered', 'dead')", name="ck_webhook_deliveries_state"
        ),
        sa.CheckConstraint("(ticket_id IS NULL) = (seq IS NULL)", name="ck_webhook_deliveries_ticket"),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (state IN ('queued', 'sending'))", name="ck_webhook_deliveries_settled"
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoints.id"],
            name="fk_webhook_deliveries_endpoint_id_webhook_endpoints",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_webhook_deliveries_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_deliveries"),
        sa.UniqueConstraint(
            "endpoint_id", "ticket_id", "seq", name="uq_webhook_deliveries_endpoint_id_ticket_id_seq"
        ),
    )
    unsettled = sa.text("settled_at IS NULL")
    columns = ["endpoint_id", "due_at", "id"]
    op.create_index("ix_webhook_deliveries_due", "webhook_deliveries", columns, postgresql_where=unsettled)
    op.create_index("ix_webhook_deliveries_newest", "webhook_deliveries", ["endpoint_id", "created_at", "id"])
    op.create_index(
        "ix_webhook_deliveries_settled_at",
        "webhook_deliveries",
        ["settled_at"],
        postgresql_where=sa.text("settled_at IS NOT NULL"),
    )
    op.create_table(
        "webhook_attempts",
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("milliseconds", sa.BigInteger()),
        sa.Column("status", sa.BigInteger()),
        sa.Column("error", sa.Text()),
        sa.Column("answer", sa.Text()),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["webhook_deliveries.id"],
            name="fk_webhook_attempts_delivery_id_webhook_deliveries",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("delivery_id", "attempt", name="pk_webhook_attempts"),
    )


def downgrade() -> None:
    for table in ("webhook_attempts", "webhook_deliveries", "webhook_endpoints", "event_cursors"):
        op.drop_table(table)
    op.drop_index("ix_ticket_events_xact", "ticket_events")
    op.drop_column("ticket_events", "xact")
