"""The bare HTTP client, against answers as servers really give them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sandbox.carrying import Answered, NoAnswer, carry, with_query


@asynccontextmanager
async def _server(answer: bytes, heard: list[bytes]) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.partition(b"Content-Length: ")[2].split(b"\r\n")[0] or 0)
        heard.append(head + await reader.readexactly(length))
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/callback"


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsuccess", Answered(200, b"success")),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsucc\r\n3\r\ness\r\n0\r\n\r\n",
            Answered(200, b"success"),
        ),
        (b"HTTP/1.1 200 OK\r\n\r\nsuccess", Answered(200, b"success")),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", Answered(403, b"")),
    ],
    ids=["length", "chunks", "until the end", "no body"],
)
async def test_reads(raw: bytes, answer: Answered) -> None:
    heard: list[bytes] = []
    async with _server(raw, heard) as url:
        assert await carry("POST", with_query(url, {"nonce": "1"}), b"<xml/>", "text/xml") == answer
    assert heard[0].startswith(b"POST /callback?nonce=1 HTTP/1.1\r\n")
    assert heard[0].endswith(b"\r\n\r\n<xml/>")


@pytest.mark.parametrize(
    "raw", [b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsucc", b"SSH-2.0-OpenSSH\r\n"]
)
async def test_half_an_answer_is_none(raw: bytes) -> None:
    async with _server(raw, []) as url:
        with pytest.raises(NoAnswer):
            await carry("POST", url, b"<xml/>", "text/xml")


def test_a_url_may_have_a_query_of_its_own() -> None:
    assert with_query("http://service.test/cb?a=1", {"b": "2"}) == "http://service.test/cb?a=1&b=2"
