"""Another system on a real socket: it remembers what it was sent and answers what a test tells it to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def answer(status: int, body: str = "", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body.encode())}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["huixiang-event-id"]

    @property
    def document(self) -> dict[str, object]:
        document: dict[str, object] = orjson.loads(self.body)
        return document


def well(_: Received) -> bytes:
    return OK


@dataclass
class Receiver:
    port: int = 0
    received: list[Received] = field(default_factory=list)
    # By path: what to answer. Without one, OK; an empty answer hangs up.
    answers: dict[str, Callable[[Received], bytes]] = field(default_factory=dict)
    # Whoever calls one of these paths waits until the event is set.
    gates: dict[str, asyncio.Event] = field(default_factory=dict)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def at(self, path: str) -> list[Received]:
        return [each for each in self.received if each.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await self._one(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        it = Received(head[0].split(" ")[1], headers, body)
        self.received.append(it)
        if it.path in self.gates:
            await self.gates[it.path].wait()
        told = self.answers.get(it.path, well)(it)
        if not told:
            raise ConnectionResetError
        writer.write(told)
        await writer.drain()


@asynccontextmanager
async def running_receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        for gate in receiver.gates.values():
            gate.set()
        server.close()
