"""parts: a catalogue, the ledger of the stock, and orders that are followed"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "parts",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("aliases", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("serialised", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("returnable", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_parts")),
    )
    # Every part that a price table has named.
    op.execute(
        """
        INSERT INTO parts (code, name, category)
        SELECT DISTINCT ON (part_code) part_code, name, category FROM price_items
         WHERE part_code <> '' ORDER BY part_code, list_version DESC
        """
    )
    op.create_table(
        "stock",
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("part_code", sa.Text(), nullable=False),
        sa.Column("place_kind", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reserved", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("defective", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("place_kind IN ('point', 'van')", name=op.f("ck_stock_place_kind")),
        sa.CheckConstraint("on_hand >= 0 AND reserved >= 0 AND defective >= 0", name=op.f("ck_stock_counted")),
        sa.CheckConstraint("reserved <= on_hand", name=op.f("ck_stock_reserved")),
        sa.ForeignKeyConstraint(["part_code"], ["parts.code"], name=op.f("fk_stock_part_code_parts")),
        sa.PrimaryKeyConstraint("place_id", "part_code", name=op.f("pk_stock")),
    )
    op.create_table(
        "stock_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("part_code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("defective", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason IN ('receive', 'transfer', 'count', 'scrap', 'return_old', 'reserve', 'release', 'use',"
            " 'take_back')",
            name=op.f("ck_stock_entries_reason"),
        ),
        sa.ForeignKeyConstraint(["part_code"], ["parts.code"], name=op.f("fk_stock_entries_part_code_parts")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_stock_entries_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_entries")),
    )
    op.create_index("ix_stock_entries_place_id", "stock_entries", ["place_id", "part_code", "id"])
    op.create_index(
        "ix_stock_entries_ticket_id",
        "stock_entries",
        ["ticket_id"],
        postgresql_where=sa.text("ticket_id IS NOT NULL"),
    )
    op.create_table(
        "fitted_parts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("visit_id", sa.BigInteger(), nullable=True),
        sa.Column("part_code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("serial_number", sa.Text(), nullable=False),
        sa.Column("old_part", sa.Text(), nullable=False),
        sa.Column("fitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_fitted_parts_quantity")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_fitted_parts_ticket_id_tickets")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_fitted_parts_visit_id_visits")),
        sa.ForeignKeyConstraint(["part_code"], ["parts.code"], name=op.f("fk_fitted_parts_part_code_parts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fitted_parts")),
    )
    op.create_index("ix_fitted_parts_ticket_id", "fitted_parts", ["ticket_id"])
    op.create_index(
        "ix_fitted_parts_serial_number",
        "fitted_parts",
        ["serial_number"],
        postgresql_where=sa.text("serial_number <> ''"),
    )
    op.add_column("part_orders", sa.Column("part_code", sa.Text(), nullable=True))
    for name, default in (("state", "ordered"), ("carrier", ""), ("tracking_number", "")):
        column = sa.Column(name, sa.Text(), server_default=sa.text(f"'{default}'"), nullable=False)
        op.add_column("part_orders", column)
    op.execute("UPDATE part_orders SET state = 'arrived' WHERE arrived_at IS NOT NULL")
    op.create_foreign_key(
        op.f("fk_part_orders_part_code_parts"), "part_orders", "parts", ["part_code"], ["code"]
    )
    op.create_check_constraint(
        op.f("ck_part_orders_state"),
        "part_orders",
        "state IN ('ordered', 'shipped', 'backordered', 'arrived', 'cancelled')",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_part_orders_state"), "part_orders")
    for name in ("tracking_number", "carrier", "state", "part_code"):
        op.drop_column("part_orders", name)
    for table in ("fitted_parts", "stock_entries", "stock", "parts"):
        op.drop_table(table)
