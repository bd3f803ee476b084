"""empty trips: what coming at the agreed time in vain costs, told before and let off with a reason"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0045"
branch_labels = None
depends_on = None

_KINDS = ("call_out", "surcharge", "labour", "part")


def _kind(*words: str) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    op.drop_constraint(op.f("ck_price_items_kind"), "price_items")
    op.create_check_constraint(op.f("ck_price_items_kind"), "price_items", f"kind IN ({listed})")


def upgrade() -> None:
    _kind("call_out", "empty_trip", *_KINDS[1:])
    op.add_column(
        "tickets", sa.Column("empty_trip_fen", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.create_check_constraint(op.f("ck_tickets_empty_trip_fen"), "tickets", "empty_trip_fen >= 0")
    op.create_table(
        "empty_trips",
        sa.Column("visit_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("fee_fen", sa.Integer(), nullable=False),
        sa.Column("charged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waived_by", sa.Uuid(), nullable=True),
        sa.Column("waived_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("fee_fen > 0", name=op.f("ck_empty_trips_fee")),
        sa.CheckConstraint(
            "(waived_at IS NULL) = (waived_by IS NULL)", name=op.f("ck_empty_trips_waived")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_empty_trips_ticket_id_tickets")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_empty_trips_visit_id_visits")),
        sa.ForeignKeyConstraint(["waived_by"], ["staff.id"], name=op.f("fk_empty_trips_waived_by_staff")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_empty_trips")),
        sa.UniqueConstraint("ticket_id", "seq", name=op.f("uq_empty_trips_ticket_id")),
    )


def downgrade() -> None:
    op.drop_table("empty_trips")
    op.drop_constraint(op.f("ck_tickets_empty_trip_fen"), "tickets")
    op.drop_column("tickets", "empty_trip_fen")
    op.execute("DELETE FROM price_items WHERE kind = 'empty_trip'")
    _kind(*_KINDS)
