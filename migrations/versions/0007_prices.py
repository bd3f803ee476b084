"""prices: the price table in versions, quotes that managers review, the call-out fee as told, receipts"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = "kind IN ('call_out', 'labour', 'part', 'surcharge')"
# What was in force before there were versions becomes the first, valid from the first row on.
CARRY = """
INSERT INTO price_lists (version, note, created_by)
SELECT 1, '升级前的价目表', 'system' WHERE EXISTS (SELECT FROM price_items)
"""
PUBLISH = """
UPDATE price_lists SET published_at = now(), published_by = 'system',
       valid_from = (SELECT min(created_at AT TIME ZONE 'Asia/Shanghai')::date FROM price_items)
 WHERE version = 1
"""
FROZEN_LINES = """
CREATE FUNCTION price_lines_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM price_lists WHERE published_at IS NOT NULL
                  AND version IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.list_version END,
                                  CASE WHEN TG_OP <> 'DELETE' THEN NEW.list_version END)) THEN
        RAISE EXCEPTION 'a published price list does not change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$
"""
FROZEN = """
CREATE FUNCTION written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% does not change', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
TRIGGERS = (
    """CREATE TRIGGER tr_price_items_frozen BEFORE INSERT OR UPDATE OR DELETE ON price_items
       FOR EACH ROW EXECUTE FUNCTION price_lines_frozen()""",
    """CREATE TRIGGER tr_price_overrides_frozen BEFORE INSERT OR UPDATE OR DELETE ON price_overrides
       FOR EACH ROW EXECUTE FUNCTION price_lines_frozen()""",
    """CREATE TRIGGER tr_price_lists_frozen BEFORE UPDATE OR DELETE ON price_lists
       FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION written_once()""",
    """CREATE TRIGGER tr_receipts_frozen BEFORE UPDATE ON receipts
       FOR EACH ROW EXECUTE FUNCTION written_once()""",
)
# A quote that was made during the repair adds to the approved one, where that belongs to the same job.
BASES = """
UPDATE quotes q SET base_id = a.id
  FROM quotes a
 WHERE q.state = 'pending' AND a.ticket_id = q.ticket_id AND a.state = 'approved'
   AND NOT EXISTS (SELECT FROM ticket_events e WHERE e.ticket_id = a.ticket_id AND e.at > a.decided_at
                      AND e.event IN ('dispute', 'reopen', 'follow_up'))
"""
OPEN = "state IN ('pending', 'in_review', 'returned')"
STATES = "state IN ('pending', 'in_review', 'returned', 'approved', 'declined', 'void')"


def upgrade() -> None:
    _price_lists()
    _spend_limits()
    _quotes()
    op.add_column("tickets", sa.Column("call_out_fen", sa.BigInteger(), nullable=True))
    op.add_column(
        "tickets",
        sa.Column(
            "call_out_waived", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
    )
    op.create_check_constraint(op.f("ck_tickets_call_out_fen"), "tickets", "call_out_fen >= 0")
    _receipts()
    op.execute(FROZEN_LINES)
    op.execute(FROZEN)
    for trigger in TRIGGERS:
        op.execute(trigger)


def _price_lists() -> None:
    op.create_table(
        "price_lists",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("complaint_phone", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(published_at IS NULL) = (valid_from IS NULL)", name=op.f("ck_price_lists_published")
        ),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by IS NULL)", name=op.f("ck_price_lists_publisher")
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_price_lists")),
    )
    op.create_index(
        "uq_price_lists_draft",
        "price_lists",
        [sa.text("(published_at IS NULL)")],
        unique=True,
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.execute(CARRY)
    _price_items()
    op.create_table(
        "price_overrides",
        sa.Column("list_version", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("unit_price_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("unit_price_fen >= 0", name=op.f("ck_price_overrides_price")),
        sa.CheckConstraint("city <> ''", name=op.f("ck_price_overrides_city")),
        sa.ForeignKeyConstraint(
            ["list_version", "code"],
            ["price_items.list_version", "price_items.code"],
            name="fk_price_overrides_item",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("list_version", "code", "city", name=op.f("pk_price_overrides")),
    )
    op.execute(PUBLISH)


def _price_items() -> None:
    op.add_column(
        "price_items",
        sa.Column("list_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
    )
    op.alter_column("price_items", "list_version", server_default=None)
    op.add_column(
        "price_items",
        sa.Column("warranty_days", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "price_items", sa.Column("part_code", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column(
        "price_items",
        sa.Column("waived_with_repair", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.drop_constraint(op.f("ck_price_items_kind"), "price_items", type_="check")
    op.create_check_constraint(op.f("ck_price_items_kind"), "price_items", KINDS)
    # What comes on top of the call-out fee is not that fee.
    op.execute("UPDATE price_items SET kind = 'surcharge' WHERE code IN ('CALL-NIGHT', 'CALL-HIGH')")
    op.execute("UPDATE price_items SET warranty_days = 90 WHERE kind IN ('labour', 'part')")
    op.execute("UPDATE price_items SET part_code = code WHERE kind = 'part'")
    op.create_check_constraint(op.f("ck_price_items_warranty_days"), "price_items", "warranty_days >= 0")
    op.create_check_constraint(
        op.f("ck_price_items_part_code"), "price_items", "part_code = '' OR kind = 'part'"
    )
    op.create_check_constraint(
        op.f("ck_price_items_waived"), "price_items", "NOT waived_with_repair OR kind = 'call_out'"
    )
    op.drop_constraint(op.f("pk_price_items"), "price_items", type_="primary")
    op.create_primary_key(op.f("pk_price_items"), "price_items", ["list_version", "code"])
    op.create_foreign_key(
        op.f("fk_price_items_list_version_price_lists"),
        "price_items",
        "price_lists",
        ["list_version"],
        ["version"],
    )
    op.create_index("ix_price_items_code", "price_items", ["code"])


def _spend_limits() -> None:
    op.create_table(
        "spend_limits",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("service_type", sa.Text(), nullable=False),
        sa.Column("warranty", sa.Text(), nullable=False),
        sa.Column("limit_fen", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("limit_fen >= 0", name=op.f("ck_spend_limits_limit")),
        sa.PrimaryKeyConstraint("role", "service_type", "warranty", name=op.f("pk_spend_limits")),
    )


def _quotes() -> None:
    op.add_column("quotes", sa.Column("base_id", sa.BigInteger(), nullable=True))
    op.add_column("quotes", sa.Column("price_list_version", sa.BigInteger(), nullable=True))
    op.add_column("quotes", sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("quotes", sa.Column("reviewed_by", sa.Text(), nullable=True))
    op.add_column(
        "quotes", sa.Column("review_note", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.create_foreign_key(op.f("fk_quotes_base_id_quotes"), "quotes", "quotes", ["base_id"], ["id"])
    op.create_foreign_key(
        op.f("fk_quotes_price_list_version_price_lists"),
        "quotes",
        "price_lists",
        ["price_list_version"],
        ["version"],
    )
    op.drop_constraint(op.f("ck_quotes_state"), "quotes", type_="check")
    op.create_check_constraint(op.f("ck_quotes_state"), "quotes", STATES)
    op.create_check_constraint(
        op.f("ck_quotes_returned"), "quotes", "state <> 'returned' OR reviewed_at IS NOT NULL"
    )
    op.drop_index("uq_quotes_pending", "quotes")
    op.create_index("uq_quotes_open", "quotes", ["ticket_id"], unique=True, postgresql_where=sa.text(OPEN))
    op.execute(BASES)


def _receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("call_out_fen", sa.BigInteger(), nullable=False),
        sa.Column("agreed_fen", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "total_fen >= 0 AND call_out_fen BETWEEN 0 AND total_fen", name=op.f("ck_receipts_total")
        ),
        sa.CheckConstraint("total_fen <= agreed_fen", name=op.f("ck_receipts_as_agreed")),
        sa.CheckConstraint(
            "sha256 = encode(sha256(convert_to(document, 'UTF8')), 'hex')", name=op.f("ck_receipts_sha256")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_receipts_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("ticket_id", "seq", name=op.f("uq_receipts_ticket_id")),
    )


def downgrade() -> None:
    for table in ("receipts", "price_items", "price_overrides", "price_lists"):
        op.execute(f"DROP TRIGGER tr_{table}_frozen ON {table}")
    op.execute("DROP FUNCTION price_lines_frozen")
    op.execute("DROP FUNCTION written_once")
    op.drop_table("receipts")
    op.drop_constraint(op.f("ck_tickets_call_out_fen"), "tickets", type_="check")
    op.drop_column("tickets", "call_out_waived")
    op.drop_column("tickets", "call_out_fen")
    op.drop_index("uq_quotes_open", "quotes")
    op.execute("UPDATE quotes SET state = 'pending' WHERE state IN ('in_review', 'returned')")
    op.create_index(
        "uq_quotes_pending",
        "quotes",
        ["ticket_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )
    for name in ("ck_quotes_returned", "ck_quotes_state"):
        op.drop_constraint(op.f(name), "quotes", type_="check")
    op.create_check_constraint(
        op.f("ck_quotes_state"), "quotes", "state IN ('pending', 'approved', 'declined', 'void')"
    )
    for column in ("review_note", "reviewed_by", "reviewed_at", "price_list_version", "base_id"):
        op.drop_column("quotes", column)
    op.drop_table("spend_limits")
    op.drop_table("price_overrides")
    _one_list()


def _one_list() -> None:
    """What is in force today stays as the only list."""
    op.execute(
        """DELETE FROM price_items WHERE list_version <> (
               SELECT version FROM price_lists WHERE valid_from <= current_date
                ORDER BY valid_from DESC, version DESC LIMIT 1)"""
    )
    op.drop_index("ix_price_items_code", "price_items")
    op.drop_constraint(op.f("fk_price_items_list_version_price_lists"), "price_items", type_="foreignkey")
    op.drop_constraint(op.f("pk_price_items"), "price_items", type_="primary")
    for name in ("waived", "part_code", "warranty_days", "kind"):
        op.drop_constraint(op.f(f"ck_price_items_{name}"), "price_items", type_="check")
    op.execute("UPDATE price_items SET kind = 'call_out' WHERE kind = 'surcharge'")
    op.create_check_constraint(
        op.f("ck_price_items_kind"), "price_items", "kind IN ('call_out', 'labour', 'part')"
    )
    for column in ("waived_with_repair", "part_code", "warranty_days", "list_version"):
        op.drop_column("price_items", column)
    op.create_primary_key(op.f("pk_price_items"), "price_items", ["code"])
    op.drop_table("price_lists")
