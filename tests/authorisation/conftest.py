from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.models import Customer, HouseholdMember, ServicePoint
from app.models.people import StaffRole
from app.services.seed.membership import RULES as MEMBERSHIP
from app.services.tickets import stream
from app.settings import Settings
from app.wechat.accounts import Account
from tests.authorisation.world import ABSENCE, APPID, BADGE, LINK, POINT, TOKEN, WEBHOOK, World
from tests.harness.callers import Caller, CallerFor
from tests.make import (
    make_contractor,
    make_customer,
    make_engineer,
    make_household,
    make_part,
    make_roster,
    make_scene,
    make_service_point,
    make_short_link,
    make_staff,
)
from tests.tickets.conftest import engineer, story, stranger
from tests.tickets.story import Story

__all__ = ["engineer", "story", "stranger"]


@pytest.fixture
async def outsider(caller_for: CallerFor, session: AsyncSession, story: Story) -> Caller:
    """An engineer of another district and another trade."""
    person = await make_staff(session, role=StaffRole.ENGINEER, name="吴师傅")
    made = await make_engineer(session, staff=person, skills=["television"], areas=["崇明区"])
    await make_roster(session, made, story.clock.now.date(), start=8, end=20)
    return await caller_for(made)


@pytest.fixture
async def contractor(caller_for: CallerFor, session: AsyncSession) -> Caller:
    """The dispatcher of a contractor with one engineer, who repairs televisions elsewhere."""
    engineer = await make_engineer(
        session,
        staff=await make_staff(session, role=StaffRole.ENGINEER, name="孙师傅"),
        skills=["television"],
        areas=["崇明区"],
    )
    _, dispatcher = await make_contractor(session, "崇明快修", engineer)
    return await caller_for(dispatcher)


@pytest.fixture
async def disabled(caller_for: CallerFor, session: AsyncSession) -> Caller:
    """Signed in first, dismissed then."""
    person = await make_staff(session, role=StaffRole.ADMIN, name="前同事")
    caller = await caller_for(person)
    person.active = False
    await session.flush()
    return caller


@pytest.fixture
async def world(
    app: FastAPI,
    settings: Settings,
    story: Story,
    client: Caller,
    stranger: Caller,
    outsider: Caller,
    disabled: Caller,
    contractor: Caller,
    as_manager: Caller,
    as_admin: Caller,
    connection: AsyncConnection,
    session: AsyncSession,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[World]:
    # A stream that ends at once, a console of WeChat, and figures that are not for everybody.
    monkeypatch.setattr(stream, "LIFETIME_SECONDS", 0.0)
    app.state.accounts = {APPID: Account(APPID, "official", "secret", "token")}
    app.state.settings = settings.model_copy(update={"metrics_token": SecretStr("prometheus")})
    accepted = await story.accepted()
    assert accepted["state"] == "accepted"
    await story.photo(story.customer, "report")
    callers = {
        "anonymous": client,
        "owner": story.customer,
        "stranger": stranger,
        "engineer": story.engineer,
        "outsider": outsider,
        "disabled": disabled,
        "agent": story.agent,
        "manager": as_manager,
        "admin": as_admin,
        "contractor": contractor,
    }
    await make_scene(session, BADGE, "engineer_badge", {"id": str(story.engineer.person.id)})
    point = await make_service_point(session)
    await make_scene(session, POINT, "service_point", {"id": str(point.id)})
    await make_short_link(session, LINK)
    photo_url = (await story.see())["attachments"][0]["url"]
    yield World(story, callers, photo_url, connection, await ids_of(story, stranger, as_admin, contractor))
    app.state.accounts, app.state.settings = {}, settings


async def ids_of(story: Story, stranger: Caller, admin: Caller, contractor: Caller) -> dict[str, str]:
    """Two customers who might be one, a merge that was made, a text that waits for a person, a service point, a draft
    of the price table, and a household of the owner's with one other member."""
    async with story.database.sessions.begin() as session:
        one, other = await make_customer(session), await make_customer(session)
        point = await session.scalar(select(ServicePoint.id))
        await make_part(session)
        owner = await session.get_one(Customer, story.customer.person.id)
        home = await make_household(session, owner, await make_customer(session))
        member = await session.scalar(
            select(HouseholdMember.id).where(
                HouseholdMember.household_id == home.id, HouseholdMember.customer_id != owner.id
            )
        )
    engineer = str(story.engineer.person.id)
    absence = (await admin.post(f"/api/v1/engineers/{engineer}/absences", json=ABSENCE)).json()["id"]
    wish = {"customer_id": str(one.id), "into": str(other.id), "reason": "同一人"}
    force = await admin.post("/api/v1/incidents", json={"ticket": story.number})
    merge = (await admin.post("/api/v1/customer-merges", json=wish)).json()["id"]
    await stranger.put("/api/v1/me/profile", json={"nickname": "加我微信"})
    (check,) = (await admin.get("/api/v1/content-checks")).json()["items"]
    await admin.post("/api/v1/membership/rules", json=MEMBERSHIP.model_dump(mode="json"))
    draft = (await admin.post("/api/v1/price-lists", json={})).json()["version"]
    return {
        "version": str(draft),
        "customer_id": str(stranger.person.id),
        "into": str(story.customer.person.id),
        "merge_id": merge,
        "check_id": check["id"],
        "service_point_id": str(point),
        "engineer_id": engineer,
        "token_id": (await admin.post("/api/v1/api-tokens", json=TOKEN)).json()["id"],
        "team_id": (await admin.post("/api/v1/teams", json={"name": "客服组"})).json()["id"],
        "endpoint_id": (await admin.post("/api/v1/webhooks", json=WEBHOOK)).json()["id"],
        "contractor_id": (await contractor.get("/api/v1/contractors")).json()["items"][0]["id"],
        "absence_id": absence,
        "order_id": "4711",
        "household_id": str(home.id),
        "member_id": str(member),
        "follow_up_id": "4711",
        "case_id": "4711",
        "incident": force.json()["number"],
        "staff_id": engineer,
        "action_id": "4711",
        "listed": "tickets",
        "ticket": story.number,
        "appeal_id": "4711",
        "asset_id": (await story.see())["asset_id"],
        "day": "2026-12-25",
        "year": "2027",
    }


@pytest.fixture
def owner(world: World) -> Customer:
    person = world.story.customer.person
    assert isinstance(person, Customer)
    return person
