"""warranties: policies in versions, periods by unit, part and repair, decisions with their reason, the clocks of 三包"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# What was known of purchases so far, under the catalogue's terms. PostgreSQL clips the end of a month as we do.
CARRY = """
INSERT INTO warranties (asset_id, kind, component, begins_on, ends_on, policy_version, source, created_at)
SELECT a.id, 'unit', '', a.purchased_on, (a.purchased_on + make_interval(months => p.warranty_months::int))::date,
       '基本', 'claimed', now()
  FROM assets a JOIN products p ON p.brand = a.brand AND p.model = a.model
 WHERE a.purchased_on IS NOT NULL
"""
FROZEN = """
CREATE TRIGGER tr_warranty_policies_frozen BEFORE UPDATE OR DELETE ON warranty_policies
FOR EACH ROW EXECUTE FUNCTION written_once()
"""
PURPOSES = "'report', 'before', 'after', 'checklist', 'signature', 'no_access', 'dispute', 'rating'"


def upgrade() -> None:
    op.add_column("tickets", sa.Column("warranty_decision", postgresql.JSONB(), nullable=True))
    op.add_column("tickets", sa.Column("rework_of", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_tickets_rework_of_tickets"), "tickets", "tickets", ["rework_of"], ["id"])
    op.create_index(
        "ix_tickets_rework_of", "tickets", ["rework_of"], postgresql_where=sa.text("rework_of IS NOT NULL")
    )
    op.create_index(
        "ix_tickets_asset_id", "tickets", ["asset_id", "id"], postgresql_where=sa.text("asset_id IS NOT NULL")
    )
    _assets()
    _periods()
    _legal()


def _assets() -> None:
    op.add_column("assets", sa.Column("manufactured_on", sa.Date(), nullable=True))
    op.add_column("assets", sa.Column("purchase_verified_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("assets", sa.Column("purchase_verified_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_assets_purchase_verified_by_staff"), "assets", "staff", ["purchase_verified_by"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_assets_verified_purchase"),
        "assets",
        "(purchase_verified_at IS NULL) = (purchase_verified_by IS NULL)"
        " AND (purchase_verified_at IS NULL OR purchased_on IS NOT NULL)",
    )
    op.add_column("attachments", sa.Column("asset_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_attachments_asset_id_assets"), "attachments", "assets", ["asset_id"], ["id"])
    op.create_index(
        "ix_attachments_asset_id", "attachments", ["asset_id"], postgresql_where=sa.text("asset_id IS NOT NULL")
    )
    op.drop_constraint(op.f("ck_attachments_purpose"), "attachments")
    op.create_check_constraint(
        op.f("ck_attachments_purpose"), "attachments", f"purpose IN ({PURPOSES}, 'purchase_proof')"
    )


def _periods() -> None:
    op.create_table(
        "warranty_policies",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_warranty_policies")),
        sa.UniqueConstraint("valid_from", name=op.f("uq_warranty_policies_valid_from")),
    )
    op.execute(FROZEN)
    op.create_table(
        "warranties",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warranties")),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name=op.f("fk_warranties_asset_id_assets")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_warranties_ticket_id_tickets")),
        sa.CheckConstraint("kind IN ('unit', 'part', 'repair')", name=op.f("ck_warranties_kind")),
        sa.CheckConstraint(
            "source IN ('proof', 'claimed', 'manufacture', 'fitted', 'repaired')",
            name=op.f("ck_warranties_source"),
        ),
        sa.CheckConstraint("ends_on >= begins_on", name=op.f("ck_warranties_forward")),
        sa.CheckConstraint(
            "(source IN ('proof', 'claimed', 'manufacture')) = (ticket_id IS NULL)",
            name=op.f("ck_warranties_origin"),
        ),
        sa.CheckConstraint(
            "asset_id IS NOT NULL OR ticket_id IS NOT NULL", name=op.f("ck_warranties_subject")
        ),
        sa.CheckConstraint("(kind = 'repair') = (source = 'repaired')", name=op.f("ck_warranties_repair")),
    )
    op.create_index(
        "uq_warranties_purchase",
        "warranties",
        ["asset_id", "kind", "component"],
        unique=True,
        postgresql_where=sa.text("ticket_id IS NULL"),
    )
    op.create_index("ix_warranties_asset_id", "warranties", ["asset_id"])
    op.create_index(
        "ix_warranties_ticket_id", "warranties", ["ticket_id"], postgresql_where=sa.text("ticket_id IS NOT NULL")
    )
    op.execute(CARRY)


def _legal() -> None:
    op.create_table(
        "legal_watches",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_legal_watches")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_legal_watches_ticket_id_tickets")),
    )
    op.create_index("ix_legal_watches_next_at", "legal_watches", ["next_at"])
    op.create_table(
        "legal_warnings",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "kind", "percent", name=op.f("pk_legal_warnings")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_legal_warnings_ticket_id_tickets")),
        sa.CheckConstraint(
            "kind IN ('own_delay', 'parts_delay', 'repeated_failure')", name=op.f("ck_legal_warnings_kind")
        ),
        sa.CheckConstraint("percent IN (50, 80, 100)", name=op.f("ck_legal_warnings_percent")),
    )
    op.execute(
        """
        INSERT INTO legal_watches (ticket_id, next_at)
        SELECT t.id, now() FROM tickets t
          JOIN clock_segments c ON c.ticket_id = t.id AND c.clock = 'legal' AND c.ended_at IS NULL
         WHERE t.service_type = 'repair' AND t.on_site
        """
    )


def downgrade() -> None:
    op.drop_table("legal_warnings")
    op.drop_table("legal_watches")
    op.drop_table("warranties")
    op.drop_table("warranty_policies")
    op.execute("UPDATE attachments SET purpose = 'report' WHERE purpose = 'purchase_proof'")
    op.drop_constraint(op.f("ck_attachments_purpose"), "attachments")
    op.create_check_constraint(op.f("ck_attachments_purpose"), "attachments", f"purpose IN ({PURPOSES})")
    op.drop_column("attachments", "asset_id")
    op.drop_constraint(op.f("ck_assets_verified_purchase"), "assets")
    for column in ("purchase_verified_by", "purchase_verified_at", "manufactured_on"):
        op.drop_column("assets", column)
    op.drop_index("ix_tickets_asset_id", "tickets")
    op.drop_column("tickets", "rework_of")
    op.drop_column("tickets", "warranty_decision")
