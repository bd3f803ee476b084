"""The WeChat sandbox as a program of its own, and a client of its control API."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import httpx
from pydantic import BaseModel, TypeAdapter

from sandbox import defaults
from sandbox.people import openid_of
from tests.harness.servers import ROOT

SECRET = "the tests may do everything"
SEND = "/cgi-bin/message/template/send"
TOKEN = "/cgi-bin/stable_token"
# A kind of fault, or one with its arguments: "hang", {"slow": 300}.
Do: TypeAlias = str | Mapping[str, object]


class SeenMessage(BaseModel):
    """What is in a user's chat, or was accepted for it."""

    id: int
    msgid: str | None
    openid: str
    title: str
    rows: list[dict[str, str]]
    url: str | None
    client_msg_id: str | None
    status: str
    accepted_at: float
    delivered: bool

    @property
    def number(self) -> str:
        return (self.url or "").rpartition("/")[2]


class SeenCall(BaseModel):
    """A request as the platform logged it."""

    id: int
    at: float
    path: str
    openid: str | None
    client_msg_id: str | None
    errcode: int | None
    deduplicated: bool
    faults: list[str]


class Stats(BaseModel):
    template_calls: int
    template_sends: int
    deduplicated: int
    token_fetches: int
    callbacks_pending: int


Page = TypeVar("Page", SeenMessage, SeenCall)
_MESSAGES = TypeAdapter(list[SeenMessage])
_CALLS = TypeAdapter(list[SeenCall])


# The accounts of a fresh sandbox, as settings of the service.
ACCOUNTS = {
    "official_appid": defaults.OFFICIAL_APPID,
    "official_secret": defaults.OFFICIAL_SECRET,
    "official_token": defaults.OFFICIAL_TOKEN,
    "official_aes_key": defaults.OFFICIAL_AES_KEY,
    "mini_appid": defaults.MINI_APPID,
    "mini_secret": defaults.MINI_SECRET,
    "mini_token": defaults.MINI_TOKEN,
    "mini_aes_key": defaults.MINI_AES_KEY,
}


def official_openid(user: str) -> str:
    return openid_of(defaults.OFFICIAL_APPID, user)


@dataclass(frozen=True)
class Sandbox:
    """Everything that a test may do to the platform or learn from it."""

    base: str
    client: httpx.AsyncClient

    async def control(
        self, method: str, path: str, body: object = None, query: Mapping[str, str | int] | None = None
    ) -> Any:
        answer = await self.client.request(method, f"/_sandbox/{path}", json=body, params=query)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    async def reset(self) -> None:
        await self.control("POST", "reset")

    async def fault(self, do: Do, *, times: int | None = None, **match: object) -> None:
        """Of template sends, unless ``path`` or ``event`` says otherwise."""
        if not {"path", "event"} & match.keys():
            match["path"] = SEND
        await self.control("POST", "faults", {"match": match, "do": do, "times": times})

    async def heal(self) -> None:
        await self.control("DELETE", "faults")

    async def messages(self, openid: str | None = None) -> list[SeenMessage]:
        """The template messages that were accepted, in that order."""
        query = {"channel": "template"} | ({"openid": openid} if openid else {})
        return await self._pages(_MESSAGES, "messages", query)

    async def calls(self, path: str = SEND) -> list[SeenCall]:
        return await self._pages(_CALLS, "requests", {"path": path})

    async def stats(self) -> Stats:
        return Stats.model_validate(await self.control("GET", "stats"))

    async def revoke_tokens(self) -> None:
        await self.control("POST", "tokens/revoke", {"appid": defaults.OFFICIAL_APPID})

    async def users(self, users: Sequence[Mapping[str, object]]) -> None:
        await self.control("POST", "seed", {"users": list(users)})

    async def act(self, user: str, act: str, **more: object) -> Any:
        return await self.control("POST", f"users/{user}/act", {"act": act} | more)

    async def configure(self, **settings: object) -> None:
        await self.control("POST", "settings", settings)

    async def call_back(self, url: str, appid: str = defaults.OFFICIAL_APPID) -> None:
        """Send callbacks of an account to ``url`` from now on."""
        await self.control("POST", f"accounts/{appid}", {"callback_url": url})

    async def _pages(self, of: TypeAdapter[list[Page]], path: str, query: Mapping[str, str]) -> list[Page]:
        found: list[Page] = []
        while True:
            since = found[-1].id if found else 0
            page = await self.control("GET", path, query={**query, "since": since, "limit": 10_000})
            items = of.validate_python(page["items"])
            found += items
            if len(items) < 10_000:
                return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def running_sandbox(state: Path | None = None) -> AsyncIterator[Sandbox]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "sandbox", "--port", str(port), "--state", str(state or ":memory:")),
        cwd=ROOT,
        env=os.environ | {"SANDBOX_SECRET": SECRET, "SANDBOX_EVENT_DELAY": "0.05-0.1"},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    headers = {"Authorization": f"Bearer {SECRET}"}
    try:
        async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False, timeout=10) as client:
            await _answers(client, process)
            yield Sandbox(base, client)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _answers(client: httpx.AsyncClient, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(20):
        while process.returncode is None:
            try:
                await client.get("/_sandbox/stats")
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
            else:
                return
    raise AssertionError("the sandbox ended before it answered")
