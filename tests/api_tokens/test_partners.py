"""Another system with a token: what it may, once for each of its numbers, and nobody's data."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.edge.rates import RateLimit
from app.models import ApiToken, Ticket
from tests.harness.callers import Caller
from tests.harness.clock import Clock
from tests.make import make_service_point
from tests.tickets import bodies
from tests.tickets.story import Story

TOKENS, TICKETS = "/api/v1/api-tokens", "/api/v1/partner/tickets"


async def token(admin: Caller, clock: Clock, **over: Any) -> dict[str, Any]:
    body = {
        "name": "电商平台",
        "scopes": ["tickets:create", "tickets:read"],
        "expires_at": (clock.now + timedelta(days=90)).isoformat(),
    }
    answer = await admin.post(TOKENS, json=body | over)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.fixture
async def system(app: FastAPI, as_admin: Caller, story: Story, clock: Clock) -> Caller:
    """``story`` brings the town in which tickets can be made."""
    return Caller(app, (await token(as_admin, clock))["token"])


async def report(system: Caller, reference: str = "ERP-1", **over: Any) -> Response:
    return await system.post(TICKETS, json=bodies.report(external_reference=reference, **over))


async def test_a_token_is_shown_once_and_kept_as_a_digest(
    as_admin: Caller, clock: Clock, session: AsyncSession
) -> None:
    made = await token(as_admin, clock)
    (listed,) = (await as_admin.get(TOKENS)).json()["items"]
    assert listed == {key: value for key, value in made.items() if key != "token"}
    row = (await session.scalars(select(ApiToken))).one()
    assert made["token"].startswith(row.prefix)
    assert made["token"].encode() not in row.digest


async def test_one_ticket_for_each_of_its_numbers(system: Caller, session: AsyncSession) -> None:
    first, again = await report(system), await report(system)
    assert (first.status_code, first.json()) == (201, again.json())
    assert (first.json()["channel"], first.json()["external_reference"]) == ("api", "ERP-1")
    other = await report(system, fault="漏水")
    assert (other.status_code, other.json()["code"]) == (409, "external_reference_used")
    assert await session.scalar(select(func.count()).select_from(Ticket)) == 1
    found = await system.get(TICKETS, params={"external_reference": "ERP-1"})
    assert found.json()["items"] == [first.json()]


async def test_it_sees_how_a_ticket_stands_and_nobodys_data(
    system: Caller, story: Story, session: AsyncSession
) -> None:
    story.number = (await report(system)).json()["number"]
    await story.sweep()
    seen = await system.get(f"{TICKETS}/{story.number}")
    events = await system.get(f"{TICKETS}/{story.number}/events")
    assert seen.json()["state"] == events.json()["items"][-1]["state"] == "offered"
    for word in ("13800138000", bodies.report()["contact"]["name"], bodies.report()["address"]["detail"]):
        assert word not in seen.text + events.text
    desk = await story.see(story.agent)
    assert desk["channel"] == "api"


async def test_it_may_only_what_its_scopes_say(
    app: FastAPI, as_admin: Caller, story: Story, clock: Clock
) -> None:
    reads = Caller(app, (await token(as_admin, clock, scopes=["tickets:read"]))["token"])
    assert (await report(reads)).status_code == 403
    assert (await reads.get(TICKETS, params={"external_reference": "x"})).json() == {"items": []}


async def test_one_of_a_service_point_knows_no_other(
    app: FastAPI, as_admin: Caller, story: Story, clock: Clock, session: AsyncSession
) -> None:
    mine = await story.submit()
    elsewhere = await make_service_point(session, name="崇明网点", districts=["崇明区"])
    made = await token(as_admin, clock, service_point_id=str(elsewhere.id))
    system = Caller(app, made["token"])
    assert (await system.get(f"{TICKETS}/{mine['number']}")).status_code == 404
    refused = await report(system)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "body.address")
    assert (await system.get(TICKETS, params={"external_reference": "ERP-1"})).json() == {"items": []}


async def test_a_token_that_is_revoked_or_over_opens_nothing(
    app: FastAPI, as_admin: Caller, clock: Clock
) -> None:
    one, other = await token(as_admin, clock), await token(as_admin, clock)
    asked = f"{TICKETS}?external_reference=x"
    assert (await Caller(app, one["token"]).get(asked)).status_code == 200
    used = (await as_admin.get(TOKENS)).json()["items"]
    assert sorted(each["last_used_at"] is None for each in used) == [False, True]
    await as_admin.post(f"{TOKENS}/{one['id']}/revoke")
    assert (await Caller(app, one["token"]).get(asked)).status_code == 401
    clock.advance(days=91)
    assert (await Caller(app, other["token"]).get(asked)).status_code == 401


async def test_each_has_a_limit_of_its_own(app: FastAPI, as_admin: Caller, clock: Clock) -> None:
    app.state.token_limit = RateLimit(2)
    one, other = [Caller(app, (await token(as_admin, clock))["token"]) for _ in range(2)]
    asked = f"{TICKETS}?external_reference=x"
    assert [(await one.get(asked)).status_code for _ in range(3)] == [200, 200, 429]
    assert (await other.get(asked)).status_code == 200


async def test_every_report_says_by_which_way_it_came(story: Story) -> None:
    assert (await story.submit())["channel"] == "mini_program"
    for said, channel in ({}, "hotline"), ({"channel": "web"}, "web"):
        made = await story.agent.post("/api/v1/tickets", json=bodies.report(**said))
        assert made.json()["channel"] == channel
