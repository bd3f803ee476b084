"""consents: what people are asked to agree to, in versions, and what each of them said"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

# What the house has always done; an administrator publishes words of his own as the next version.
FIRST = {
    "service": "为了处理您的报修、安排上门、告知进度和结算费用，我们需要您的称呼、电话、地址、设备信息、照片和沟通内容。"
    "这些信息只用于这次服务及其保修、投诉和法律要求保存的账目。",
    "rating_invitations": "服务完成后，我们会邀请您评价，或在会话结束时问一句是否满意。您可以随时关闭，不影响服务。",
    "follow_up_calls": "服务完成后，我们可能在 24 小时内电话回访一次，了解问题是否解决。您可以随时关闭，不影响服务。",
    "public_reviews": "您的评价（昵称只显示首尾字）会展示在网点页面，供其他客户参考。您可以随时关闭，已展示的会立即撤下。",
}


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    purposes = "purpose IN ('service', 'rating_invitations', 'follow_up_calls', 'public_reviews')"
    texts = op.create_table(
        "consent_texts",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("purpose", "version", name=op.f("pk_consent_texts")),
        sa.CheckConstraint(purposes, name=op.f("ck_consent_texts_purpose")),
        sa.CheckConstraint("version >= 1 AND text <> ''", name=op.f("ck_consent_texts_sane")),
        sa.CheckConstraint(
            "sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex')", name=op.f("ck_consent_texts_sha256")
        ),
    )
    op.create_table(
        "privacy_consents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_consents")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_privacy_consents_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(
            ["purpose", "version"],
            ["consent_texts.purpose", "consent_texts.version"],
            name=op.f("fk_privacy_consents_purpose_version_consent_texts"),
        ),
        sa.CheckConstraint(
            "source IN ('mini_program', 'h5', 'hotline')", name=op.f("ck_privacy_consents_source")
        ),
        sa.CheckConstraint("given OR purpose <> 'service'", name=op.f("ck_privacy_consents_needed")),
    )
    op.create_index(
        "ix_privacy_consents_customer_id", "privacy_consents", ["customer_id", "purpose", "id"]
    )
    op.create_index(
        "ix_audit_log_reveals",
        "audit_log",
        ["subject"],
        postgresql_where=sa.text("action = 'reveal_contact'"),
    )
    first = [
        {
            "purpose": purpose,
            "version": 1,
            "text": words,
            "sha256": hashlib.sha256(words.encode()).hexdigest(),
            "published_by": "system",
            "published_at": sa.func.now(),
        }
        for purpose, words in FIRST.items()
    ]
    for row in first:
        op.execute(texts.insert().values(**row))
    for table in ("consent_texts", "privacy_consents"):
        # Merges move what a customer said, and take nothing from it.
        when = "" if table == "consent_texts" else "WHEN (NEW.customer_id IS NOT DISTINCT FROM OLD.customer_id) "
        operations = "UPDATE OR DELETE" if table == "consent_texts" else "UPDATE"
        op.execute(
            f"CREATE TRIGGER tr_{table}_frozen BEFORE {operations} ON {table} "
            f"FOR EACH ROW {when}EXECUTE FUNCTION written_once()"
        )


def downgrade() -> None:
    op.drop_index("ix_audit_log_reveals", "audit_log")
    op.drop_table("privacy_consents")
    op.drop_table("consent_texts")
