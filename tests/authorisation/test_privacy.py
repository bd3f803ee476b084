"""Numbers, names, doors and credentials: who sees them, and where they must never turn up."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.logs import JsonLines
from app.services.sessions.ports import Identity
from tests.harness.callers import Caller
from tests.harness.wechat import FakeWeChat
from tests.tickets import bodies
from tests.tickets.story import SCORES, Story

PHONE, NAME, DOOR = "13912345678", "欧阳金丝雀", "金丝雀路 1 号 7 栋 1201 室"
OPENID = "o-canary-openid-0001"
CONTACT = {
    "contact": {"name": NAME, "phone": PHONE},
    "address": bodies.ADDRESS | {"detail": DOOR},
}


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that the process logs, as it is written in production."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.setLevel(before)
    root.removeHandler(handler)


async def reveal(story: Story, who: Caller) -> Response:
    return await who.post(f"/api/v1/tickets/{story.number}/contact-reveals", json={"reason": "上门前联系"})


async def audited(connection: AsyncConnection) -> list[tuple[str, str, str]]:
    rows = await connection.execute(text("SELECT actor_role, action, reason FROM audit_log ORDER BY id"))
    return [tuple(row) for row in rows]


async def test_a_whole_story_logs_neither_persons_nor_credentials(
    story: Story, client: Caller, wechat: FakeWeChat, logged: io.StringIO
) -> None:
    wechat.codes["canary-code"] = Identity(OPENID)
    signed_in = await client.post("/api/v1/sessions/mini-program", json={"code": "canary-code"})
    token = signed_in.json()["access_token"]
    await client.post("/api/v1/sessions/mini-program", json={"code": "canary-used"})
    await client.post("/api/v1/sessions/staff", json={"username": "x", "password": "canary-password"})
    await story.completed(**CONTACT)
    await reveal(story, story.engineer)
    await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=SCORES)
    await story.customer.post("/api/v1/tickets", json=bodies.report(contact={"name": NAME, "phone": 7}))
    await story.customer.get("/api/v1/tickets", params={"cursor": PHONE})
    lines = logged.getvalue().splitlines()
    assert len([line for line in lines if json.loads(line)["logger"] == "huixiang.access"]) > 15
    secrets = (PHONE, NAME, DOOR, OPENID, token, "canary")
    # The client of the tests logs too, and names what it calls.
    ours = [line for line in lines if json.loads(line)["logger"].startswith(("huixiang", "app."))]
    assert [line for line in ours for secret in secrets if secret in line] == []


async def test_no_answer_ever_gives_away_an_openid(
    client: Caller, wechat: FakeWeChat, logged: io.StringIO
) -> None:
    wechat.codes["c"] = Identity(OPENID, "u-canary")
    answer = await client.post("/api/v1/sessions/mini-program", json={"code": "c"})
    assert answer.status_code == 200
    me = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {answer.json()['access_token']}"})
    for said in (answer.text, me.text, str(answer.headers)):
        assert OPENID not in said
        assert "u-canary" not in said
        assert "session_key" not in said


def test_the_description_holds_no_examples_of_persons(application: FastAPI) -> None:
    described = json.dumps(application.openapi(), ensure_ascii=False)
    for word in ("session_key", "13800138000", "password_hash"):
        assert word not in described
    schemas = application.openapi()["components"]["schemas"]
    holders = {
        word: {name for name, schema in schemas.items() if word in schema.get("properties", {})}
        for word in ("openid", "secret")
    }
    # A trial of a template goes to whom staff name; an authenticator's secret is told to its owner once.
    assert holders == {"openid": {"TrialIn", "TrialOut"}, "secret": {"BegunOut"}}


async def test_the_customers_number_is_masked_for_everybody(story: Story) -> None:
    await story.accepted(**CONTACT)
    for who in (story.customer, story.engineer, story.agent):
        answer = await who.get(f"/api/v1/tickets/{story.number}")
        assert answer.json()["contact"]["phone_masked"] == "139****5678"
        assert PHONE not in answer.text
        for path in ("events", "slots"):
            assert PHONE not in (await who.get(f"/api/v1/tickets/{story.number}/{path}")).text


def hides_the_door(ticket: dict[str, Any]) -> bool:
    address = ticket["address"]
    hidden = (address["detail"], address["latitude"], address["longitude"]) == (None, None, None)
    return hidden and NAME not in str(ticket) and DOOR not in str(ticket) and PHONE not in str(ticket)


async def test_the_pool_shows_no_name_no_door_and_no_number(story: Story) -> None:
    await story.submit(**CONTACT)
    await story.step(story.agent, "triage")
    pooled = await story.see(story.engineer)
    assert pooled["state"] == "dispatching"
    assert hides_the_door(pooled)
    assert pooled["contact"]["name"] == "欧**"
    assert pooled["address"]["district"] == "浦东新区"
    assert (await reveal(story, story.engineer)).status_code == 403
    offered = await story.step(story.agent, "offer")
    assert offered["state"] == "offered"
    assert (await story.see(story.engineer))["address"]["detail"] == DOOR


async def test_an_offer_to_a_colleague_shows_no_door_to_whoever_was_there_before(
    story: Story, connection: AsyncConnection, as_manager: Caller
) -> None:
    await story.on_site(**CONTACT)
    await story.step(as_manager, "abort_visit", reason="客户投诉")
    assert hides_the_door(await story.see(story.engineer))
    await connection.execute(
        text("UPDATE tickets SET state = 'offered', offer_id = NULL WHERE number = :number"),
        {"number": story.number},
    )
    assert hides_the_door(await story.see(story.engineer))


async def test_each_look_at_the_number_is_written_down(story: Story, connection: AsyncConnection) -> None:
    await story.accepted(**CONTACT)
    assert await audited(connection) == []
    answer = await reveal(story, story.engineer)
    assert (answer.status_code, answer.json()["name"], answer.json()["phone"]) == (201, NAME, PHONE)
    assert await audited(connection) == [("engineer", "reveal_contact", "上门前联系")]
    await reveal(story, story.agent)
    assert [role for role, _, _ in await audited(connection)] == ["engineer", "agent"]


async def test_a_look_without_a_reason_is_refused(story: Story, connection: AsyncConnection) -> None:
    await story.accepted()
    for reason in ("", "   ", "\u200b"):
        answer = await story.engineer.post(
            f"/api/v1/tickets/{story.number}/contact-reveals", json={"reason": reason}
        )
        assert answer.status_code == 422
    assert await audited(connection) == []


async def test_the_number_is_the_engineers_from_acceptance_to_a_week_after(
    story: Story, connection: AsyncConnection
) -> None:
    await story.offered(**CONTACT)
    refused = await reveal(story, story.engineer)
    assert (refused.status_code, refused.json()["code"]) == (403, "contact_hidden")
    assert PHONE not in refused.text
    await story.step(story.engineer, "accept")
    assert (await reveal(story, story.engineer)).status_code == 201
    await story.step(story.customer, "cancel", reason_code="changed_mind")
    story.clock.advance(days=7, seconds=-1)
    assert (await reveal(story, story.engineer)).status_code == 201
    story.clock.now += timedelta(seconds=1)
    assert (await reveal(story, story.engineer)).status_code == 403
    assert len(await audited(connection)) == 2
