"""conversations: what is said on a ticket"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket_messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "attachment_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("appid", sa.Text(), nullable=True),
        sa.Column("openid", sa.Text(), nullable=True),
        sa.Column("inbound_id", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("author IN ('customer', 'staff', 'system')", name=op.f("ck_ticket_messages_author")),
        sa.CheckConstraint(
            "kind IN ('text', 'image', 'note', 'survey', 'menu_tap')", name=op.f("ck_ticket_messages_kind")
        ),
        sa.CheckConstraint("(author = 'staff') = (staff_id IS NOT NULL)", name=op.f("ck_ticket_messages_staff")),
        sa.CheckConstraint("(appid IS NULL) = (openid IS NULL)", name=op.f("ck_ticket_messages_origin")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_messages_ticket_id_tickets")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_ticket_messages_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_messages")),
        sa.UniqueConstraint("inbound_id", name=op.f("uq_ticket_messages_inbound_id")),
    )
    op.create_index("ix_ticket_messages_ticket_id_id", "ticket_messages", ["ticket_id", "id"])
    op.create_index("ix_ticket_messages_created_at", "ticket_messages", ["created_at"])
    op.create_table(
        "conversations",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("last_message_id", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appid", sa.Text(), nullable=True),
        sa.Column("openid", sa.Text(), nullable=True),
        sa.Column("surveyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("satisfaction", sa.Text(), nullable=True),
        sa.Column("satisfied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "satisfaction IN ('good', 'fair', 'bad')", name=op.f("ck_conversations_satisfaction")
        ),
        sa.CheckConstraint(
            "(satisfaction IS NULL) = (satisfied_at IS NULL)", name=op.f("ck_conversations_satisfied")
        ),
        sa.CheckConstraint("(appid IS NULL) = (openid IS NULL)", name=op.f("ck_conversations_origin")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_conversations_ticket_id_tickets")),
        sa.ForeignKeyConstraint(["answered_by"], ["staff.id"], name=op.f("fk_conversations_answered_by_staff")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_conversations")),
    )
    op.create_index(
        "ix_conversations_waiting_since",
        "conversations",
        ["waiting_since", "ticket_id"],
        postgresql_where=sa.text("waiting_since IS NOT NULL"),
    )
    op.create_index("ix_conversations_last_at", "conversations", ["last_at", "ticket_id"])
    op.create_index(
        "ix_conversations_satisfied_at",
        "conversations",
        ["satisfied_at"],
        postgresql_where=sa.text("satisfied_at IS NOT NULL"),
    )
    op.create_index(
        "ix_wechat_inbound_due",
        "wechat_inbound",
        ["received_at", "id"],
        postgresql_where=sa.text("handled_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_wechat_inbound_due", "wechat_inbound")
    op.drop_table("conversations")
    op.drop_table("ticket_messages")
