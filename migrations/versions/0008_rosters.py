"""rosters: several spans a day, patterns, holidays, absences; requests for a new plan"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rosters", sa.Column("spans", postgresql.TSTZMULTIRANGE(), nullable=True))
    op.add_column("rosters", sa.Column("edited", postgresql.TSTZMULTIRANGE(), nullable=True))
    # A shift that ran into the next one's beginning belongs to the later day from there on.
    op.execute(
        """
        UPDATE rosters r SET spans = tstzmultirange(r.shift)
               - coalesce((SELECT range_agg(n.shift) FROM rosters n
                            WHERE n.engineer_id = r.engineer_id AND n.day > r.day AND n.shift && r.shift), '{}')
        """
    )
    # Nobody knows from which pattern they came, so they stay as they are.
    op.execute("UPDATE rosters SET edited = spans")
    op.alter_column("rosters", "spans", nullable=False)
    op.drop_column("rosters", "shift")
    op.execute(
        "ALTER TABLE rosters ADD CONSTRAINT ex_rosters_engineer_spans"
        " EXCLUDE USING gist (engineer_id WITH =, spans WITH &&) DEFERRABLE INITIALLY IMMEDIATE"
    )
    op.create_table(
        "shift_patterns",
        sa.Column("engineer_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("spans", postgresql.INT4MULTIRANGE(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 7", name=op.f("ck_shift_patterns_weekday")),
        sa.ForeignKeyConstraint(
            ["engineer_id"], ["engineers.id"], name=op.f("fk_shift_patterns_engineer_id_engineers")
        ),
        sa.PrimaryKeyConstraint("engineer_id", "weekday", name=op.f("pk_shift_patterns")),
    )
    op.create_table(
        "holidays",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("works_as", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint("works_as IS NULL OR works_as BETWEEN 0 AND 6", name=op.f("ck_holidays_works_as")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holidays")),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engineer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('leave', 'sick', 'training')", name=op.f("ck_absences_kind")),
        sa.CheckConstraint("NOT isempty(during)", name=op.f("ck_absences_during")),
        sa.ForeignKeyConstraint(["engineer_id"], ["engineers.id"], name=op.f("fk_absences_engineer_id_engineers")),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_absences_created_by_staff")),
        sa.ForeignKeyConstraint(["cancelled_by"], ["staff.id"], name=op.f("fk_absences_cancelled_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(
        "ix_absences_engineer_id",
        "absences",
        ["engineer_id", "during"],
        postgresql_using="gist",
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.create_table(
        "plan_requests",
        sa.Column("service_point_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_plan_requests_service_point_id_service_points"),
        ),
        sa.PrimaryKeyConstraint("service_point_id", "day", name=op.f("pk_plan_requests")),
    )


def downgrade() -> None:
    op.drop_table("plan_requests")
    op.drop_table("absences")
    op.drop_table("holidays")
    op.drop_table("shift_patterns")
    op.add_column("rosters", sa.Column("shift", postgresql.TSTZRANGE(), nullable=True))
    # Breaks are lost, days off go.
    op.execute("DELETE FROM rosters WHERE isempty(spans)")
    op.execute("UPDATE rosters SET shift = tstzrange(lower(spans), upper(spans))")
    op.alter_column("rosters", "shift", nullable=False)
    op.drop_constraint("ex_rosters_engineer_spans", "rosters")
    op.drop_column("rosters", "edited")
    op.drop_column("rosters", "spans")
