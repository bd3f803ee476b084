"""households: people who share appliances, and the codes that let them in"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "households",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_households")),
        sa.ForeignKeyConstraint(["owner_id"], ["customers.id"], name=op.f("fk_households_owner_id_customers")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_households_name")),
    )
    op.create_index("ix_households_owner_id", "households", ["owner_id"])
    _members()
    _invitations()
    op.add_column("assets", sa.Column("household_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_assets_household_id_households"),
        "assets",
        "households",
        ["household_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index(
        "ix_assets_household_id", "assets", ["household_id"], postgresql_where=sa.text("household_id IS NOT NULL")
    )


def _members() -> None:
    op.create_table(
        "household_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_members")),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_household_members_household_id_households"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_household_members_customer_id_customers")
        ),
        sa.UniqueConstraint(
            "household_id", "customer_id", name=op.f("uq_household_members_household_id_customer_id")
        ),
    )
    op.create_index("ix_household_members_customer_id", "household_members", ["customer_id"])


def _invitations() -> None:
    op.create_table(
        "household_invitations",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_household_invitations")),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_household_invitations_household_id_households"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_household_invitations_forward")),
        sa.CheckConstraint(
            "used_at IS NULL OR used_at < expires_at", name=op.f("ck_household_invitations_in_time")
        ),
    )
    op.create_index("ix_household_invitations_household_id", "household_invitations", ["household_id"])


def downgrade() -> None:
    op.drop_column("assets", "household_id")
    op.drop_table("household_invitations")
    op.drop_table("household_members")
    op.drop_table("households")
