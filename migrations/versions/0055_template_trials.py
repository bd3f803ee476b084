"""template trials: a message template sent to one follower, to see it"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "template_trials",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("appid", sa.Text(), nullable=False),
        sa.Column("openid", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("client_msg_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("available_at", moment, nullable=False),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("msgid", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("settled_at", moment, nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'leased', 'accepted', 'delivered', 'refused')",
            name=op.f("ck_template_trials_state"),
        ),
        sa.CheckConstraint("(lease_until IS NOT NULL) = (state = 'leased')", name=op.f("ck_template_trials_lease")),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_template_trials_asked_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_trials")),
    )
    op.create_index(
        "ix_template_trials_due",
        "template_trials",
        ["available_at"],
        postgresql_where=sa.text("state IN ('queued', 'leased')"),
    )
    op.create_index(
        "ix_template_trials_msgid", "template_trials", ["msgid"], postgresql_where=sa.text("msgid IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_table("template_trials")
