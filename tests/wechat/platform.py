"""A few bytes of WeChat on a real socket: tokens with revocation, and scripted answers for each path."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import Enum
from typing import Self
from urllib.parse import parse_qsl, urlsplit


class Fault(Enum):
    RESET = "reset"  # the request was read whole, then the connection dies
    HANG = "hang"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        parsed: dict[str, object] = json.loads(self.body)
        return parsed


@dataclass(frozen=True)
class Reply:
    body: bytes
    status: int = 200


Answer = Reply | Fault | dict[str, object]
Handler = Callable[[Request], Answer]

INVALID = {"errcode": 40001, "errmsg": "invalid credential rid: 6385c6c1-0fcadca1-22c1fc91"}


@dataclass
class Platform:
    token: str = "T1"
    minted: int = 1
    lifetime: int = 7200
    refuse_all_tokens: bool = False
    requests: list[Request] = field(default_factory=list)
    scripts: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    handlers: dict[str, Handler] = field(default_factory=dict)
    base: str = ""
    # Seconds by which its clock is ahead of ours.
    ahead: float = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def revoke(self) -> None:
        self.minted += 1
        self.token = f"T{self.minted}"

    def to(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    def script(self, path: str, *answers: Answer) -> None:
        """Answer the next calls of a path, after the token was looked at."""
        self.scripts[path].extend(answers)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._connections: set[asyncio.StreamWriter] = set()
        port = self._server.sockets[0].getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self._server.close()
        for writer in list(self._connections):
            writer.transport.abort()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        try:
            while (request := await _read(reader)) is not None:
                self.requests.append(request)
                self.arrived.set()
                answer = self._answer(request)
                if answer is Fault.RESET:
                    writer.transport.abort()
                    return
                if answer is Fault.HANG:
                    await reader.read()
                    return
                writer.write(_encode(answer, self.ahead))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._connections.discard(writer)
            writer.close()

    def _answer(self, request: Request) -> Answer:
        if request.path == "/cgi-bin/stable_token":
            return (self.scripts[request.path] or [self._stable_token()]).pop(0)
        if not request.path.startswith(("/sns/", "/mp/")) and (
            self.refuse_all_tokens or request.query.get("access_token") != self.token
        ):
            return dict(INVALID)
        if self.scripts[request.path]:
            return self.scripts[request.path].pop(0)
        handler = self.handlers.get(request.path)
        return handler(request) if handler else {"errcode": 0, "errmsg": "ok", "msgid": 3264439863978712345}

    def _stable_token(self) -> Answer:
        return {"access_token": self.token, "expires_in": self.lifetime}


async def _read(reader: asyncio.StreamReader) -> Request | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode().rstrip().split("\r\n")
    method, target, _version = first.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    url = urlsplit(target)
    return Request(method, url.path, dict(parse_qsl(url.query)), headers, body)


def _encode(answer: Answer, ahead: float) -> bytes:
    reply = answer if isinstance(answer, Reply) else Reply(json.dumps(answer, ensure_ascii=False).encode())
    date = formatdate(time.time() + ahead, usegmt=True)
    head = f"HTTP/1.1 {reply.status} Whatever\r\ndate: {date}\r\ncontent-length: {len(reply.body)}\r\n\r\n"
    return head.encode() + reply.body
