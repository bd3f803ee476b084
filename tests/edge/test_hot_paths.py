"""The short way and FastAPI's give the same answers; only what is usual takes the short one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from app.edge.hot_paths import HotPath
from tests.harness.callers import Caller
from tests.tickets.bodies import report

TICKETS = "/api/v1/tickets"
# The long way packs what is long enough (ADR 52).
PACKING = {"content-encoding", "vary"}
OF_EACH_OWN = {"number", "created_at", "promised_at", "trace_id"}


def short_ways(app: FastAPI) -> list[HotPath]:
    (paths,) = [
        each.kwargs["paths"] for each in app.user_middleware if str(each).startswith("Middleware(HotPaths")
    ]
    assert isinstance(paths, list)
    return paths


@contextmanager
def only_fastapi(app: FastAPI) -> Iterator[None]:
    paths = short_ways(app)
    everything = list(paths)
    paths.clear()
    yield
    paths[:] = everything


def shape(answer: Response) -> tuple[int, dict[str, Any], set[str]]:
    """What must be equal; the headers by their names."""
    known = {name: value for name, value in answer.json().items() if name not in OF_EACH_OWN}
    return answer.status_code, known, set(answer.headers) - PACKING


def test_each_is_a_documented_operation(app: FastAPI) -> None:
    documented = app.openapi()["paths"]
    assert [path.path in documented for path in short_ways(app)] == [True] * 3
    assert set(documented[TICKETS]) == {"get", "post"}


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (report(), {}),
        (report(), {"Idempotency-Key": "a-key-of-its-own"}),
        (report(), {"Idempotency-Key": "two words"}),
        (report(), {"Content-Type": "text/plain"}),
        (report(), {"Authorization": "Bearer forged"}),
        (report(fault=""), {}),
        (report(surprise=1), {}),
        (report(contact={"name": "王女士", "phone": "12"}), {}),
        (report(address=None), {}),
        (report(asset_id="5d2c1c1e-0000-4000-8000-000000000000"), {}),
        ([], {}),
        ("not an object", {}),
        ({"fault": "\ud800"}, {}),
    ],
)
async def test_a_report_is_taken_or_refused_alike(
    app: FastAPI, as_customer: Caller, body: Any, headers: dict[str, str]
) -> None:
    content = json.dumps(body).encode()

    async def send(key: str) -> Response:
        own = headers | (
            {"Idempotency-Key": headers["Idempotency-Key"] + key} if "Idempotency-Key" in headers else {}
        )
        return await as_customer.post(
            TICKETS, content=content, headers={"Content-Type": "application/json"} | own
        )

    short = await send("-1")
    with only_fastapi(app):
        long = await send("-2")
    assert shape(short) == shape(long)


async def test_what_is_no_json_is_refused_alike(app: FastAPI, as_customer: Caller) -> None:
    async def send() -> Response:
        return await as_customer.post(
            TICKETS, content=b'{"fault": ', headers={"Content-Type": "application/json"}
        )

    short = await send()
    with only_fastapi(app):
        assert shape(short) == shape(await send())
    assert short.status_code == 400


async def test_tickets_are_read_alike(app: FastAPI, as_customer: Caller, as_manager: Caller) -> None:
    number = (await as_customer.post(TICKETS, json=report())).json()["number"]
    paths = (
        TICKETS,
        f"{TICKETS}?limit=1",
        f"{TICKETS}?limit=0",
        f"{TICKETS}/{number}",
        f"{TICKETS}/{number}?x=1",
        f"{TICKETS}/HX0",
        f"{TICKETS}/{'9' * 41}",
        f"{TICKETS}/a-b",
        f"{TICKETS}/{number}/",
    )
    for caller in (as_customer, as_manager, Caller(app), Caller(app, "forged")):
        short = [await caller.get(path) for path in paths]
        with only_fastapi(app):
            long = [await caller.get(path) for path in paths]
        for path, one, other in zip(paths, short, long, strict=True):
            assert one.status_code == other.status_code, path
            assert set(one.headers) - PACKING == set(other.headers) - PACKING, path
            if one.status_code != 307:
                assert shape(one) == shape(other), path


async def test_metrics_know_both_by_the_same_name(app: FastAPI, as_customer: Caller) -> None:
    number = (await as_customer.post(TICKETS, json=report())).json()["number"]
    await as_customer.get(f"{TICKETS}/{number}")
    figures = (await as_customer.get("/metrics")).text
    assert 'method="GET",route="/api/v1/tickets/{number}",status="200"' in figures
    assert number not in figures
