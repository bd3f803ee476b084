"""What we are on WeChat: accounts, their credentials, their cards, and the codes and links that lead in."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, PrimaryKeyConstraint, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Created, one_of


class AccountKind(StrEnum):
    OFFICIAL = "official"
    MINI = "mini"


class CredentialKind(StrEnum):
    ACCESS = "access"
    JSAPI = "jsapi"


class CardChannel(StrEnum):
    TEMPLATE = "template"
    SUBSCRIBE = "subscribe"


class CardState(StrEnum):
    ACTIVE = "active"
    MISSING = "missing"
    BANNED = "banned"
    # Nobody has said which of the account's templates this is, or none of them fits.
    UNSET = "unset"


class ScenePurpose(StrEnum):
    APPLIANCE_LABEL = "appliance_label"
    SERVICE_POINT = "service_point"
    ENGINEER_BADGE = "engineer_badge"


class WeChatAccount(Base, Created):
    """A service account or a mini-program. Its three secrets are sealed by the key ring (ADR 13)."""

    __tablename__ = "wechat_accounts"
    __table_args__ = (
        one_of("kind", AccountKind),
        Index("uq_wechat_accounts_default", "kind", unique=True, postgresql_where=text("is_default")),
    )

    appid: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, server_default=text("''"))
    original_id: Mapped[str] = mapped_column(Text, server_default=text("''"))
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    token: Mapped[bytes | None] = mapped_column(LargeBinary)
    aes_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    # WeChat goes on sealing with the old key for a while after a change, and repeats what it sealed with it.
    previous_aes_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    capabilities: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    daily_quotas: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    is_default: Mapped[bool] = mapped_column(server_default=text("FALSE"))
    updated_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class WeChatCredential(Base):
    """What WeChat lends for two hours, shared by all processes; ``refreshing_until`` is the single flight."""

    __tablename__ = "wechat_credentials"
    __table_args__ = (PrimaryKeyConstraint("appid", "kind"), one_of("kind", CredentialKind))

    appid: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    value: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime | None]
    refreshing_until: Mapped[datetime | None]


class MessageTemplate(Base):
    """One of our cards in one account: its id there, and the account's field behind each of our words."""

    __tablename__ = "message_templates"
    __table_args__ = (
        PrimaryKeyConstraint("appid", "channel", "kind"),
        one_of("channel", CardChannel),
        one_of("state", CardState),
        CheckConstraint("state <> 'active' OR template_id IS NOT NULL", name="active_has_id"),
    )

    appid: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    template_id: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    # Our word to the platform's field, {"service": "thing7"}.
    slots: Mapped[dict[str, Any]]
    # The fields as the account shows them, in order: [["thing7", "服务项目"]].
    labels: Mapped[list[list[str]]] = mapped_column(JSONB, server_default=text("'[]'"))
    sample: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    synced_at: Mapped[datetime | None]


class QRScene(Base, Created):
    """A printed code: what WeChat sends us when somebody scans it, and what it stands for."""

    __tablename__ = "qr_scenes"
    __table_args__ = (
        one_of("purpose", ScenePurpose),
        CheckConstraint("scene ~ '^[0-9A-Za-z]{8,32}$'", name="scene"),
        Index("ix_qr_scenes_appid", "appid"),
    )

    scene: Mapped[str] = mapped_column(Text, primary_key=True)
    appid: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    subject: Mapped[dict[str, Any]]
    ticket: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime | None]
    created_by: Mapped[uuid.UUID]


class ShortLink(Base, Created):
    """The address in a text message; WeChat's own link behind it is made when somebody follows it."""

    __tablename__ = "short_links"
    __table_args__ = (UniqueConstraint("page", "query"),)

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    # In the mini-program; ``fallback`` is the page on our own host.
    page: Mapped[str] = mapped_column(Text)
    query: Mapped[str] = mapped_column(Text)
    fallback: Mapped[str] = mapped_column(Text)
    url_link: Mapped[str | None] = mapped_column(Text)
    url_link_expires_at: Mapped[datetime | None]
