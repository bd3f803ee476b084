"""deletions: accounts that are given up, the files that go with them, and seals that let the words go"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# What is sealed or written once lets go of a person's words, and of nothing else, while his account is erased.
KEEP = """
CREATE OR REPLACE FUNCTION keep_sealed_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint;
    seal bigint;
BEGIN
{erasing}    FOREACH touched IN ARRAY array_remove(ARRAY[OLD.visit_id, NEW.visit_id], NULL) LOOP
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
ERASING = """    IF TG_OP = 'UPDATE' AND current_setting('huixiang.erasing', true) = 'on' THEN
        RETURN NEW;
    END IF;
"""
RECEIPTS = """
CREATE TRIGGER tr_receipts_frozen BEFORE UPDATE ON receipts FOR EACH ROW {when}EXECUTE FUNCTION written_once()
"""
WHEN = "WHEN (current_setting('huixiang.erasing', true) IS DISTINCT FROM 'on') "


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("customers", sa.Column("erased_at", moment))
    op.create_check_constraint(
        op.f("ck_customers_erased"),
        "customers",
        "erased_at IS NULL OR nickname = '' AND phone = '' AND preferences IS NULL",
    )
    op.create_table(
        "account_deletions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("requested_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("cancelled_at", moment),
        sa.Column("started_at", moment),
        sa.Column("ticket_cursor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("counts", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("finished_at", moment),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_deletions")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_account_deletions_customer_id_customers")
        ),
        sa.UniqueConstraint("code_hash", name=op.f("uq_account_deletions_code_hash")),
        sa.CheckConstraint(
            "state IN ('requested', 'cancelled', 'erasing', 'done')", name=op.f("ck_account_deletions_state")
        ),
        sa.CheckConstraint("due_at > requested_at", name=op.f("ck_account_deletions_forward")),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)", name=op.f("ck_account_deletions_cancelled")
        ),
        sa.CheckConstraint(
            "(state IN ('erasing', 'done')) = (started_at IS NOT NULL)",
            name=op.f("ck_account_deletions_started"),
        ),
        sa.CheckConstraint(
            "(state = 'done') = (finished_at IS NOT NULL)", name=op.f("ck_account_deletions_finished")
        ),
    )
    unsettled = sa.text("state IN ('requested', 'erasing')")
    op.create_index(
        "uq_account_deletions_open",
        "account_deletions",
        ["customer_id"],
        unique=True,
        postgresql_where=unsettled,
    )
    op.create_index("ix_account_deletions_customer_id", "account_deletions", ["customer_id"])
    op.create_index(
        "ix_account_deletions_due_at", "account_deletions", ["due_at"], postgresql_where=unsettled
    )
    op.create_table(
        "file_removals",
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_file_removals")),
    )
    op.create_index("ix_file_removals_asked_at", "file_removals", ["asked_at"])
    op.execute(KEEP.format(erasing=ERASING))
    op.execute("DROP TRIGGER tr_receipts_frozen ON receipts")
    op.execute(RECEIPTS.format(when=WHEN))


def downgrade() -> None:
    op.execute("DROP TRIGGER tr_receipts_frozen ON receipts")
    op.execute(RECEIPTS.format(when=""))
    op.execute(KEEP.format(erasing=""))
    op.drop_table("file_removals")
    op.drop_table("account_deletions")
    op.drop_constraint(op.f("ck_customers_erased"), "customers")
    op.drop_column("customers", "erased_at")
