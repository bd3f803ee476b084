"""completion proofs: the customer's signature, or the code that only he has"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

PURPOSES = "purpose IN ('report', 'before', 'after', 'checklist', {}'no_access', 'dispute', 'rating')"


def upgrade() -> None:
    op.add_column("visits", sa.Column("completion_code", sa.Text()))
    op.add_column(
        "visits", sa.Column("completion_attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.drop_constraint(op.f("ck_attachments_purpose"), "attachments")
    op.create_check_constraint(op.f("ck_attachments_purpose"), "attachments", PURPOSES.format("'signature', "))
    op.create_table(
        "completion_proofs",
        sa.Column("visit_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("quote_version", sa.BigInteger()),
        sa.Column("attachment_id", sa.Uuid()),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('signature', 'code')", name=op.f("ck_completion_proofs_kind")),
        sa.CheckConstraint(
            "(kind = 'signature') = (attachment_id IS NOT NULL)", name=op.f("ck_completion_proofs_signature")
        ),
        sa.CheckConstraint("total_fen >= 0", name=op.f("ck_completion_proofs_total")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_completion_proofs_visit_id_visits")),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachments.id"], name=op.f("fk_completion_proofs_attachment_id_attachments")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_completion_proofs_staff_id_staff")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_completion_proofs")),
    )
    op.execute(
        "CREATE TRIGGER keep_sealed BEFORE INSERT OR UPDATE OR DELETE ON completion_proofs "
        "FOR EACH ROW EXECUTE FUNCTION keep_sealed_evidence()"
    )


def downgrade() -> None:
    op.drop_table("completion_proofs")
    op.drop_constraint(op.f("ck_attachments_purpose"), "attachments")
    op.execute("UPDATE attachments SET purpose = 'after' WHERE purpose = 'signature'")
    op.create_check_constraint(op.f("ck_attachments_purpose"), "attachments", PURPOSES.format(""))
    op.drop_column("visits", "completion_attempts")
    op.drop_column("visits", "completion_code")
