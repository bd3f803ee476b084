"""What the platform knows of an account; the other records live beside the capability that owns them."""

import re
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["service", "mini"]
Mode = Literal["plain", "compat", "safe"]
Format = Literal["xml", "json"]

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


@dataclass(frozen=True, slots=True)
class Template:
    id: str
    title: str
    fields: tuple[TemplateField, ...]


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

    def template(self, template_id: str) -> Template | None:
        return next((template for template in self.templates if template.id == template_id), None)
