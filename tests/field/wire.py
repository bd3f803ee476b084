"""The network between a phone and the service, which a test cuts, mends, or robs of its answers."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from app.services.attachments.urls import photo_urls
from tests.harness.browsed import served


class OneAtATime:
    """The app of a test, which has one connection to the database: a browser asks for several things at once."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self.state = app.state
        self.turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self.turn:
            await self._app(scope, receive, send)


class Wire:
    """``turn`` is held by whoever asks the app past the wire."""

    def __init__(self, port: int, turn: asyncio.Lock) -> None:
        self._port, self.turn = port, turn
        self._ends: set[StreamWriter] = set()
        self._whole, self._heard = True, True
        self.base = ""

    def cut(self) -> None:
        """Every connection ends, and none begins."""
        self._whole = False
        for end in self._ends:
            end.close()
        self._ends.clear()

    def deafen(self) -> None:
        """What is sent arrives; the answers do not."""
        self._whole, self._heard = True, False

    def mend(self) -> None:
        self.cut()
        self._whole, self._heard = True, True

    async def carry(self, reader: StreamReader, writer: StreamWriter) -> None:
        if not self._whole:
            writer.close()
            return
        there, thither = await asyncio.open_connection("127.0.0.1", self._port)
        self._ends |= {writer, thither}
        with suppress(ConnectionError):
            await asyncio.gather(self._pipe(reader, thither), self._pipe(there, writer, answers=True))

    async def _pipe(self, source: StreamReader, sink: StreamWriter, *, answers: bool = False) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65536):
                if answers and not self._heard:
                    break
                sink.write(data)
                await sink.drain()
        sink.close()


@asynccontextmanager
async def wired(app: FastAPI) -> AsyncIterator[Wire]:
    """The app believes the near end of the wire to be its address."""
    one = OneAtATime(app)
    async with served(one) as base:  # type: ignore[arg-type]
        wire = Wire(int(base.rsplit(":", 1)[1]), one.turn)
        near = await asyncio.start_server(wire.carry, "127.0.0.1", 0)
        wire.base = f"http://127.0.0.1:{near.sockets[0].getsockname()[1]}"
        here = app.state.settings.model_copy(update={"public_base_url": wire.base})
        app.state.settings, app.state.photo_urls = here, photo_urls(here)
        try:
            yield wire
        finally:
            wire.cut()
            near.close()
