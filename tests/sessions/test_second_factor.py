"""A second factor: set up, asked for, used once, counted like passwords, demanded of a role, taken off."""

import asyncio

import asyncpg
import pytest
from httpx import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.models import Staff
from app.models.people import StaffRole
from app.services.accounts.rotate import rotate_keys
from app.services.credentials.keyring import KeyRing, key_ring
from app.services.second_factor.totp import STEP, code_at, step_of
from app.services.sessions.guard import FAILURES
from app.settings import Settings
from tests.harness.callers import Caller, CallerFor
from tests.harness.clock import Clock
from tests.harness.live import Live
from tests.make import make_staff
from tests.make.people import PASSWORD
from tests.sessions.test_staff import PATH, sign_in

MINE = "/api/v1/me/second-factor"
ROLES = "/api/v1/second-factor-roles"


@pytest.fixture
async def rows(session: AsyncSession) -> asyncpg.Connection:
    return await driver(session)


@pytest.fixture
async def lin(session: AsyncSession) -> Staff:
    return await make_staff(session, username="lin", role=StaffRole.MANAGER, name="林主管")


@pytest.fixture
async def as_lin(caller_for: CallerFor, lin: Staff) -> Caller:
    return await caller_for(lin)


class Phone:
    """What an authenticator app does."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self.secret, self.clock = secret, clock

    def code(self, away: int = 0) -> str:
        return code_at(self.secret, step_of(self.clock.now) + away)

    def next_code(self) -> str:
        """After a while, so that it is another one."""
        self.clock.advance(seconds=STEP)
        return self.code()

    def wrong(self) -> str:
        near = {self.code(each) for each in range(-2, 3)}
        return next(
            code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in near
        )


async def enrolled(caller: Caller, clock: Clock) -> tuple[Phone, list[str]]:
    begun = await caller.put(f"{MINE}/secret", json={"password": PASSWORD})
    assert begun.status_code == 200, begun.text
    phone = Phone(begun.json()["secret"], clock)
    proved = await caller.post(f"{MINE}/proof", json={"code": phone.code()})
    assert proved.status_code == 200, proved.text
    return phone, proved.json()["recovery_codes"]


async def challenge(client: Caller) -> str:
    answer = await sign_in(client, "lin")
    assert (answer.status_code, answer.json()["code"]) == (401, "second_factor_required")
    said: str = answer.json()["challenge"]
    return said


async def second(client: Caller, challenge: str, code: str) -> Response:
    return await client.post(f"{PATH}/second-factor", json={"challenge": challenge, "code": code})


async def whole(client: Caller, code: str) -> Response:
    return await client.post(PATH, json={"username": "lin", "password": PASSWORD, "code": code})


async def log(rows: asyncpg.Connection) -> list[tuple[str, str, str]]:
    found = await rows.fetch("SELECT action, subject, reason FROM audit_log ORDER BY id")
    return [(row["action"], row["subject"], row["reason"]) for row in found]


async def test_once_set_up_the_password_alone_lets_nobody_in(
    client: Caller, as_lin: Caller, clock: Clock, rows: asyncpg.Connection
) -> None:
    before = (await as_lin.get(MINE)).json()
    assert before == {"since": None, "demanded": False, "recovery_codes_left": 0}
    refused = await as_lin.put(f"{MINE}/secret", json={"password": "not mine"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "wrong_password")
    phone, codes = await enrolled(as_lin, clock)
    assert len(set(codes)) == 10
    assert (await as_lin.get(MINE)).json()["recovery_codes_left"] == 10
    # What it was set up with is used.
    first = await challenge(client)
    replayed = await second(client, first, phone.code())
    assert (replayed.status_code, replayed.json()["code"]) == (401, "wrong_second_factor")
    code = phone.next_code()
    done = await second(client, first, f"{code[:3]} {code[3:]}")
    assert (done.status_code, done.json()["recovery_codes"]) == (200, [])
    me = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {done.json()['access_token']}"})
    assert me.json()["name"] == "林主管"
    # Once only, by either way; and both in one call as well.
    assert (await second(client, first, code)).status_code == 401
    assert (await whole(client, code)).status_code == 401
    assert (await whole(client, phone.next_code())).status_code == 200
    again = await as_lin.put(f"{MINE}/secret", json={"password": PASSWORD})
    assert again.json()["code"] == "second_factor_on"
    assert await log(rows) == [
        ("sign_in_code_failed", "lin", ""),
        ("second_factor_on", "lin", ""),
        ("sign_in_code_failed", "lin", ""),
        ("sign_in", "lin", "动态码"),
        ("sign_in_code_failed", "lin", ""),
        ("sign_in_code_failed", "lin", ""),
        ("sign_in", "lin", "动态码"),
    ]


async def test_a_challenge_is_no_token_ends_and_is_of_one_password(
    client: Caller, as_lin: Caller, clock: Clock, rows: asyncpg.Connection
) -> None:
    phone, codes = await enrolled(as_lin, clock)
    said = await challenge(client)
    stranger = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {said}"})
    assert stranger.status_code == 401
    token = as_lin.headers["authorization"].removeprefix("Bearer ")
    for forged in (token, "x", said[:-2]):
        assert (await second(client, forged, codes[0])).json()["code"] == "challenge_over"
    clock.advance(minutes=10)
    assert (await second(client, said, phone.code())).json()["code"] == "challenge_over"
    said = await challenge(client)
    changed = {"password": PASSWORD, "new_password": "another horse battery staple"}
    assert (await as_lin.put("/api/v1/me/password", json=changed)).status_code == 204
    assert (await second(client, said, phone.code())).json()["code"] == "challenge_over"
    assert (await as_lin.get("/api/v1/me")).status_code == 401
    assert (await sign_in(client, "lin")).json()["code"] == "wrong_credentials"


async def test_a_recovery_code_stands_in_once_and_lies_as_a_digest(
    client: Caller, as_lin: Caller, clock: Clock, rows: asyncpg.Connection
) -> None:
    phone, codes = await enrolled(as_lin, clock)
    kept = await rows.fetchval("SELECT string_agg(encode(digest, 'escape'), ' ') FROM recovery_codes")
    sealed = await rows.fetchval("SELECT encode(secret, 'escape') FROM second_factors")
    assert all(code.replace("-", "") not in kept for code in codes)
    assert phone.secret not in sealed
    assert (await second(client, await challenge(client), codes[3].lower())).status_code == 200
    assert (await second(client, await challenge(client), codes[3])).status_code == 401
    assert (await as_lin.get(MINE)).json()["recovery_codes_left"] == 9
    renewed = await as_lin.put(f"{MINE}/recovery-codes", json={"code": phone.next_code()})
    assert (await second(client, await challenge(client), codes[4])).status_code == 401
    assert (
        await second(client, await challenge(client), renewed.json()["recovery_codes"][0])
    ).status_code == 200
    assert (await as_lin.post(f"{MINE}/end", json={"code": phone.code()})).status_code == 422
    assert (await as_lin.post(f"{MINE}/end", json={"code": phone.next_code()})).status_code == 204
    assert (await sign_in(client, "lin")).status_code == 200
    assert await rows.fetchval("SELECT count(*) FROM recovery_codes") == 0


async def test_codes_cannot_be_guessed_by_typing_the_password_between_them(
    client: Caller, as_lin: Caller, clock: Clock
) -> None:
    phone, _ = await enrolled(as_lin, clock)
    for _ in range(FAILURES):
        assert (await second(client, await challenge(client), phone.wrong())).status_code == 401
    locked = await sign_in(client, "lin")
    assert (locked.status_code, locked.headers["retry-after"]) == (429, "901")
    # The account of somebody who is signed in is the same one.
    assert (await as_lin.post(f"{MINE}/end", json={"code": phone.next_code()})).status_code == 429
    clock.advance(minutes=15)
    assert (await second(client, await challenge(client), phone.next_code())).status_code == 200
    # Right passwords alone lock nobody out.
    for _ in range(2 * FAILURES):
        await challenge(client)


async def test_a_role_that_demands_one_is_let_in_after_setting_it_up(
    client: Caller, lin: Staff, as_admin: Caller, clock: Clock, rows: asyncpg.Connection
) -> None:
    assert (await as_admin.put(ROLES, json={"roles": ["manager", "agent"]})).json() == {
        "roles": ["agent", "manager"]
    }
    refused = await sign_in(client, "lin")
    assert refused.json()["enrol"] is True
    said = {"challenge": refused.json()["challenge"]}
    # Nothing is set up yet.
    assert (await second(client, said["challenge"], "000000")).status_code == 401
    begun = await client.post(f"{PATH}/second-factor/secret", json=said)
    phone = Phone(begun.json()["secret"], clock)
    done = await second(client, said["challenge"], phone.code())
    assert len(done.json()["recovery_codes"]) == 10
    assert (await sign_in(client, "lin")).json()["enrol"] is False
    over = await client.post(f"{PATH}/second-factor/secret", json={"challenge": await challenge(client)})
    assert over.json()["code"] == "second_factor_on"
    assert (await as_admin.put(ROLES, json={"roles": []})).json() == (await as_admin.get(ROLES)).json()
    assert [entry for entry in await log(rows) if entry[0] == "second_factor_roles"] == [
        ("second_factor_roles", "两步验证", "主管、客服"),
        ("second_factor_roles", "两步验证", "不要求"),
    ]


async def test_an_administrator_takes_it_off_with_a_reason(
    client: Caller, as_lin: Caller, as_admin: Caller, clock: Clock, lin: Staff, rows: asyncpg.Connection
) -> None:
    await enrolled(as_lin, clock)
    url = f"/api/v1/staff/{lin.id}/second-factor/reset"
    assert (await as_admin.post(url, json={"reason": ""})).status_code == 422
    assert (await as_admin.post(url, json={"reason": "手机丢失，当面核实"})).status_code == 204
    assert (await as_lin.get("/api/v1/me")).status_code == 401
    assert (await sign_in(client, "lin")).status_code == 200
    assert ("second_factor_reset", "lin", "手机丢失，当面核实") in await log(rows)
    assert (await as_admin.post(url, json={"reason": "再来"})).json()["code"] == "second_factor_off"
    myself = f"/api/v1/staff/{as_admin.person.id}/second-factor/reset"
    assert (await as_admin.post(myself, json={"reason": "自己"})).json()["code"] == "not_yourself"


async def test_the_secret_moves_to_another_key_and_without_its_key_opens_nothing(
    client: Caller, as_lin: Caller, clock: Clock, rows: asyncpg.Connection, settings: Settings
) -> None:
    phone, _ = await enrolled(as_lin, clock)
    other = KeyRing([b"another key for what lies sealed, long enough"])
    assert (await rotate_keys(rows, other)).lost[0].startswith("second_factors.secret")
    moved = KeyRing([b"another key for what lies sealed, long enough", settings.signing_key()])
    assert (await rotate_keys(rows, moved)).moved == 1
    # The service has not heard of that key.
    assert (await second(client, await challenge(client), phone.next_code())).status_code == 401
    await rotate_keys(
        rows, KeyRing([settings.signing_key(), b"another key for what lies sealed, long enough"])
    )
    assert (await second(client, await challenge(client), phone.next_code())).status_code == 200
    assert key_ring(settings).open(await rows.fetchval("SELECT secret FROM second_factors")) == phone.secret


async def test_live_one_code_shown_twice_at_once_lets_one_in(live: Live) -> None:
    async with live.sessions.begin() as session:
        person = await make_staff(session, username="lin")
    async with await live.caller_for(person) as caller:
        phone, _ = await enrolled(caller, live.clock)
    async with live.anonymous() as client:
        said, code = await challenge(client), phone.next_code()
        answers = await asyncio.gather(*(second(client, said, code) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]
