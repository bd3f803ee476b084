"""plans: what a plan changed, who was announced, whom nobody can visit"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan_requests", sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("visits", sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("visits", sa.Column("stranded_at", sa.DateTime(timezone=True), nullable=True))
    # Until now everybody was told at once.
    op.execute("UPDATE visits SET announced_at = created_at")
    op.create_table(
        "plan_reports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("service_point_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("engineers", sa.BigInteger(), nullable=False),
        sa.Column("visits", sa.BigInteger(), nullable=False),
        sa.Column("minutes_before", sa.Float(), nullable=False),
        sa.Column("minutes_won", sa.Float(), nullable=False),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.Column("stranded", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_plan_reports_service_point_id_service_points"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_reports")),
    )
    op.create_index(
        "ix_plan_reports_service_point_id", "plan_reports", ["service_point_id", "day", "planned_at"]
    )


def downgrade() -> None:
    op.drop_table("plan_reports")
    op.drop_column("visits", "stranded_at")
    op.drop_column("visits", "announced_at")
    op.drop_column("plan_requests", "taken_at")
