"""accounts: WeChat accounts, credentials, cards, codes and links

``wechat_tokens`` stays for processes of the release before; its rows are copied, and nothing reads it any more.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")
_EMPTY = sa.text("'{}'")


def _moment(name: str, *, nullable: bool = True, default: sa.TextClause | None = None) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=default)


def _text(name: str, *, nullable: bool = False, default: sa.TextClause | None = None) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=nullable, server_default=default)


def _json(name: str, *, default: sa.TextClause | None = None) -> sa.Column:
    return sa.Column(name, postgresql.JSONB(), nullable=False, server_default=default)


def upgrade() -> None:
    op.create_table(
        "wechat_accounts",
        _text("appid"),
        _text("kind"),
        _text("name", default=sa.text("''")),
        _text("original_id", default=sa.text("''")),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("aes_key", sa.LargeBinary(), nullable=True),
        sa.Column("previous_aes_key", sa.LargeBinary(), nullable=True),
        sa.Column("capabilities", postgresql.ARRAY(sa.Text()), nullable=False, server_default=_EMPTY),
        _json("daily_quotas", default=_EMPTY),
        sa.Column("is_default", sa.Boolean(), nullable=False, server_default=sa.text("FALSE")),
        _moment("updated_at", nullable=False, default=_NOW),
        _moment("created_at", nullable=False, default=_NOW),
        sa.CheckConstraint("kind IN ('official', 'mini')", name=op.f("ck_wechat_accounts_kind")),
        sa.PrimaryKeyConstraint("appid", name=op.f("pk_wechat_accounts")),
    )
    op.create_index(
        "uq_wechat_accounts_default",
        "wechat_accounts",
        ["kind"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "wechat_credentials",
        _text("appid"),
        _text("kind"),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        _moment("expires_at"),
        _moment("refreshing_until"),
        sa.CheckConstraint("kind IN ('access', 'jsapi')", name=op.f("ck_wechat_credentials_kind")),
        sa.PrimaryKeyConstraint("appid", "kind", name=op.f("pk_wechat_credentials")),
    )
    op.execute(
        "INSERT INTO wechat_credentials (appid, kind, value, expires_at)"
        " SELECT appid, 'access', token, expires_at FROM wechat_tokens"
    )
    op.create_table(
        "message_templates",
        _text("appid"),
        _text("channel"),
        _text("kind"),
        _text("template_id", nullable=True),
        _text("title"),
        _json("slots"),
        _json("labels", default=sa.text("'[]'")),
        _json("sample", default=_EMPTY),
        _text("state"),
        _text("reason", nullable=True),
        _moment("synced_at"),
        sa.CheckConstraint("channel IN ('template', 'subscribe')", name=op.f("ck_message_templates_channel")),
        sa.CheckConstraint(
            "state IN ('active', 'missing', 'banned', 'unset')", name=op.f("ck_message_templates_state")
        ),
        sa.CheckConstraint(
            "state <> 'active' OR template_id IS NOT NULL", name=op.f("ck_message_templates_active_has_id")
        ),
        sa.PrimaryKeyConstraint("appid", "channel", "kind", name=op.f("pk_message_templates")),
    )
    op.create_table(
        "qr_scenes",
        _text("scene"),
        _text("appid"),
        _text("purpose"),
        _json("subject"),
        _text("ticket"),
        _text("url"),
        _moment("expires_at"),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        _moment("created_at", nullable=False, default=_NOW),
        sa.CheckConstraint(
            "purpose IN ('appliance_label', 'service_point', 'engineer_badge')",
            name=op.f("ck_qr_scenes_purpose"),
        ),
        sa.CheckConstraint("scene ~ '^[0-9A-Za-z]{8,32}$'", name=op.f("ck_qr_scenes_scene")),
        sa.PrimaryKeyConstraint("scene", name=op.f("pk_qr_scenes")),
    )
    op.create_index("ix_qr_scenes_appid", "qr_scenes", ["appid"])
    op.create_table(
        "short_links",
        _text("code"),
        _text("page"),
        _text("query"),
        _text("fallback"),
        _text("url_link", nullable=True),
        _moment("url_link_expires_at"),
        _moment("created_at", nullable=False, default=_NOW),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_short_links")),
        sa.UniqueConstraint("page", "query", name=op.f("uq_short_links_page_query")),
    )


def downgrade() -> None:
    for table in ("short_links", "qr_scenes", "message_templates", "wechat_credentials", "wechat_accounts"):
        op.drop_table(table)
