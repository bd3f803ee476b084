"""The one way bytes leave for the platform.

An httpx *transport* instead of an `AsyncClient`: a fifth cheaper for each call, no cookies, no redirects,
and no INFO log line with the whole URL, which here would contain the access token.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import TracebackType
from typing import IO, Self

import httpx

from app.wechat.errors import Unanswered, Unreachable, Unreadable

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0
_OVERALL_SECONDS = 20.0

MAX_CONNECTIONS = 16

# An idle connection that the other side is about to close turns a send into an unknown outcome;
# servers commonly close after 5 s or later, so ours go first.
_KEEPALIVE_SECONDS = 4.0

# Raised before the first byte of the request left.
_NOTHING_WRITTEN = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)

# A picture may have ten megabytes; nothing else that the platform answers comes near.
MAX_ANSWER = 11 * 1024 * 1024

_JSON = {"content-type": "application/json", "user-agent": "huixiang"}
_PLAIN = {"user-agent": "huixiang"}

File = IO[bytes] | bytes | tuple[str, IO[bytes] | bytes] | tuple[str, IO[bytes] | bytes, str]


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


class Http:
    """A bounded set of connections for all accounts; raises only `Unreachable`, `Unanswered` or `Unreadable`.

    Each slot is a transport of one connection, handed to one call at a time. One pool of sixteen would try
    every request on every idle connection: at full concurrency that triples the CPU time of a call.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        proxy: str | None = None,
        read_seconds: float = READ_SECONDS,
        wait_seconds: float = READ_SECONDS,
    ) -> None:
        self.wait_seconds = wait_seconds
        self._slots: asyncio.LifoQueue[httpx.AsyncBaseTransport] = asyncio.LifoQueue()
        self._transports = (
            [transport] * MAX_CONNECTIONS if transport else _single_connections(MAX_CONNECTIONS, proxy)
        )
        for slot in self._transports:
            self._slots.put_nowait(slot)
        self._extensions = {
            "timeout": {
                "connect": CONNECT_SECONDS,
                "read": read_seconds,
                "write": READ_SECONDS,
                "pool": CONNECT_SECONDS,
            }
        }

    async def send(
        self, method: str, url: str, *, content: bytes | None = None, files: Mapping[str, File] | None = None
    ) -> Answer:
        request = httpx.Request(
            method,
            _parsed(url),
            content=content,
            files=files,
            headers=_PLAIN if content is None else _JSON,
            extensions=self._extensions,
        )
        transport = await self._free_slot()
        try:
            async with asyncio.timeout(_OVERALL_SECONDS):
                response = await transport.handle_async_request(request)
                try:
                    return Answer(response.status_code, await _bounded(response))
                finally:
                    await response.aclose()
        except _NOTHING_WRITTEN as error:
            raise Unreachable(type(error).__name__) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unanswered(type(error).__name__) from error
        finally:
            self._slots.put_nowait(transport)

    async def _free_slot(self) -> httpx.AsyncBaseTransport:
        try:
            return self._slots.get_nowait()
        except asyncio.QueueEmpty:
            pass
        try:
            async with asyncio.timeout(self.wait_seconds):
                return await self._slots.get()
        except TimeoutError as error:
            raise Unreachable("all connections are busy") from error

    async def aclose(self) -> None:
        for transport in self._transports:
            await transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


async def _bounded(response: httpx.Response) -> bytes:
    """Counted after decompression, as it comes: what an answer announces is not what it brings."""
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > MAX_ANSWER:
            raise Unreadable("the answer is too large")
        parts.append(part)
    return b"".join(parts)


@lru_cache(maxsize=64)
def _parsed(url: str) -> httpx.URL:
    """Most calls go to the same few addresses; httpx looks at each character of one, the token's included."""
    return httpx.URL(url)


def _single_connections(count: int, proxy: str | None) -> list[httpx.AsyncHTTPTransport]:
    limits = httpx.Limits(max_connections=1, keepalive_expiry=_KEEPALIVE_SECONDS)
    return [
        httpx.AsyncHTTPTransport(verify=_certificates(), limits=limits, proxy=proxy) for _ in range(count)
    ]


@cache
def _certificates() -> ssl.SSLContext:
    """Reading them takes longer than a call, and they are the same for everybody."""
    return httpx.create_ssl_context()
