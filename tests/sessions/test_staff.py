"""Signing in with a password: what is said, what is counted, who is locked out and for how long."""

import asyncio

import pytest
from httpx import Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.edge.rates import RateLimit
from app.models import Session, SignInGuard, Staff
from app.models.people import StaffRole
from app.services.sessions.guard import FAILURES
from tests.harness.callers import Caller
from tests.harness.clock import Clock
from tests.harness.live import Live
from tests.make import make_staff
from tests.make.people import PASSWORD

PATH = "/api/v1/sessions/staff"


async def sign_in(client: Caller, username: str, password: str = PASSWORD) -> Response:
    return await client.post(PATH, json={"username": username, "password": password})


@pytest.fixture
async def lin(session: AsyncSession) -> Staff:
    await make_staff(session, username="bystander")
    return await make_staff(session, username="lin", role=StaffRole.MANAGER, name="林主管")


async def test_right_password_answers_a_token_that_works(client: Caller, lin: Staff) -> None:
    answer = await sign_in(client, "lin")
    assert answer.status_code == 200
    assert answer.json()["staff"] == {"id": str(lin.id), "name": "林主管", "role": "manager"}
    me = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {answer.json()['access_token']}"})
    about = {"id": str(lin.id), "name": "林主管", "role": "manager"}
    assert me.json() == about | {"phone_masked": "139****9000", "phone_verified": False}


@pytest.mark.usefixtures("lin")
async def test_wrong_password_unknown_name_and_left_staff_hear_the_same(
    client: Caller, session: AsyncSession
) -> None:
    await make_staff(session, username="left", active=False)
    answers = [
        await sign_in(client, "lin", "wrong"),
        await sign_in(client, "nobody"),
        await sign_in(client, "left"),
    ]
    bodies = [{**answer.json(), "trace_id": ""} for answer in answers]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert bodies[0]["msg"] == "用户名或密码不正确"
    assert bodies[0] == bodies[1] == bodies[2]


@pytest.mark.usefixtures("lin")
@pytest.mark.parametrize("username", ["lin", "nobody"])
async def test_five_failures_lock_an_account_whether_it_exists_or_not(client: Caller, username: str) -> None:
    for _ in range(FAILURES):
        assert (await sign_in(client, username, "wrong")).status_code == 401
    refused = await sign_in(client, username)
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "901"
    assert "分钟后再试" in refused.json()["msg"]


@pytest.mark.usefixtures("lin")
async def test_the_lock_ends_after_fifteen_minutes(client: Caller, clock: Clock) -> None:
    for _ in range(FAILURES):
        await sign_in(client, "lin", "wrong")
    clock.advance(minutes=14, seconds=59)
    assert (await sign_in(client, "lin")).status_code == 429
    clock.advance(seconds=1)
    assert (await sign_in(client, "lin")).status_code == 200


@pytest.mark.usefixtures("lin")
async def test_a_locked_account_does_not_lock_its_colleagues(client: Caller) -> None:
    for _ in range(FAILURES):
        await sign_in(client, "lin", "wrong")
    assert (await sign_in(client, "bystander")).status_code == 200


@pytest.mark.usefixtures("lin")
async def test_trying_five_accounts_locks_the_network(client: Caller) -> None:
    for number in range(FAILURES):
        assert (await sign_in(client, f"guess{number}", "wrong")).status_code == 401
    assert (await sign_in(client, "lin")).status_code == 429


@pytest.mark.usefixtures("lin")
async def test_a_right_password_clears_the_count(client: Caller, session: AsyncSession) -> None:
    for _ in range(3):
        for _ in range(FAILURES - 1):
            await sign_in(client, "lin", "wrong")
        assert (await sign_in(client, "lin")).status_code == 200
    assert await session.scalar(select(func.count()).select_from(Session)) == 3


async def test_right_passwords_never_lock_a_network(client: Caller, session: AsyncSession) -> None:
    for number in range(2 * FAILURES):
        await make_staff(session, username=f"colleague{number}")
        assert (await sign_in(client, f"colleague{number}")).status_code == 200
    assert await session.scalar(select(func.max(SignInGuard.failures))) == 0


@pytest.mark.usefixtures("lin")
async def test_signing_in_is_rate_limited(client: Caller) -> None:
    client.app.state.password_limit = RateLimit(2)
    answers = [await sign_in(client, "lin") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) > 0


async def test_live_the_count_survives_the_error_answer(live: Live) -> None:
    async with live.anonymous() as client:
        await sign_in(client, "nobody", "wrong")
    async with live.sessions.begin() as session:
        failures = (await session.scalars(select(SignInGuard.failures))).all()
    assert failures == [1, 1]


async def test_live_guesses_at_the_same_moment_are_all_counted(live: Live) -> None:
    async with live.sessions.begin() as session:
        await make_staff(session, username="lin")
    async with live.anonymous() as client:
        answers = await asyncio.gather(*(sign_in(client, "lin", f"guess {n}") for n in range(12)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [401] * FAILURES + [429] * (12 - FAILURES)
