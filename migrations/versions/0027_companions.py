"""companions: a visit of two, each with a day of his own that is held"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

LIVE = "state IN ('proposed', 'booked', 'customer_confirmed', 'en_route', 'arrived', 'working')"


def upgrade() -> None:
    op.add_column("tickets", sa.Column("crew", sa.SmallInteger(), server_default=sa.text("1"), nullable=False))
    op.create_check_constraint(op.f("ck_tickets_crew"), "tickets", "crew BETWEEN 1 AND 2")
    op.add_column("visits", sa.Column("accompanies", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_visits_accompanies_visits"), "visits", "visits", ["accompanies"], ["id"])
    op.add_column("visits", sa.Column("meets", postgresql.TSTZRANGE(), nullable=True))
    op.drop_index("uq_visits_live", "visits")
    op.create_index(
        "uq_visits_live",
        "visits",
        ["ticket_id"],
        unique=True,
        postgresql_where=sa.text(f"accompanies IS NULL AND {LIVE}"),
    )
    op.create_index(
        "uq_visits_accompanies", "visits", ["accompanies"], unique=True, postgresql_where=sa.text(LIVE)
    )


def downgrade() -> None:
    op.execute("DELETE FROM visits WHERE accompanies IS NOT NULL")
    op.drop_index("uq_visits_accompanies", "visits")
    op.drop_index("uq_visits_live", "visits")
    op.create_index("uq_visits_live", "visits", ["ticket_id"], unique=True, postgresql_where=sa.text(LIVE))
    op.drop_column("visits", "meets")
    op.drop_constraint(op.f("fk_visits_accompanies_visits"), "visits")
    op.drop_column("visits", "accompanies")
    op.drop_constraint(op.f("ck_tickets_crew"), "tickets")
    op.drop_column("tickets", "crew")
