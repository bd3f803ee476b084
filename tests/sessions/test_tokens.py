"""Which tokens open the door, and how soon a door closes behind a change of mind."""

from datetime import datetime

import jwt
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Customer, Staff
from app.models.people import StaffRole
from app.services.sessions.issue import issue
from app.services.sessions.redirects import depart
from app.settings import Settings
from tests.harness.callers import Caller, CallerFor, token_for
from tests.harness.clock import Clock
from tests.make import make_customer, make_staff

ME = "/api/v1/me"
STRANGER = "00000000-0000-4000-8000-000000000001"


async def status_with(client: Caller, token: str) -> int:
    return (await client.get(ME, headers={"Authorization": f"Bearer {token}"})).status_code


@pytest.fixture
async def claims(
    session: AsyncSession, customer: Customer, settings: Settings, now: datetime
) -> dict[str, object]:
    """What a good token of a live session says; each test spoils one thing."""
    token = await token_for(session, customer, now=now, settings=settings)
    found: dict[str, object] = jwt.decode(token, options={"verify_signature": False})
    return found


def signed(claims: dict[str, object], settings: Settings, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, settings.signing_key(), algorithm)


async def test_the_unspoilt_token_works(
    client: Caller, claims: dict[str, object], settings: Settings
) -> None:
    assert await status_with(client, signed(claims, settings)) == 200


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "staff"},
        {"aud": "oauth-state"},
        {"aud": ["customer", "staff"]},
        {"sub": STRANGER},
        {"jti": STRANGER},
        {"jti": "not an id"},
        {"exp": 0},
        {"exp": 10**30},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"jti": None},
        {"aud": None},
    ],
    ids=str,
)
async def test_a_token_with_one_claim_changed_or_left_out_is_refused(
    client: Caller, claims: dict[str, object], settings: Settings, change: dict[str, object]
) -> None:
    changed = {name: value for name, value in (claims | change).items() if value is not None}
    assert await status_with(client, signed(changed, settings)) == 401


async def test_other_keys_and_algorithms_are_refused(
    client: Caller, claims: dict[str, object], settings: Settings
) -> None:
    unsigned = jwt.encode(claims, "", "none")
    foreign = jwt.encode(claims, b"another key, just as long as ours is", "HS256")
    other = signed(claims, settings, "HS512")
    assert [await status_with(client, token) for token in (unsigned, foreign, other, "x" * 5000, "")] == [
        401
    ] * 5


async def test_the_note_of_an_oauth_trip_is_no_token(
    client: Caller, settings: Settings, now: datetime
) -> None:
    note = depart("/h5/", appid="wx1", now=now, key=settings.signing_key()).note
    assert await status_with(client, note) == 401


async def test_no_token_says_how_to_bring_one(client: Caller) -> None:
    answer = await client.get(ME)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "unauthenticated"


async def test_a_session_ends_when_its_time_is_over(
    as_customer: Caller, clock: Clock, settings: Settings
) -> None:
    clock.advance(hours=settings.session_hours, seconds=-1)
    assert (await as_customer.get(ME)).status_code == 200
    clock.advance(seconds=1)
    assert (await as_customer.get(ME)).status_code == 401


async def test_signing_out_ends_this_session_and_no_other(
    as_customer: Caller, caller_for: CallerFor, customer: Customer
) -> None:
    other_phone = await caller_for(customer)
    assert (await as_customer.delete("/api/v1/sessions/current")).status_code == 204
    assert (await as_customer.get(ME)).status_code == 401
    assert (await other_phone.get(ME)).status_code == 200


async def test_a_changed_role_counts_at_the_next_request(
    caller_for: CallerFor, session: AsyncSession
) -> None:
    staff = await make_staff(session, role=StaffRole.MANAGER)
    caller = await caller_for(staff)
    assert (await caller.get(ME)).json()["role"] == "manager"
    staff.role = StaffRole.AGENT
    await session.flush()
    assert (await caller.get(ME)).json()["role"] == "agent"


async def test_a_deactivated_staff_member_is_out_at_once(
    caller_for: CallerFor, session: AsyncSession
) -> None:
    staff = await make_staff(session)
    colleague = await caller_for(await make_staff(session))
    caller = await caller_for(staff)
    staff.active = False
    await session.flush()
    assert (await caller.get(ME)).status_code == 401
    assert (await colleague.get(ME)).status_code == 200


@pytest.mark.parametrize(
    ("method", "origin", "status"),
    [
        ("GET", None, 200),
        ("DELETE", "http://test", 204),
        ("DELETE", None, 403),
        ("DELETE", "http://evil.example", 403),
        ("DELETE", "http://test.evil.example", 403),
        ("DELETE", "null", 403),
    ],
)
async def test_a_cookie_changes_something_only_from_our_own_pages(
    client: Caller,
    session: AsyncSession,
    settings: Settings,
    now: datetime,
    method: str,
    origin: str | None,
    status: int,
) -> None:
    token = await token_for(session, await make_customer(session), now=now, settings=settings)
    headers = {"Cookie": f"hx_session={token}"} | ({"Origin": origin} if origin else {})
    path = ME if method == "GET" else "/api/v1/sessions/current"
    assert (await client.request(method, path, headers=headers)).status_code == status


async def test_issued_says_how_long_it_lasts(
    session: AsyncSession, settings: Settings, now: datetime
) -> None:
    staff: Staff = await make_staff(session)
    issued = await issue(
        session, staff, now=now, lifetime=settings.session_lifetime, key=settings.signing_key()
    )
    assert issued.expires_in == settings.session_hours * 3600
