"""The other side of callbacks in these tests: a service that notes what it was pushed and answers as told."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import fromstring

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
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
    def is_json(self) -> bool:
        return self.raw.startswith(b"{")

    @property
    def object(self) -> dict[str, Any]:
        """Of the mini-program, which is pushed JSON."""
        text = crypto.decrypt(defaults.MINI_AES_KEY, defaults.MINI_APPID, orjson.loads(self.raw)["Encrypt"])
        found: dict[str, Any] = orjson.loads(text)
        return found

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
    # What it shows to whoever asks for a picture.
    pictures: dict[str, bytes] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.method == "GET" and "signature" not in request.query_params:
            await self._show(request)(scope, receive, send)
            return
        if request.method == "GET":
            await self._check_url(request)(scope, receive, send)
            return
        self.pushed.append(Pushed(dict(request.query_params), await request.body()))
        if self.silent:
            await asyncio.Event().wait()
        status, answer = self.script.pop(0) if self.script else (200, "success")
        await PlainTextResponse(answer, status)(scope, receive, send)

    def _show(self, request: Request) -> Response:
        picture = self.pictures.get(request.url.path)
        return Response(picture or b"", 404 if picture is None else 200)

    def _check_url(self, request: Request) -> PlainTextResponse:
        query = request.query_params
        ok = query["signature"] == crypto.signature(self.token, query["timestamp"], query["nonce"])
        return PlainTextResponse(query["echostr"] if ok else "no")
