"""What a check is and what it may find."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import httpx

from app.services.accounts.records import AccountRecord
from app.services.templates.records import Card
from app.settings import Settings
from app.wechat.accounts import Endpoints
from app.wechat.client import AsyncWeChatClient
from app.wechat.http import Http


class Grade(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """``said`` is what is so, ``mend`` where to click or what to type; both in Chinese."""

    grade: Grade
    said: str
    mend: str = ""


def ok(said: str) -> Finding:
    return Finding(Grade.OK, said)


def warn(said: str, mend: str = "") -> Finding:
    return Finding(Grade.WARN, said, mend)


def fail(said: str, mend: str = "") -> Finding:
    return Finding(Grade.FAIL, said, mend)


@dataclass(frozen=True)
class House:
    """What concerns the whole deployment. ``web`` calls our own public address, as WeChat would."""

    settings: Settings
    endpoints: Endpoints
    http: Http
    web: httpx.AsyncClient
    records: tuple[AccountRecord, ...]
    now: datetime

    @property
    def public_base_url(self) -> str:
        return self.settings.public_base_url.rstrip("/")


@dataclass(frozen=True)
class Subject:
    """One account under examination. ``linked`` counts its known people, and those known in another account too."""

    house: House
    record: AccountRecord
    client: AsyncWeChatClient
    cards: tuple[Card, ...]
    people: int
    linked: int
    # The appid of the default mini-program, for the menu.
    mini_appid: str

    @property
    def appid(self) -> str:
        return self.record.account.appid


@dataclass(frozen=True)
class HouseCheck:
    name: str
    title: str
    ask: Callable[[House], Awaitable[Finding]]


@dataclass(frozen=True)
class AccountCheck:
    """``kinds`` are the kinds of account it concerns; ``needs_token``: pointless when the account has none."""

    name: str
    title: str
    ask: Callable[[Subject], Awaitable[Finding]]
    kinds: frozenset[str] = field(default=frozenset({"official", "mini"}))
    needs_token: bool = True


@dataclass(frozen=True)
class Result:
    check: str
    title: str
    # Empty for what concerns the whole deployment.
    appid: str
    finding: Finding

    def as_document(self) -> Mapping[str, str]:
        return {
            "check": self.check,
            "title": self.title,
            "appid": self.appid,
            "grade": self.finding.grade.value,
            "said": self.finding.said,
            "mend": self.finding.mend,
        }
