"""work rules: licences that end, customers who do not want somebody again"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "engineer_licences",
        sa.Column("engineer_id", sa.Uuid(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["engineer_id"], ["engineers.id"], name=op.f("fk_engineer_licences_engineer_id_engineers")
        ),
        sa.PrimaryKeyConstraint("engineer_id", "licence", name=op.f("pk_engineer_licences")),
    )
    op.create_table(
        "engineer_bans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("engineer_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_engineer_bans_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(
            ["engineer_id"], ["engineers.id"], name=op.f("fk_engineer_bans_engineer_id_engineers")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_engineer_bans_created_by_staff")),
        sa.ForeignKeyConstraint(["lifted_by"], ["staff.id"], name=op.f("fk_engineer_bans_lifted_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engineer_bans")),
    )
    op.create_index(
        "ix_engineer_bans_live",
        "engineer_bans",
        ["customer_id", "engineer_id"],
        postgresql_where=sa.text("lifted_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("engineer_bans")
    op.drop_table("engineer_licences")
