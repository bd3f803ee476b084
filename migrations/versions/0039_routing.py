"""routing: teams, who sits there, rules as data, and where each ticket went and why"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("overflow_id", sa.Uuid()),
        sa.Column("standing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("overflow_id <> id", name="ck_teams_overflow"),
        sa.ForeignKeyConstraint(["overflow_id"], ["teams.id"], name="fk_teams_overflow_id_teams"),
        sa.PrimaryKeyConstraint("id", name="pk_teams"),
        sa.UniqueConstraint("name", name="uq_teams_name"),
    )
    op.create_index(
        "uq_teams_standing", "teams", ["standing"], unique=True, postgresql_where=sa.text("standing")
    )
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("skills", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name="fk_team_members_team_id_teams", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_team_members_staff_id_staff"),
        sa.PrimaryKeyConstraint("team_id", "staff_id", name="pk_team_members"),
    )
    op.create_table(
        "desk_seats",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("capacity", sa.BigInteger(), server_default=sa.text("10"), nullable=False),
        sa.Column("presence", sa.Text(), server_default=sa.text("'offline'"), nullable=False),
        sa.Column("seen_at", MOMENT),
        sa.Column("last_assigned_at", MOMENT),
        sa.CheckConstraint("presence IN ('online', 'busy', 'offline')", name="ck_desk_seats_presence"),
        sa.CheckConstraint("capacity BETWEEN 0 AND 500", name="ck_desk_seats_capacity"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_desk_seats_staff_id_staff"),
        sa.PrimaryKeyConstraint("staff_id", name="pk_desk_seats"),
    )
    op.create_table(
        "routing_rules",
        sa.Column("version", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rules", postgresql.JSONB(), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["published_by"], ["staff.id"], name="fk_routing_rules_published_by_staff"),
        sa.PrimaryKeyConstraint("version", name="pk_routing_rules"),
    )
    op.create_table(
        "ticket_routes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid()),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("why", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("moved_by", sa.Uuid()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.CheckConstraint(
            "cause IN ('rule', 'default', 'waited', 'absent', 'transfer')", name="ck_ticket_routes_cause"
        ),
        sa.CheckConstraint("(cause = 'transfer') = (moved_by IS NOT NULL)", name="ck_ticket_routes_moved_by"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_ticket_routes_ticket_id_tickets"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_ticket_routes_team_id_teams"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_ticket_routes_staff_id_staff"),
        sa.ForeignKeyConstraint(["moved_by"], ["staff.id"], name="fk_ticket_routes_moved_by_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_routes"),
    )
    current = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_ticket_routes_current", "ticket_routes", ["ticket_id"], unique=True, postgresql_where=current
    )
    op.create_index("ix_ticket_routes_load", "ticket_routes", ["staff_id"], postgresql_where=current)
    op.create_index(
        "ix_ticket_routes_waiting",
        "ticket_routes",
        [sa.text("rank DESC"), "at", "id"],
        postgresql_where=sa.text("ended_at IS NULL AND staff_id IS NULL"),
    )
    op.create_index("ix_ticket_routes_ticket_id", "ticket_routes", ["ticket_id", "id"])
    op.execute("INSERT INTO event_cursors (name, xact, ticket_id, seq) VALUES ('routing', 1, 0, 0)")


def downgrade() -> None:
    for table in ("ticket_routes", "routing_rules", "desk_seats", "team_members", "teams"):
        op.drop_table(table)
    op.execute("DELETE FROM event_cursors WHERE name = 'routing'")
