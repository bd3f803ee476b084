"""service levels: policies and calendars in versions, by which a ticket counts, and what was told of its deadlines"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

METRICS = "'first_response', 'next_response', 'resolution', 'acceptance', 'parts'"
ENDS = "'closed', 'cancelled', 'rejected', 'merged'"


def upgrade() -> None:
    op.create_table(
        "service_policies",
        sa.Column("version", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_service_policies")),
    )
    op.create_table(
        "service_calendars",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("service_point_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("special", postgresql.JSONB(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_calendars")),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_service_calendars_service_point_id_service_points"),
        ),
        sa.UniqueConstraint(
            "service_point_id",
            "version",
            name=op.f("uq_service_calendars_service_point_id_version"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_service_calendars_version")),
    )
    for table in ("service_policies", "service_calendars"):
        op.execute(
            f"CREATE TRIGGER tr_{table}_frozen BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION written_once()"
        )
    _of_tickets()


def _of_tickets() -> None:
    op.create_table(
        "service_levels",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=True),
        sa.Column("calendar_id", sa.BigInteger(), nullable=True),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_service_levels")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_service_levels_ticket_id_tickets")),
        sa.ForeignKeyConstraint(
            ["policy_version"],
            ["service_policies.version"],
            name=op.f("fk_service_levels_policy_version_service_policies"),
        ),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["service_calendars.id"],
            name=op.f("fk_service_levels_calendar_id_service_calendars"),
        ),
        sa.CheckConstraint(
            "attached_at IS NOT NULL OR (policy_version IS NULL AND calendar_id IS NULL)",
            name=op.f("ck_service_levels_attached"),
        ),
    )
    op.create_index(
        "ix_service_levels_next_at", "service_levels", ["next_at"], postgresql_where=sa.text("next_at IS NOT NULL")
    )
    op.create_table(
        "service_level_events",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "ticket_id", "metric", "from_seq", "mark", name=op.f("pk_service_level_events")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_service_level_events_ticket_id_tickets")
        ),
        sa.CheckConstraint(f"metric IN ({METRICS})", name=op.f("ck_service_level_events_metric")),
        sa.CheckConstraint("fired_at >= due_at", name=op.f("ck_service_level_events_not_early")),
    )
    op.execute(
        f"INSERT INTO service_levels (ticket_id, next_at) SELECT id, now() FROM tickets WHERE state NOT IN ({ENDS})"
    )


def downgrade() -> None:
    for table in ("service_level_events", "service_levels", "service_calendars", "service_policies"):
        op.drop_table(table)
