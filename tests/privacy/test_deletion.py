"""An account is given up: nothing of the person is left anywhere, and nothing that counts has changed."""

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.period import Period
from app.services.attachments.objects import keys_of
from app.services.kpi.recount import recount
from app.services.operations.doctor import examine
from tests.harness.callers import Caller
from tests.privacy.leavetaking import NAME, TELLTALES, URL, found_in, full_life, gone, gone_later, photo_ids
from tests.tickets.story import Story


async def figures(story: Story) -> list[object]:
    month = {"month": f"{story.clock.now:%Y-%m}"}
    return [
        (await story.manager.get(f"/api/v1/kpi/{what}", params=month)).json()
        for what in ("engineers", "teams", "service-points", "agents")
    ]


async def money(rows: asyncpg.Connection) -> list[object]:
    return [
        await rows.fetch("SELECT ticket_id, total_fen, call_out_fen, agreed_fen FROM receipts"),
        await rows.fetch("SELECT ticket_id, version, state, total_fen FROM quotes"),
        await rows.fetch("SELECT ticket_id, kind, begins_on, ends_on FROM warranties"),
        await rows.fetch("SELECT state, count(*) FROM tickets GROUP BY 1"),
    ]


async def test_nothing_of_the_person_is_left_and_all_that_counts_is(
    story: Story, session: AsyncSession, rows: asyncpg.Connection, stranger: Caller
) -> None:
    await full_life(story, session, stranger)
    store = story.customer.app.state.store
    # The life has left its mark nearly everywhere; without that, finding nothing would mean nothing.
    before = await found_in(rows, *TELLTALES)
    assert {table for table, _ in before} >= {
        "tickets", "ticket_events", "outbox", "ticket_messages", "receipts", "quotes", "completions", "ratings",
        "attachments", "audit_log", "idempotency_keys", "kpi_appeals", "customers", "assets", "households",
        "wechat_identities", "case_steps", "qr_scenes", "ticket_routes", "incident_tickets", "incident_entries",
        "incidents", "incident_actions",
    }  # fmt: skip
    pictures = await photo_ids(rows)
    assert len(pictures) == 3
    story.clock.advance(days=7, minutes=1)
    shown, paid = await figures(story), await money(rows)
    compared, differences = await recount(rows, Period.month_of(story.clock.now), story.clock.now)
    story.clock.advance(days=-7, minutes=-1)
    proof = await gone(story, store)
    assert await found_in(rows, *TELLTALES) == set()
    for each in pictures:
        assert [await store.get(key) for key in keys_of(each)] == [None] * len(keys_of(each))
    assert await rows.fetchval("SELECT count(*) FROM file_removals") == 0
    assert (await figures(story), await money(rows)) == (shown, paid)
    assert differences == []
    assert await recount(rows, Period.month_of(story.clock.now), story.clock.now) == (compared, [])
    assert await examine(rows) == []
    assert (proof["state"], proof["counts"]["tickets"], proof["counts"]["files"]) == ("done", 1, 3)
    assert (await story.customer.get("/api/v1/me")).status_code == 401
    assert (await story.see(story.agent))["contact"]["name"] != NAME


async def test_what_is_open_stands_in_its_way_and_is_named(story: Story) -> None:
    await story.accepted()
    seen = (await story.customer.get(URL)).json()
    assert (seen["pending"], [each["code"] for each in seen["blockers"]]) == (False, ["open_ticket"])
    refused = await story.customer.post(URL)
    assert (refused.status_code, refused.json()["code"]) == (409, "deletion_blocked")
    assert refused.json()["blockers"][0]["number"] == story.number
    assert story.number in refused.json()["msg"]


async def test_it_can_be_thought_over(story: Story, rows: asyncpg.Connection) -> None:
    store = story.customer.app.state.store
    asked = await story.customer.post(URL)
    assert (await story.customer.post(URL)).json()["code"] == "deletion_pending"
    assert (await story.customer.get(URL)).json()["pending"] is True
    assert (await story.customer.delete(URL)).status_code == 204
    assert (await story.customer.delete(URL)).status_code == 204
    proof = (await story.agent.get(f"/api/v1/deletion-proofs/{asked.json()['code']}")).json()
    assert (proof["state"], proof["counts"]) == ("cancelled", {})
    again = await gone(story, store)
    assert again["state"] == "done"
    assert await rows.fetchval("SELECT count(*) FROM customers WHERE erased_at IS NOT NULL") == 1


async def test_what_was_reported_meanwhile_is_carried_out_first(
    story: Story, rows: asyncpg.Connection
) -> None:
    store = story.customer.app.state.store
    asked = await story.customer.post(URL)
    story.clock.advance(days=1)
    await story.submit()
    assert (await gone_later(story, store, asked.json()["code"], days=6))["state"] == "requested"
    await story.step(story.customer, "cancel", reason_code="changed_mind")
    story.clock.advance(days=1)
    assert (await gone_later(story, store, asked.json()["code"]))["state"] == "done"
    assert await rows.fetchval("SELECT fault FROM tickets") == ""
