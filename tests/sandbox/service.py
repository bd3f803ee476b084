"""The other side of callbacks in these tests: a service that notes what it was pushed and answers as told."""

import asyncio
from dataclasses import dataclass, field
from xml.etree.ElementTree import fromstring

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from sandbox import crypto, defaults


@dataclass(frozen=True)
class Pushed:
    query: dict[str, str]
    raw: bytes

    @property
    def envelope(self) -> dict[str, str]:
        return {child.tag: child.text or "" for child in fromstring(self.raw)}  # noqa: S314 - our own bytes

    @property
    def body(self) -> str:
        return crypto.decrypt(defaults.OFFICIAL_AES_KEY, defaults.OFFICIAL_APPID, self.envelope["Encrypt"])

    @property
    def fields(self) -> dict[str, str]:
        return {child.tag: child.text or "" for child in fromstring(self.body)}  # noqa: S314

    @property
    def is_signed(self) -> bool:
        expected = crypto.signature(
            defaults.OFFICIAL_TOKEN,
            self.query["timestamp"],
            self.query["nonce"],
            self.envelope["Encrypt"],
        )
        return expected == self.query["msg_signature"]


@dataclass
class Service:
    pushed: list[Pushed] = field(default_factory=list)
    # One (status, answer) for each coming push; afterwards 200 and success.
    script: list[tuple[int, str]] = field(default_factory=list)
    token: str = defaults.OFFICIAL_TOKEN
    silent: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.method == "GET":
            await self._check_url(request)(scope, receive, send)
            return
        self.pushed.append(Pushed(dict(request.query_params), await request.body()))
        if self.silent:
            await asyncio.Event().wait()
        status, answer = self.script.pop(0) if self.script else (200, "success")
        await PlainTextResponse(answer, status)(scope, receive, send)

    def _check_url(self, request: Request) -> PlainTextResponse:
        query = request.query_params
        ok = query["signature"] == crypto.signature(self.token, query["timestamp"], query["nonce"])
        return PlainTextResponse(query["echostr"] if ok else "no")
