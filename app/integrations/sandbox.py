"""The control side of the stand-in for WeChat: who has a phone there, what they do with it, what arrives on it.

Only demos and tests have one; production has WeChat, which offers nothing of the kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any, Literal

import httpx

from app.errors import Unavailable

Role = Literal["customer", "engineer", "staff"]


class SandboxUnavailable(Unavailable):
    code, title, msg = "sandbox_unavailable", "Sandbox unavailable", "微信沙箱没有回应。"


@dataclass(frozen=True)
class PhoneUser:
    """Whom to give a phone; ``follows`` is the official account."""

    id: str
    nickname: str
    phone: str
    role: Role
    follows: bool


@dataclass(frozen=True)
class Phone:
    """A phone as the platform knows it: an openid in each account."""

    user_id: str
    openids: Mapping[str, str]
    unionid: str | None
    follows: frozenset[str]


@dataclass(frozen=True)
class Card:
    """A message as it lies on a phone. ``accepted_at`` is when the platform took it, in seconds since the epoch."""

    id: int
    user_id: str
    nickname: str
    template_id: str
    title: str
    rows: tuple[tuple[str, str], ...]
    accepted_at: float

    def row(self, label: str) -> str:
        return next((value for name, value in self.rows if name == label), "")


class Sandbox:
    def __init__(self, base_url: str, secret: str, *, timeout: float = 5.0) -> None:
        headers = {"Authorization": f"Bearer {secret}"}
        self._http = httpx.AsyncClient(
            base_url=f"{base_url.rstrip('/')}/_sandbox", headers=headers, timeout=timeout, trust_env=False
        )

    async def __aenter__(self) -> "Sandbox":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def hand_out(self, users: Sequence[PhoneUser]) -> list[Phone]:
        """A phone for each of them; those who have one keep it as it is."""
        body = {"users": [asdict(user) for user in users]}
        return [_phone(row) for row in (await self._call("POST", "/seed", body))["users"]]

    async def login_code(self, user_id: str) -> str:
        """What wx.login would give to the mini-program on this phone."""
        code: str = (await self._call("POST", f"/users/{user_id}/act", {"act": "login_code"}))["code"]
        return code

    async def cards(self, *, since: int) -> list[Card]:
        """Template messages newer than the one with this id, in the order in which they were accepted."""
        rows = await self._call("GET", f"/messages?since={since}&channel=template")
        return [_card(row) for row in rows["items"]]

    async def newest(self) -> int:
        """The id of the newest message there is, to ask from there on."""
        newest = 0
        while rows := (await self._call("GET", f"/messages?since={newest}&limit=10000"))["items"]:
            newest = rows[-1]["id"]
        return newest

    async def _call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        try:
            response = await self._http.request(method, path, json=body)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise SandboxUnavailable from error
        answer: dict[str, Any] = response.json()
        return answer


def _phone(row: Mapping[str, Any]) -> Phone:
    return Phone(row["id"], row["openids"], row["unionid"], frozenset(row["follows"]))


def _card(row: Mapping[str, Any]) -> Card:
    rows = tuple((line["label"], line["value"]) for line in row["rows"])
    return Card(
        row["id"],
        row["user"],
        row["nickname"],
        row["template_id"] or "",
        row["title"],
        rows,
        row["accepted_at"],
    )
