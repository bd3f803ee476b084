"""The timeline as it happens, over a real server and real commits."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
import orjson
import pytest
import uvicorn
from fastapi import FastAPI

from app.models import Customer
from tests.harness.application import make_app
from tests.harness.callers import Caller
from tests.harness.live import Live
from tests.make import make_customer, make_service_point
from tests.tickets import bodies

SOON = 1.0


class Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are pytest's."""
        yield


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    server = Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1))
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started or task.done())
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is awaited lives in other libraries, which set no event
            await asyncio.sleep(0.01)


class Reader:
    """A client that reads events as a browser does: ``id``, ``event`` and ``data`` up to the empty line."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()

    async def events(self, count: int) -> list[tuple[int, str, dict[str, Any]]]:
        found: list[tuple[int, str, dict[str, Any]]] = []
        fields: dict[str, str] = {}
        while len(found) < count:
            line = await anext(self._lines)
            name, _, value = line.partition(": ")
            if line:
                fields[name] = value
            elif "data" in fields:
                found.append((int(fields["id"]), fields["event"], orjson.loads(fields["data"])))
                fields = {}
        return found


@pytest.fixture
async def app(live: Live) -> FastAPI:
    """Composed as in life, with its own pools and its own bell."""
    app = make_app(live.settings)
    app.state.clock = live.clock.read
    return app


@pytest.fixture
async def url(app: FastAPI) -> AsyncIterator[str]:
    async with served(app) as url:
        yield url


@pytest.fixture
async def customer(live: Live) -> Customer:
    async with live.sessions.begin() as session:
        await make_service_point(session)
        return await make_customer(session)


@pytest.fixture
async def caller(live: Live, customer: Customer) -> AsyncIterator[Caller]:
    async with await live.caller_for(customer) as caller:
        yield caller


@pytest.fixture
async def number(caller: Caller) -> str:
    answer = await caller.post("/api/v1/tickets", json=bodies.report())
    assert answer.status_code == 201
    made: str = answer.json()["number"]
    return made


@asynccontextmanager
async def listening(url: str, caller: Caller, number: str, **headers: str) -> AsyncIterator[httpx.Response]:
    everything = {"Authorization": caller.headers["Authorization"]} | headers
    async with (
        httpx.AsyncClient(base_url=url, headers=everything, timeout=10) as client,
        client.stream("GET", f"/api/v1/tickets/{number}/events/stream") as answer,
    ):
        yield answer


async def urge(caller: Caller, number: str) -> None:
    assert (await caller.post(f"/api/v1/tickets/{number}/urgings", json={})).status_code == 201


async def cancel(caller: Caller, number: str) -> None:
    body = {"event": "cancel", "version": 1, "reason_code": "changed_mind"}
    assert (await caller.post(f"/api/v1/tickets/{number}/transitions", json=body)).status_code == 200


async def test_history_comes_at_once_and_news_within_a_second(url: str, caller: Caller, number: str) -> None:
    async with listening(url, caller, number) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        reader = Reader(answer)
        assert [(seq, event) for seq, event, _ in await reader.events(1)] == [(1, "submit")]
        await urge(caller, number)
        async with asyncio.timeout(SOON):
            ((seq, event, data),) = await reader.events(1)
        assert (seq, event, data["seq"], data["label"]) == (2, "urged", 2, "已提交")
        await cancel(caller, number)
        async with asyncio.timeout(SOON):
            assert [event for _, event, _ in await reader.events(1)] == ["cancel"]
    told = (await caller.get(f"/api/v1/tickets/{number}/events")).json()["items"]
    assert [line["seq"] for line in told] == [1, 2, 3]
    assert told[1] == data


async def test_who_comes_back_misses_nothing_and_hears_nothing_twice(
    url: str, caller: Caller, number: str
) -> None:
    async with listening(url, caller, number) as answer:
        ((last, _, _),) = await Reader(answer).events(1)
    await urge(caller, number)
    async with listening(url, caller, number, **{"Last-Event-ID": str(last)}) as answer:
        reader = Reader(answer)
        assert [seq for seq, _, _ in await reader.events(1)] == [2]
        await cancel(caller, number)
        assert [seq for seq, _, _ in await reader.events(1)] == [3]


async def test_the_news_of_others_is_not_heard(live: Live, url: str, caller: Caller, number: str) -> None:
    async with live.sessions.begin() as session:
        other = await make_customer(session)
    async with await live.caller_for(other) as stranger:
        theirs = (await stranger.post("/api/v1/tickets", json=bodies.report())).json()["number"]
        async with listening(url, stranger, number) as answer:
            assert answer.status_code == 404
            await answer.aread()
            assert answer.json()["code"] == "not_found"
        async with listening(url, caller, number) as answer:
            reader = Reader(answer)
            await reader.events(1)
            await urge(stranger, theirs)
            await urge(caller, number)
            ((seq, event, _),) = await reader.events(1)
            assert (seq, event) == (2, "urged")


@pytest.mark.parametrize("last", ["x", "-1", str(2**31), "9" * 40, "1.5"])
async def test_a_garbled_last_event_id_is_refused(url: str, caller: Caller, number: str, last: str) -> None:
    async with listening(url, caller, number, **{"Last-Event-ID": last}) as answer:
        assert answer.status_code == 422


async def test_the_greatest_last_event_id_is_only_the_future(url: str, caller: Caller, number: str) -> None:
    async with listening(url, caller, number, **{"Last-Event-ID": str(2**31 - 1)}) as answer:
        assert await anext(answer.aiter_lines()) == "retry: 2000"


async def test_whoever_hangs_up_leaves_nothing_behind(
    app: FastAPI, url: str, caller: Caller, number: str
) -> None:
    stream, reads = app.state.ticket_stream, app.state.database.reads
    # The accounts listen as long as the process lives.
    others = len(stream._bell._listeners)
    for _ in range(reads.get_max_size() * 2):
        async with listening(url, caller, number) as answer:
            await Reader(answer).events(1)
            assert len(stream._bell._listeners) > others
    await until(lambda: len(stream._bell._listeners) == others)
    await until(lambda: reads.get_idle_size() == reads.get_size())


async def test_more_listeners_than_connections_all_hear(
    app: FastAPI, url: str, caller: Caller, number: str
) -> None:
    """A listener that waits holds no connection."""
    many = app.state.database.reads.get_max_size() * 3

    async def hear() -> str:
        async with listening(url, caller, number) as answer:
            reader = Reader(answer)
            await reader.events(1)
            ready.release()
            ((_, event, _),) = await reader.events(1)
            return event

    ready = asyncio.Semaphore(0)
    hearing = [asyncio.create_task(hear()) for _ in range(many)]
    for _ in range(many):
        await ready.acquire()
    await urge(caller, number)
    async with asyncio.timeout(5):
        assert await asyncio.gather(*hearing) == ["urged"] * many
