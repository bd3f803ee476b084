"""What the platform knows of an account; the other records live beside the capability that owns them."""

import re
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["service", "mini"]
Mode = Literal["plain", "compat", "safe"]
Format = Literal["xml", "json"]
Capability = Literal[
    "template",
    "subscribe",
    "bizsend",
    "custom",
    "menu",
    "qrcode",
    "user",
    "phone",
    "link",
    "code",
    "content",
    "media",
]

_INDEX = re.compile(r"\d+$")


@dataclass(frozen=True, slots=True)
class TemplateField:
    """One row of a card; its type is its name without the index (`thing2` is a thing)."""

    name: str
    label: str
    allowed: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        return _INDEX.sub("", self.name)


# A service account has templates and, where the grey test reached it, subscription notices.
TemplateKind = Literal["template", "one_time", "notice"]


@dataclass(frozen=True, slots=True)
class Template:
    id: str
    title: str
    fields: tuple[TemplateField, ...]
    # States of older sandboxes did not say; "" is what the account's kind sends by itself.
    kind: TemplateKind | Literal[""] = ""
    banned: bool = False

    def kind_in(self, account: Kind) -> TemplateKind:
        return self.kind or ("template" if account == "service" else "one_time")


@dataclass(frozen=True, slots=True)
class Account:
    kind: Kind
    appid: str
    secret: str
    original_id: str
    name: str
    token: str
    aes_key: str
    mode: Mode
    format: Format
    open_platform: str | None = None
    callback_url: str | None = None
    # Hosts allowed in redirect_uri, exact match; empty allows any, which only a sandbox may do.
    oauth_domains: tuple[str, ...] = ()
    templates: tuple[Template, ...] = ()
    linked_minis: tuple[str, ...] = ()
    # Published pages of a mini-program; empty means that every page counts as published.
    pages: tuple[str, ...] = ()
    menu: list[dict[str, object]] = field(default_factory=list)
    daily_quotas: dict[str, int] = field(default_factory=dict)
    minute_quotas: dict[str, int] = field(default_factory=dict)
    # Addresses that may ask for tokens; empty lets everybody.
    ip_whitelist: tuple[str, ...] = ()
    # Answer of the token endpoints instead of a token: 40243 secret frozen, 50004 forbidden, 50007 frozen, ...
    token_error: int | None = None
    # Capabilities that this account does not have; their endpoints answer 48001.
    lacks: tuple[Capability, ...] = ()

    def template(self, template_id: str) -> Template | None:
        return next((template for template in self.templates if template.id == template_id), None)
