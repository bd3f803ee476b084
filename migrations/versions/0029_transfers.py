"""transfers: an appliance goes to another customer, with its history and without what its owner said"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assets", sa.Column("acquired_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "asset_transfers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("from_customer_id", sa.Uuid(), nullable=False),
        sa.Column("to_customer_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_transfers")),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name=op.f("fk_asset_transfers_asset_id_assets")),
        sa.ForeignKeyConstraint(
            ["from_customer_id"], ["customers.id"], name=op.f("fk_asset_transfers_from_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(
            ["to_customer_id"], ["customers.id"], name=op.f("fk_asset_transfers_to_customer_id_customers")
        ),
        sa.UniqueConstraint("code_hash", name=op.f("uq_asset_transfers_code_hash")),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_asset_transfers_forward")),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (to_customer_id IS NULL)", name=op.f("ck_asset_transfers_accepted")
        ),
        sa.CheckConstraint(
            "accepted_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_asset_transfers_one_end")
        ),
    )
    op.create_index(
        "uq_asset_transfers_open",
        "asset_transfers",
        ["asset_id"],
        unique=True,
        postgresql_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
    )
    for column in ("asset_id", "from_customer_id", "to_customer_id"):
        op.create_index(f"ix_asset_transfers_{column}", "asset_transfers", [column])


def downgrade() -> None:
    op.drop_table("asset_transfers")
    op.drop_column("assets", "acquired_at")
