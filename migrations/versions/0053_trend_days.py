"""trend days: what a day's figures were, so that half a year of them is a sum"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0053"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trend_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_trend_days")),
    )
    op.create_table(
        "trend_figures",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("credited", sa.Text(), nullable=False),
        sa.Column("service_point_id", sa.Uuid(), nullable=True),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("cases", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("first_responses", postgresql.ARRAY(sa.Double()), nullable=True),
        sa.CheckConstraint("credited IN ('service-points', 'teams')", name=op.f("ck_trend_figures_credited")),
        sa.CheckConstraint("cases >= 1 AND total >= 0", name=op.f("ck_trend_figures_counted")),
        sa.ForeignKeyConstraint(
            ["day"], ["trend_days.day"], name=op.f("fk_trend_figures_day_trend_days"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_trend_figures_service_point_id_service_points"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_figures")),
        sa.UniqueConstraint(
            "credited",
            "day",
            "service_point_id",
            "figure",
            name=op.f("uq_trend_figures_credited_day_service_point_id_figure"),
            postgresql_nulls_not_distinct=True,
        ),
    )


def downgrade() -> None:
    op.drop_table("trend_figures")
    op.drop_table("trend_days")
