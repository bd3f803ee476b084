"""evidence: what was taken at which visit, the checklist, and the seal"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

PURPOSES = "purpose IN ('report', 'before', 'after', {}'no_access', 'dispute', 'rating')"

KEEP = """
CREATE FUNCTION keep_sealed_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint;
    seal bigint;
BEGIN
    FOREACH touched IN ARRAY array_remove(ARRAY[OLD.visit_id, NEW.visit_id], NULL) LOOP
        -- Whoever seals holds the row of the visit: this waits for him, and then sees what he did.
        SELECT v.sealed_seq INTO seal FROM visits v WHERE v.id = touched FOR SHARE;
        IF seal IS NOT NULL THEN
            RAISE EXCEPTION 'the evidence of visit % is sealed', touched
                USING ERRCODE = 'check_violation', CONSTRAINT = 'evidence_sealed';
        END IF;
    END LOOP;
    RETURN coalesce(NEW, OLD);
END $$
"""
UNSEAL = """
CREATE FUNCTION refuse_to_unseal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a seal stays as it is' USING ERRCODE = 'check_violation', CONSTRAINT = 'evidence_sealed';
END $$
"""


def upgrade() -> None:
    op.add_column("visits", sa.Column("sealed_seq", sa.BigInteger()))
    op.add_column("attachments", sa.Column("visit_id", sa.BigInteger()))
    for name in ("item", "caption"):
        op.add_column(
            "attachments", sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False)
        )
    op.add_column("attachments", sa.Column("latitude", sa.Float()))
    op.add_column("attachments", sa.Column("longitude", sa.Float()))
    op.add_column("attachments", sa.Column("claimed_at", sa.DateTime(timezone=True)))
    op.add_column("attachments", sa.Column("withdrawn_at", sa.DateTime(timezone=True)))
    op.add_column("attachments", sa.Column("withdrawn_reason", sa.Text()))
    # Evidence from before belongs to the newest visit that there was when it was uploaded.
    op.execute(
        """UPDATE attachments a
              SET visit_id = (SELECT v.id FROM visits v WHERE v.ticket_id = a.ticket_id AND v.created_at <= a.created_at
                               ORDER BY v.created_at DESC, v.id DESC LIMIT 1)
            WHERE a.staff_id IS NOT NULL AND a.purpose IN ('before', 'after', 'no_access')"""
    )
    op.create_foreign_key(op.f("fk_attachments_visit_id_visits"), "attachments", "visits", ["visit_id"], ["id"])
    op.drop_constraint(op.f("ck_attachments_purpose"), "attachments")
    op.create_check_constraint(op.f("ck_attachments_purpose"), "attachments", PURPOSES.format("'checklist', "))
    op.create_check_constraint(op.f("ck_attachments_item"), "attachments", "purpose <> 'checklist' OR item <> ''")
    op.create_check_constraint(
        op.f("ck_attachments_place"), "attachments", "(latitude IS NULL) = (longitude IS NULL)"
    )
    op.create_check_constraint(
        op.f("ck_attachments_withdrawn"), "attachments", "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)"
    )
    op.create_index(
        "ix_attachments_visit_id", "attachments", ["visit_id"], postgresql_where=sa.text("visit_id IS NOT NULL")
    )
    op.create_table(
        "checklist_entries",
        sa.Column("visit_id", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("value", sa.Float()),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_checklist_entries_visit_id_visits")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_checklist_entries_staff_id_staff")),
        sa.PrimaryKeyConstraint("visit_id", "item", name=op.f("pk_checklist_entries")),
    )
    op.create_table(
        "evidence_seals",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("pieces >= 0", name=op.f("ck_evidence_seals_pieces")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_evidence_seals_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("ticket_id", "seq", name=op.f("pk_evidence_seals")),
    )
    op.execute(KEEP)
    op.execute(UNSEAL)
    for table in ("attachments", "checklist_entries"):
        op.execute(
            f"CREATE TRIGGER keep_sealed BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION keep_sealed_evidence()"
        )
    op.execute(
        "CREATE TRIGGER stay_sealed BEFORE UPDATE OF sealed_seq ON visits FOR EACH ROW "
        "WHEN (OLD.sealed_seq IS NOT NULL AND NEW.sealed_seq IS DISTINCT FROM OLD.sealed_seq) "
        "EXECUTE FUNCTION refuse_to_unseal()"
    )
    op.execute(
        "CREATE TRIGGER stay_sealed BEFORE UPDATE OR DELETE ON evidence_seals "
        "FOR EACH ROW EXECUTE FUNCTION refuse_to_unseal()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER stay_sealed ON visits")
    op.execute("DROP TRIGGER keep_sealed ON attachments")
    op.drop_table("evidence_seals")
    op.drop_table("checklist_entries")
    op.execute("DROP FUNCTION keep_sealed_evidence")
    op.execute("DROP FUNCTION refuse_to_unseal")
    op.drop_index("ix_attachments_visit_id", "attachments")
    for name in ("withdrawn", "place", "item", "purpose"):
        op.drop_constraint(op.f(f"ck_attachments_{name}"), "attachments")
    op.execute("UPDATE attachments SET purpose = 'after' WHERE purpose = 'checklist'")
    op.create_check_constraint(op.f("ck_attachments_purpose"), "attachments", PURPOSES.format(""))
    for name in (
        "withdrawn_reason", "withdrawn_at", "claimed_at", "longitude", "latitude", "caption", "item", "visit_id",
    ):  # fmt: skip
        op.drop_column("attachments", name)
    op.drop_column("visits", "sealed_seq")
