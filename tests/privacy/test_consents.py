"""What a customer allows: his words on versions of a text, and a no that is heeded at once."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.delivery import Verdict
from app.models import Customer
from app.services.notifications.deliver import Ways, deliver
from app.services.notifications.lease import lease
from app.services.tickets.reveal import MOST_AN_HOUR
from app.wechat.templates import Registry
from tests.harness.callers import Caller
from tests.make import make_push, make_ticket
from tests.tickets.story import SCORES, Story

MINE, TEXTS = "/api/v1/me/privacy", "/api/v1/consent-texts"


async def say(who: Caller, purpose: str, given: bool, **headers: str) -> Any:
    body = {"purpose": purpose, "version": 1, "given": given, "source": "mini_program"}
    return await who.post(f"{MINE}/consents", json=body, headers=headers)


async def standing(who: Caller, purpose: str) -> dict[str, Any]:
    document = (await who.get(MINE)).json()
    found: dict[str, Any] = next(each for each in document["consents"] if each["purpose"] == purpose)
    return found


async def test_every_word_is_kept_with_the_text_that_it_was_about(
    as_customer: Caller, as_admin: Caller, client: Caller, rows: asyncpg.Connection
) -> None:
    first = next(t for t in (await client.get(TEXTS)).json()["items"] if t["purpose"] == "public_reviews")
    assert hashlib.sha256(first["text"].encode()).hexdigest() == first["sha256"]
    assert (await say(as_customer, "public_reviews", True)).status_code == 201
    published = await as_admin.post(
        TEXTS, json={"purpose": "public_reviews", "text": "评价会展示在网点和小程序首页。"}
    )
    assert (published.status_code, published.json()["version"]) == (201, 2)
    outdated = await say(as_customer, "public_reviews", True)
    assert (outdated.status_code, outdated.json()["errors"][0]["code"]) == (422, "outdated")
    # A no needs no new reading.
    key = {"Idempotency-Key": "no"}
    said = await say(as_customer, "public_reviews", False, **key)
    assert (await say(as_customer, "public_reviews", False, **key)).json() == said.json()
    now = await standing(as_customer, "public_reviews")
    assert (now["allowed"], now["current_version"]) == (False, 2)
    assert [(h["version"], h["given"], h["source"]) for h in now["history"]] == [
        (1, False, "mini_program"),
        (1, True, "mini_program"),
    ]
    assert now["history"][0]["sha256"] == first["sha256"]
    assert (await client.get(f"{TEXTS}/public_reviews/1")).json() == first
    for change in ("UPDATE consent_texts SET text = 'x'", "DELETE FROM consent_texts"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            async with rows.transaction():
                await rows.execute(change)


async def test_what_a_service_needs_is_given_up_with_the_account_only(as_customer: Caller) -> None:
    refused = await say(as_customer, "service", False)
    assert (refused.status_code, refused.json()["code"]) == (409, "consent_needed")


async def test_a_no_to_invitations_stops_what_waits_and_what_comes(
    as_customer: Caller, session: AsyncSession, rows: asyncpg.Connection
) -> None:
    person = as_customer.person
    assert isinstance(person, Customer)
    ticket = await make_ticket(session, person)
    waiting = await make_push(session, ticket, 1, kind="rating_invitation")
    progress = await make_push(session, ticket, 2)
    assert (await say(as_customer, "rating_invitations", False)).status_code == 201
    states = dict(await rows.fetch("SELECT id, state FROM outbox"))
    assert (states[waiting.id], states[progress.id]) == ("superseded", "queued")
    other = await make_ticket(session, person)
    await make_push(session, other, 1, kind="rating_invitation")
    await rows.execute("UPDATE outbox SET state = 'delivered' WHERE id = $1", progress.id)
    now = datetime.now(UTC)
    (leased,) = await lease(rows, limit=5, now=now)
    tried = await deliver(leased, Ways({}, Registry({}), "http://test"), now)
    assert (tried.decision.verdict, tried.reason) == (Verdict.SUPERSEDED, "consent_withdrawn")


async def test_a_no_to_calls_and_to_showing_reviews_is_heeded_at_once(
    story: Story, rows: asyncpg.Connection
) -> None:
    await story.completed()
    rating = SCORES | {"comment": "很好"}
    await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=rating)
    point = await rows.fetchval("SELECT service_point_id FROM tickets WHERE number = $1", story.number)
    url = f"/api/v1/service-points/{point}/reviews"
    assert len((await story.agent.get(url)).json()["items"]) == 1
    await say(story.customer, "public_reviews", False)
    assert (await story.agent.get(url)).json()["items"] == []
    await say(story.customer, "follow_up_calls", False)
    assert (await story.customer.get("/api/v1/me/follow-up-calls")).json()["allowed"] is False
    assert (await standing(story.customer, "follow_up_calls"))["allowed"] is False
    await say(story.customer, "follow_up_calls", True)
    assert (await standing(story.customer, "follow_up_calls"))["allowed"] is True


async def test_the_customer_sees_who_looked_and_nobody_looks_without_end(story: Story) -> None:
    await story.accepted()
    url = f"/api/v1/tickets/{story.number}/contact-reveals"
    for _ in range(MOST_AN_HOUR):
        assert (await story.agent.post(url, json={"reason": "核对上门时间"})).status_code == 201
    refused = await story.agent.post(url, json={"reason": "核对上门时间"})
    assert (refused.status_code, "retry-after" in refused.headers) == (429, True)
    assert (await story.engineer.post(url, json={"reason": "到楼下了"})).status_code == 201
    seen = (await story.customer.get(MINE)).json()
    assert seen["looked"] == MOST_AN_HOUR + 1
    assert {key: seen["looks"][0][key] for key in ("role", "reason", "number")} == {
        "role": "engineer",
        "reason": "到楼下了",
        "number": story.number,
    }
    story.clock.advance(minutes=61)
    assert (await story.agent.post(url, json={"reason": "回访"})).status_code == 201
