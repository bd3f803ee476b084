"""What the customer confirmed stays as it was, whoever tries, through the API or past it."""

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.services.operations.doctor import examine
from tests.evidence.jobs import blockers, evidence, finish, url
from tests.tickets.photos import photo
from tests.tickets.story import Story

TAMPER = [
    "DELETE FROM attachments WHERE purpose = 'after'",
    "UPDATE attachments SET sha256 = 'x' WHERE purpose = 'before'",
    "UPDATE attachments SET visit_id = NULL WHERE purpose = 'before'",
    "UPDATE attachments SET visit_id = (SELECT max(id) FROM visits) WHERE purpose = 'report'",
    "INSERT INTO checklist_entries (visit_id, item, staff_id, noted_at)"
    " SELECT max(visit_id), 'tidy', max(staff_id::text)::uuid, now() FROM attachments WHERE purpose = 'after'",
    "UPDATE visits SET sealed_seq = NULL",
    "UPDATE evidence_seals SET digest = ''",
    "DELETE FROM evidence_seals",
]


@pytest.fixture
async def confirmed(story: Story) -> Story:
    await story.in_repair()
    await story.photo(story.customer, "report")
    await story.photo(story.engineer, "before")
    await story.photo(story.engineer, "after")
    await finish(story)
    await story.step(story.customer, "confirm")
    return story


async def test_a_confirmation_seals(confirmed: Story, rows: asyncpg.Connection) -> None:
    shown = await evidence(confirmed)
    assert [visit["sealed"] for visit in shown["visits"]] == [True]
    data = await rows.fetchval("SELECT data FROM ticket_events WHERE event = 'confirm'")
    assert shown["digest"] == data["evidence_digest"]
    assert len(shown["digest"]) == 64
    assert await examine(rows) == []


@pytest.mark.parametrize("statement", TAMPER)
async def test_the_database_refuses_to_change_it(
    confirmed: Story, rows: asyncpg.Connection, statement: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        async with rows.transaction():
            await rows.execute(statement)
    assert refused.value.constraint_name == "evidence_sealed"


async def test_the_api_refuses_to_add_or_to_withdraw(confirmed: Story) -> None:
    mine = (await evidence(confirmed, confirmed.engineer))["visits"][0]["before"][0]["id"]
    for who in (confirmed.engineer, confirmed.agent, confirmed.manager):
        added = await who.post(
            "/api/v1/attachments",
            files={"file": ("a.jpg", photo(), "image/jpeg")},
            data={"ticket": confirmed.number, "purpose": "after"},
        )
        assert (added.status_code, added.json()["code"]) == (409, "evidence_sealed")
        answer = await who.post(url(confirmed, f"evidence/{mine}/withdraw"), json={"reason": "拍错"})
        assert (answer.status_code, answer.json()["code"]) == (409, "evidence_sealed")


async def test_a_seal_that_does_not_fit_is_found(confirmed: Story, rows: asyncpg.Connection) -> None:
    await rows.execute("ALTER TABLE attachments DISABLE TRIGGER keep_sealed")
    await rows.execute("UPDATE attachments SET sha256 = 'x' WHERE purpose = 'before'")
    assert [finding.invariant.name for finding in await examine(rows)] == ["seals_unbroken"]


async def test_rework_wants_evidence_of_its_own_and_gets_a_seal_upon_the_first(
    confirmed: Story, rows: asyncpg.Connection
) -> None:
    story = confirmed
    first = (await evidence(story))["digest"]
    await story.step(story.customer, "reopen", reason="又不制冷了")
    await story.sweep()
    await story.step(story.engineer, "accept")
    story.clock.advance(minutes=1)
    await book_and_start(story)
    assert await blockers(story, "finish") == ["photo_before_missing", "photo_after_missing"]
    await story.photo(story.engineer, "before")
    await story.photo(story.engineer, "after")
    await finish(story)
    await story.step(story.customer, "confirm")
    shown = await evidence(story)
    assert [visit["sealed"] for visit in shown["visits"]] == [True, True]
    assert await rows.fetchval("SELECT previous FROM evidence_seals ORDER BY seq DESC LIMIT 1") == first
    assert await examine(rows) == []


async def test_a_job_that_is_reopened_may_join_another_and_leaves_what_is_sealed(
    confirmed: Story, rows: asyncpg.Connection
) -> None:
    story, first = confirmed, confirmed.number
    await story.step(story.customer, "reopen", reason="又不制冷了")
    other = (await story.submit())["number"]
    story.number = first
    merged = await story.step(story.agent, "merge", into=other)
    assert sorted(each["purpose"] for each in merged["attachments"]) == ["after", "before"]
    assert (await story.see(story.agent))["attachments"] == merged["attachments"]
    story.number = other
    assert [each["purpose"] for each in (await story.see(story.agent))["attachments"]] == ["report"]
    assert await examine(rows) == []
    story.number = first
    back = await story.step(story.agent, "unmerge")
    assert sorted(each["purpose"] for each in back["attachments"]) == ["after", "before", "report"]


async def book_and_start(story: Story) -> None:
    window = (await story.customer.get(url(story, "slots"))).json()["items"][0]
    await story.step(story.customer, "book", window={"start": window["start"], "end": window["end"]})
    story.clock.now = max(story.clock.now, story.clock.now.fromisoformat(window["start"]))
    await story.step(story.engineer, "depart")
    await story.step(story.engineer, "arrive", latitude=31.2310, longitude=121.5440)
    await story.step(story.engineer, "start")


async def test_a_wrong_photo_is_withdrawn_and_counts_no_more(story: Story, session: AsyncSession) -> None:
    await story.in_repair()
    wrong = await story.photo(story.engineer, "before")
    await story.photo(story.engineer, "after")
    assert await blockers(story, "finish") == []
    for who, status in (
        (story.agent, 404),
        (story.customer, 403),
        (story.engineer, 204),
        (story.engineer, 404),
    ):
        answer = await who.post(url(story, f"evidence/{wrong}/withdraw"), json={"reason": "拍到隔壁"})
        assert answer.status_code == status
    assert await blockers(story, "finish") == ["photo_before_missing"]
    assert (await evidence(story))["visits"][0]["before"] == []
    (kept,) = (await evidence(story, story.agent))["visits"][0]["before"]
    assert (kept["id"], kept["withdrawn_reason"]) == (wrong, "拍到隔壁")
    told = (await story.customer.get(url(story, "events"))).json()["items"]
    assert "拍到隔壁" not in str(told)
    assert await examine(await driver(session)) == []
