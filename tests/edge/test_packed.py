"""What travels over the wire: pages and answers compressed, hot paths and streams untouched."""

import gzip
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from app.edge.packed import SMALLEST, Packed
from tests.harness.callers import Caller
from tests.tickets.bodies import report

LONG = "念念不忘，必有回响。" * 400
GZIP = {"Accept-Encoding": "gzip"}


async def raw(caller: httpx.AsyncClient, path: str, **headers: str) -> tuple[httpx.Response, bytes]:
    """As it came over the wire."""
    async with caller.stream("GET", path, headers=GZIP | headers) as answer:
        return answer, b"".join([piece async for piece in answer.aiter_raw()])


async def answered(answer: Response, path: str = "/", **headers: str) -> list[Message]:
    """Everything that a server would be told for ``answer``."""
    asked = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: Scope = {"type": "http", "method": "GET", "path": path, "headers": asked}
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    await Packed(answer)(scope, receive, send)
    return sent


def head(sent: list[Message]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


async def test_the_first_page_its_style_and_its_scripts_are_compressed(as_customer: Caller) -> None:
    page, body = await raw(as_customer, "/h5/report")
    assert page.headers["content-encoding"] == "gzip"
    assert page.headers["content-length"] == str(len(body))
    assert "Accept-Encoding" in page.headers["vary"]
    text = gzip.decompress(body).decode()
    assert "我要报修" in text
    assert len(body) < len(text.encode()) / 2
    plain = await as_customer.get("/h5/report", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["vary"]
    style, _ = await raw(as_customer, text.split('rel="stylesheet" href="')[1].split('"')[0])
    assert style.headers["content-encoding"] == "gzip"
    assert style.headers.get_list("vary") == ["Accept-Encoding"]


async def test_an_answer_in_json_is_compressed_but_for_the_hot_paths(as_customer: Caller) -> None:
    created = [(await as_customer.post("/api/v1/tickets", json=report())).json() for _ in range(4)]
    rubric, _ = await raw(as_customer, "/api/v1/rating-rubric")
    assert rubric.headers["content-encoding"] == "gzip"
    for hot in ("/api/v1/tickets", f"/api/v1/tickets/{created[0]['number']}"):
        answer, body = await raw(as_customer, hot)
        assert len(body) > SMALLEST
        assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("accepts", "packed"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("gzip;q=0, br", False),
        ("gzip; q=0.0", False),
        ("br", False),
    ],
)
async def test_a_caller_gets_what_he_can_read(accepts: str, packed: bool) -> None:
    sent = await answered(JSONResponse({"text": LONG}), accept_encoding=accepts)
    assert ("content-encoding" in head(sent)) is packed
    assert head(sent)["vary"] == "Accept-Encoding"


async def test_what_gains_nothing_is_left_alone() -> None:
    small = await answered(JSONResponse({"text": "短"}), accept_encoding="gzip")
    picture = await answered(Response(LONG, media_type="image/jpeg"), accept_encoding="gzip")
    packed = await answered(
        Response(gzip.compress(LONG.encode()), media_type="text/css", headers={"Content-Encoding": "gzip"}),
        accept_encoding="gzip",
    )
    part = await answered(Response(LONG, 206, media_type="text/plain"), accept_encoding="gzip")
    assert [head(each).get("content-encoding") for each in (small, picture, packed, part)] == [
        None,
        None,
        "gzip",
        None,
    ]
    assert gzip.decompress(packed[1]["body"]).decode() == LONG


async def test_no_page_is_compressed_for_a_request_that_another_site_caused() -> None:
    page = Response(LONG, media_type="text/html; charset=utf-8")
    theirs = await answered(page, accept_encoding="gzip", sec_fetch_site="cross-site")
    ours = await answered(page, accept_encoding="gzip", sec_fetch_site="same-origin")
    assert "content-encoding" not in head(theirs)
    assert head(ours)["content-encoding"] == "gzip"


@pytest.mark.parametrize("media_type", ["text/event-stream", "text/html", "application/json"])
async def test_a_stream_is_sent_piece_by_piece_as_it_comes(media_type: str) -> None:
    """Each piece has left before the next one is made: nothing waits for more to compress."""
    left: list[bytes] = []

    async def pieces() -> AsyncIterator[bytes]:
        for number in range(3):
            assert len(left) == number
            yield f"data: {LONG}{number}\n\n".encode()

    async def send(message: Message) -> None:
        if message.get("body"):
            left.append(message["body"])
        elif message["type"] == "http.response.start":
            assert b"content-encoding" not in dict(message["headers"])

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def forever(scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(pieces(), media_type=media_type)(scope, receive, send)

    asked = [(b"accept-encoding", b"gzip")]
    spoken = {"type": "http", "method": "GET", "path": "/", "headers": asked, "asgi": {"spec_version": "2.4"}}
    await Packed(forever)(spoken, receive, send)
    assert left[2].endswith(b"2\n\n")
