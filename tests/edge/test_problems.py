"""Every error has one shape, says what to do, and repeats nothing of what was sent."""

import logging
from collections.abc import Iterator
from typing import Annotated

import asyncpg
import pytest
from fastapi import APIRouter, FastAPI, Query
from httpx import Response
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.db import Database
from app.edge.given import SessionDep
from app.errors import NotFound, TooManyRequests
from app.schemas.common import Input, Moment, NeededWord, Phone
from tests.harness.callers import Caller
from tests.harness.live import Live

MEMBERS = {"type", "title", "status", "detail", "code", "msg", "errors", "trace_id"}
STAFF = "/api/v1/sessions/staff"
JSON = {"Content-Type": "application/json"}

router = APIRouter(prefix="/probe")


class Sample(Input):
    name: NeededWord
    phone: Phone
    at: Moment


class Deferred(Exception):
    pass


@router.post("/sample")
async def sample(body: Sample) -> None:
    """Only what is wrong with the body matters."""


@router.get("/raise")
async def fail(kind: Annotated[str, Query()]) -> None:
    raise FAILURES[kind]


@router.post("/customer")
async def duplicate(session: SessionDep) -> None:
    for _ in range(2):
        await session.execute(
            text(
                "INSERT INTO wechat_identities (id, appid, openid, follows) "
                "VALUES (nextval(pg_get_serial_sequence('wechat_identities', 'id')), 'a', 'o', false)"
            )
        )


@router.post("/commit")
async def fails_at_commit(session: SessionDep) -> dict[str, str]:
    """A deferred constraint speaks only when the transaction is to be committed."""
    await session.execute(text("CREATE TABLE late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
    await session.execute(text("INSERT INTO late VALUES (1), (1)"))
    return {"status": "done"}


FAILURES: dict[str, Exception] = {
    "bug": RuntimeError("the secret is 13800138000"),
    "missing": NotFound(),
    "busy": TooManyRequests(retry_after=7),
    "lost": InterfaceError(
        "SELECT 1", {}, asyncpg.ConnectionDoesNotExistError("lost"), connection_invalidated=True
    ),
    "refused": ConnectionRefusedError(111, "refused"),
    "slow": TimeoutError(),
    "crowded": PoolTimeout(),
    "cancelled": asyncpg.QueryCanceledError("statement timeout"),
    "shutdown": asyncpg.AdminShutdownError("bye"),
    "deadlock": asyncpg.DeadlockDetectedError("deadlock"),
}


@pytest.fixture
def probe(app: FastAPI) -> Iterator[None]:
    routes = app.router.routes
    before = list(routes)
    app.include_router(router)
    yield
    routes[:] = before


def assert_problem(answer: Response, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body.keys() >= MEMBERS
    assert (body["status"], body["code"]) == (status, code)
    assert body["trace_id"] == answer.headers["x-trace-id"]
    assert body["msg"]


@pytest.mark.parametrize(
    ("method", "path", "content", "headers", "status", "code"),
    [
        ("GET", "/nowhere", b"", {}, 404, "not_found"),
        ("GET", "/api/v1/nowhere", b"", {}, 404, "not_found"),
        ("GET", STAFF, b"", {}, 405, "method_not_allowed"),
        ("BREW", STAFF, b"", {}, 405, "method_not_allowed"),
        ("POST", STAFF, b"{", JSON, 400, "malformed_json"),
        ("POST", STAFF, b"", JSON, 422, "invalid_input"),
        ("POST", STAFF, b'{"username": "\xff"}', JSON, 400, "malformed_json"),
        ("POST", STAFF, b"[" * 100_000, JSON, 400, "malformed_json"),
        ("POST", STAFF, b'{"username":' + b"[" * 50_000 + b"]" * 50_000 + b"}", JSON, 400, "malformed_json"),
        ("POST", STAFF, b"NaN", JSON, 422, "invalid_input"),
        ("POST", STAFF, b"{}", {"Content-Type": "text/plain"}, 415, "unsupported_media"),
        (
            "POST",
            STAFF,
            b"a=1",
            {"Content-Type": "application/x-www-form-urlencoded"},
            415,
            "unsupported_media",
        ),
        ("POST", STAFF, b"{}", {}, 415, "unsupported_media"),
        ("POST", STAFF, b"[]", JSON, 422, "invalid_input"),
    ],
)
async def test_what_callers_get_wrong(
    client: Caller, method: str, path: str, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    assert_problem(await client.request(method, path, content=content, headers=headers), status, code)


@pytest.mark.usefixtures("probe")
async def test_invalid_fields_are_named_explained_and_not_repeated(client: Caller) -> None:
    canary = "canary-4711"
    body = {"name": [canary], "phone": f"{canary}", "at": "2026-06-15T10:00:00", canary: canary, "x" * 500: 1}
    answer = await client.post("/probe/sample", json=body)
    assert_problem(answer, 422, "invalid_input")
    assert canary not in answer.text
    assert "x" * 41 not in answer.text
    errors = {error["field"]: error for error in answer.json()["errors"]}
    assert errors["body.phone"]["msg"] == "请填写正确的手机号或带区号的座机号。"
    assert errors["body.name"] == {"field": "body.name", "code": "string_type", "msg": "请填写文字。"}
    assert "带时区" in errors["body.at"]["msg"]
    assert errors["body.?"]["code"] == "extra_forbidden"


@pytest.mark.usefixtures("probe")
async def test_many_errors_are_told_in_part(client: Caller) -> None:
    answer = await client.post("/probe/sample", json={f"k{n}": n for n in range(5000)})
    assert len(answer.json()["errors"]) == 20


@pytest.mark.usefixtures("probe")
@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("missing", 404, "not_found"),
        ("busy", 429, "too_many_requests"),
        ("lost", 503, "unavailable"),
        ("refused", 503, "unavailable"),
        ("slow", 503, "unavailable"),
        ("crowded", 503, "unavailable"),
        ("cancelled", 503, "unavailable"),
        ("shutdown", 503, "unavailable"),
        ("deadlock", 503, "unavailable"),
    ],
)
async def test_what_went_wrong_with_us(client: Caller, kind: str, status: int, code: str) -> None:
    answer = await client.get("/probe/raise", params={"kind": kind})
    assert_problem(answer, status, code)
    assert ("retry-after" in answer.headers) == (status in (429, 503))


@pytest.mark.usefixtures("probe")
async def test_the_unexpected_is_a_500_without_its_reason_logged_once(
    client: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        answer = await client.get("/probe/raise", params={"kind": "bug"})
    assert_problem(answer, 500, "internal_error")
    assert "13800138000" not in answer.text
    assert [record.message for record in caplog.records] == ["unexpected error"]


@pytest.mark.usefixtures("probe")
async def test_a_known_constraint_is_a_conflict(client: Caller) -> None:
    assert_problem(await client.post("/probe/customer"), 409, "conflict")


async def test_live_a_failed_commit_is_an_error_answer_and_leaves_nothing(live: Live) -> None:
    live.app.include_router(router)
    async with live.anonymous() as client:
        answer = await client.post("/probe/commit")
    # The constraint is unknown to us, hence a defect; what counts is that nobody was told "done".
    assert_problem(answer, 500, "internal_error")
    async with live.database.reads.acquire() as reader:
        assert await reader.fetchval("SELECT to_regclass('late')") is None


async def test_live_commit_comes_before_the_answer(live: Live) -> None:
    seen: list[int] = []

    async def at_first_byte(database: Database) -> None:
        async with database.reads.acquire() as reader:
            seen.append(await reader.fetchval("SELECT count(*) FROM customers WHERE nickname = 'new'"))

    @router.post("/new")
    async def new(session: SessionDep) -> None:
        await session.execute(
            text("INSERT INTO customers (id, nickname, phone) VALUES (gen_random_uuid(), 'new', '')")
        )

    live.app.include_router(router)
    inner = live.app.build_middleware_stack()

    async def watched(scope: dict[str, object], receive: object, send: object) -> None:
        async def send_watched(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                await at_first_byte(live.database)
            await send(message)  # type: ignore[operator]

        await inner(scope, receive, send_watched)  # type: ignore[arg-type]

    live.app.middleware_stack = watched  # type: ignore[assignment]
    async with live.anonymous() as client:
        assert (await client.post("/probe/new")).status_code == 200
    assert seen == [1]
