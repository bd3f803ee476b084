"""Ids of others inside bodies and queries: each answers as if it did not exist, and moves nothing."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.lifecycle import Event, State
from app.models import Attachment, Customer
from tests.authorisation.steps import body_of
from tests.authorisation.test_transitions import put_into
from tests.authorisation.world import NO_SUCH_TICKET, World, told
from tests.harness.callers import Caller
from tests.make import make_asset
from tests.tickets import bodies
from tests.tickets.photos import photo
from tests.tickets.story import SCORES


async def photo_of(caller: Caller) -> str:
    answer = await caller.post("/api/v1/attachments", files={"file": ("a.jpg", photo(), "image/jpeg")})
    assert answer.status_code == 201
    made: str = answer.json()["id"]
    return made


async def change(world: World, who: str, event: Event, **fields: Any) -> Response:
    version = (await world.story.see(world.story.agent))["version"]
    body = body_of(event, world.story.clock.now, version) | fields
    return await world.callers[who].post(f"/api/v1/tickets/{world.number}/transitions", json=body)


async def test_nobody_reports_for_an_appliance_of_others(
    world: World, owner: Customer, session: AsyncSession
) -> None:
    hers = await make_asset(session, owner, serial_number="SN-1")
    answers = [
        await world.callers["stranger"].post("/api/v1/tickets", json=bodies.report(asset_id=str(asset_id)))
        for asset_id in (hers.id, uuid4())
    ]
    assert told(answers[0]) == told(answers[1])
    assert answers[0].status_code == 422
    assert [error["field"] for error in answers[0].json()["errors"]] == ["body.asset_id"]
    assert (await world.callers["stranger"].get("/api/v1/tickets")).json()["items"] == []


async def test_nobody_shows_a_photo_of_others_in_his_report(world: World, session: AsyncSession) -> None:
    hers = await photo_of(world.story.customer)
    stranger = world.callers["stranger"]
    answers = [
        await stranger.post("/api/v1/tickets", json=bodies.report(attachment_ids=[photo_id]))
        for photo_id in (hers, str(uuid4()))
    ]
    assert told(answers[0]) == told(answers[1])
    assert (answers[0].status_code, answers[0].json()["errors"][0]["code"]) == (422, "unknown_attachment")
    row = await session.get_one(Attachment, UUID(hers), populate_existing=True)
    assert row.ticket_id is None
    assert (await stranger.get("/api/v1/tickets")).json()["items"] == []


WITH_PHOTOS = [
    ("owner", Event.SUPPLY_INFO, State.PENDING_INFO),
    ("owner", Event.DISPUTE, State.COMPLETED),
    ("owner", Event.RATE_OR_EXPIRE, State.CONFIRMED),
    ("engineer", Event.NO_ACCESS, State.EN_ROUTE),
]


@pytest.mark.parametrize(("who", "event", "state"), WITH_PHOTOS)
async def test_no_event_takes_a_photo_of_others(
    world: World, session: AsyncSession, who: str, event: Event, state: State
) -> None:
    strangers = await photo_of(world.callers["stranger"])
    async with world.undone():
        await put_into(world, state)
        answers = [
            await change(world, who, event, attachment_ids=[photo_id])
            for photo_id in (strangers, str(uuid4()))
        ]
        assert told(answers[0]) == told(answers[1])
        assert (answers[0].status_code, answers[0].json()["errors"][0]["code"]) == (422, "unknown_attachment")
        assert (await world.story.see())["state"] == state
    row = await session.get_one(Attachment, UUID(strangers), populate_existing=True)
    assert row.ticket_id is None


async def test_no_rating_takes_a_photo_of_others(world: World) -> None:
    strangers = await photo_of(world.callers["stranger"])
    await put_into(world, State.CONFIRMED)
    url = f"/api/v1/tickets/{world.number}/rating"
    answer = await world.story.customer.put(url, json=SCORES | {"attachment_ids": [strangers]})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_attachment")
    assert (await world.story.see())["rating"] is None


async def test_a_photo_on_one_ticket_does_not_move_to_another(world: World) -> None:
    (hers,) = (await world.story.see())["attachments"]
    answer = await world.story.customer.post(
        "/api/v1/tickets", json=bodies.report(attachment_ids=[hers["id"]])
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_attachment")
    assert [photo["id"] for photo in (await world.story.see())["attachments"]] == [hers["id"]]


async def test_tickets_of_two_customers_never_become_one(world: World) -> None:
    answer = await world.callers["stranger"].post("/api/v1/tickets", json=bodies.report())
    strangers = answer.json()["number"]
    refused = await change(world, "agent", Event.MERGE, into=strangers)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "not_mergeable")
    unknown = await change(world, "agent", Event.MERGE, into=NO_SUCH_TICKET)
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "not_found")
    assert (await world.callers["stranger"].get(f"/api/v1/tickets/{strangers}")).json()["version"] == 1


async def test_only_an_engineer_of_the_trade_is_offered_a_job(world: World) -> None:
    await change(world, "agent", Event.REASSIGN, reason="改派")
    outsider = str(world.callers["outsider"].person.id)
    agent = str(world.callers["agent"].person.id)
    answers = [
        await change(world, "agent", Event.OFFER, engineer_id=somebody)
        for somebody in (outsider, agent, str(uuid4()))
    ]
    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert {answer.json()["code"] for answer in answers} == {"nobody_fits"}


async def test_an_engineer_reads_nobodys_figures_but_his_own(world: World) -> None:
    colleague = str(world.callers["engineer"].person.id)
    answers = [
        await world.callers["outsider"].get("/api/v1/kpi/engineers", params={"engineer_id": somebody})
        for somebody in (colleague, str(uuid4()))
    ]
    assert told(answers[0]) == told(answers[1])
    assert answers[0].status_code == 404
    mine = (await world.callers["outsider"].get("/api/v1/kpi/engineers")).json()["items"]
    assert [row["name"] for row in mine] == ["吴师傅"]


async def test_a_cursor_of_others_opens_only_what_is_ones_own(world: World) -> None:
    for _ in range(2):
        await world.story.customer.post("/api/v1/tickets", json=bodies.report())
    page = (await world.story.customer.get("/api/v1/tickets", params={"limit": 1})).json()
    assert page["next_cursor"]
    answer = await world.callers["stranger"].get("/api/v1/tickets", params={"cursor": page["next_cursor"]})
    assert answer.json() == {"items": [], "next_cursor": None}


async def test_an_appliance_is_listed_for_its_owner_only(
    world: World, owner: Customer, session: AsyncSession
) -> None:
    await make_asset(session, owner, serial_number="SN-2")
    hers = (await world.story.customer.get("/api/v1/assets")).json()["items"]
    assert "SN-2" in [asset["serial_number"] for asset in hers]
    assert (await world.callers["stranger"].get("/api/v1/assets")).json() == {"items": []}


async def test_a_photo_has_no_address_but_the_signed_one(world: World) -> None:
    path, _, query = world.photo_url.partition("?")
    signed = dict(pair.split("=") for pair in query.split("&"))
    stranger = str(world.callers["stranger"].person.id)
    for claim in ({}, signed | {"viewer": stranger}, signed | {"signature": "0" * 64}):
        for who in ("anonymous", "stranger", "admin"):
            answer = await world.callers[who].get(path, params=claim)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
