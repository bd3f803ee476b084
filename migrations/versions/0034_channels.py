"""channels: where a report came in, and tokens for other systems"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
CHANNELS = "channel IN ('mini_program', 'h5', 'chat', 'hotline', 'web', 'api')"


def upgrade() -> None:
    # Until now customers came by the mini-program or its twin in H5, which nobody wrote down.
    column = sa.Column("channel", sa.Text(), server_default=sa.text("'mini_program'"), nullable=False)
    op.add_column("tickets", column)
    op.execute("UPDATE tickets SET channel = 'hotline' WHERE created_by IN (SELECT id::text FROM staff)")
    op.create_check_constraint("ck_tickets_channel", "tickets", CHANNELS)
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("service_point_id", sa.Uuid()),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "cardinality(scopes) > 0 AND scopes <@ ARRAY['tickets:create', 'tickets:read']",
            name="ck_api_tokens_scopes",
        ),
        sa.ForeignKeyConstraint(
            ["service_point_id"], ["service_points.id"], name="fk_api_tokens_service_point_id_service_points"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name="fk_api_tokens_created_by_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("digest", name="uq_api_tokens_digest"),
    )
    op.create_table(
        "external_references",
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_tokens.id"], name="fk_external_references_token_id_api_tokens"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_external_references_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("token_id", "reference", name="pk_external_references"),
    )
    op.create_index("uq_external_references_ticket_id", "external_references", ["ticket_id"], unique=True)


def downgrade() -> None:
    op.drop_table("external_references")
    op.drop_table("api_tokens")
    op.drop_column("tickets", "channel")
