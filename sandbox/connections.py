"""Bodies in, answers out, and connections that are cut."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

JSON = b"application/json; encoding=utf-8"


@dataclass(frozen=True, slots=True)
class Response:
    body: bytes
    errcode: int | None = 0
    status: int = 200
    content_type: bytes = JSON
    headers: tuple[tuple[str, str], ...] = ()
    is_text: bool = True
    # Seconds without an answer before the connection is cut; 0 cuts it at once, None answers.
    cut_after: float | None = None


async def read_body(receive: Receive, most: int) -> bytes:
    chunks = bytearray()
    while True:
        message = await receive()
        chunks += message.get("body", b"")
        if not message.get("more_body", False) or len(chunks) > most:
            return bytes(chunks[:most])


async def send_response(scope: Scope, receive: Receive, send: Send, response: Response) -> None:
    if response.cut_after is not None:
        await _cut(scope, receive, response.cut_after)
        return
    headers = [
        (b"content-type", response.content_type),
        (b"content-length", str(len(response.body)).encode()),
        *((name.encode(), value.encode()) for name, value in response.headers),
    ]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


async def _cut(scope: Scope, receive: Receive, after: float) -> None:
    """Reset the connection after a silence, or see the client leave first."""
    with suppress(TimeoutError):
        async with asyncio.timeout(after):
            await _gone(receive)
            return
    abort = scope.get("state", {}).get("abort")
    if abort is None:
        raise ConnectionResetError("the sandbox cut this connection")
    abort()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
