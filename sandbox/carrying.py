"""The bare way over the network, one connection a push.

A general HTTP client costs several milliseconds of CPU a push, on the same loop that answers the sends whose
latency is being measured; this costs a tenth of it.
"""

import asyncio
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode, urlsplit

import httptools

_CHUNK = 65_536
_LARGEST_ANSWER = 11_000_000


class NoAnswer(Exception):
    """The connection ended, or what came was not HTTP."""


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    body: bytes


class Carrier(Protocol):
    """Raises NoAnswer or OSError when there is no answer."""

    async def __call__(self, method: str, url: str, body: bytes, content_type: str) -> Answered: ...


def with_query(url: str, query: dict[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


async def carry(method: str, url: str, body: bytes, content_type: str) -> Answered:
    target = urlsplit(url)
    secure = target.scheme == "https"
    port = target.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(target.hostname, port, ssl=True if secure else None)
    try:
        writer.write(_request(method, url, body, content_type))
        return await _read(reader)
    finally:
        writer.close()


def _request(method: str, url: str, body: bytes, content_type: str) -> bytes:
    target = urlsplit(url)
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {target.netloc.rpartition('@')[2]}",
        "User-Agent: Mozilla/4.0",
        "Accept: */*",
        "Connection: close",
    ]
    if body:
        lines += [f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    return "\r\n".join((*lines, "", "")).encode() + body


async def _read(reader: asyncio.StreamReader) -> Answered:
    collected = _Collected()
    parser = httptools.HttpResponseParser(collected)
    try:
        while not collected.complete and (chunk := await reader.read(_CHUNK)):
            parser.feed_data(chunk)
            if len(collected.body) > _LARGEST_ANSWER:
                raise NoAnswer("the answer does not end")
    except httptools.HttpParserError as error:
        raise NoAnswer(f"not HTTP: {error}") from error
    # Without a length the end of the connection is the end of the answer.
    if not collected.headers_complete or (collected.has_length and not collected.complete):
        raise NoAnswer("the connection ended before the answer did")
    return Answered(parser.get_status_code(), bytes(collected.body))


class _Collected:
    """What the parser calls back into."""

    def __init__(self) -> None:
        self.body = bytearray()
        self.has_length = False
        self.headers_complete = False
        self.complete = False

    def on_header(self, name: bytes, _value: bytes) -> None:
        self.has_length = self.has_length or name.lower() in (b"content-length", b"transfer-encoding")

    def on_headers_complete(self) -> None:
        self.headers_complete = True

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.complete = True
