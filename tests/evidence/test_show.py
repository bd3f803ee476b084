"""Before and after beside each other, for the customer and on his page."""

from datetime import timedelta

import asyncpg

from tests.evidence.jobs import evidence, url
from tests.harness.callers import Caller
from tests.tickets.story import Story

HOSTILE = "<img src=x onerror=alert(1)>"


async def test_before_and_after_with_captions(story: Story) -> None:
    await story.in_repair()
    await story.photo(story.engineer, "before", caption="外机积灰")
    await story.photo(story.engineer, "after", caption="清洗后")
    (visit,) = (await evidence(story))["visits"]
    assert [piece["caption"] for piece in visit["before"]] == ["外机积灰"]
    assert [piece["caption"] for piece in visit["after"]] == ["清洗后"]
    assert (visit["engineer"], visit["sealed"]) == ("陈师傅", False)
    picture = await story.customer.get(visit["before"][0]["thumbnail_url"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")


async def test_the_page_shows_them_side_by_side_and_runs_nothing(story: Story) -> None:
    await story.in_repair()
    await story.photo(story.engineer, "before", caption=HOSTILE)
    await story.photo(story.engineer, "after")
    page = (await story.customer.get(f"/h5/tickets/{story.number}")).text
    assert 'class="sides"' in page
    assert page.index("服务前") < page.index("服务后")
    assert HOSTILE not in page
    assert "&lt;img src=x" in page
    assert page.count('loading="lazy"') == 2


async def test_only_those_of_the_job_see_it(story: Story, stranger: Caller, colleague: Caller) -> None:
    await story.in_repair()
    await story.photo(story.engineer, "before")
    for who in (stranger, colleague):
        assert (await who.get(url(story, "evidence"))).status_code == 404


async def test_whoever_could_claim_the_job_does_not_see_the_home(story: Story, colleague: Caller) -> None:
    await story.offered()
    await story.step(story.engineer, "decline", reason_code="too_far")
    assert (await colleague.get(url(story, "evidence"))).status_code == 403


async def test_each_piece_is_noted_with_its_hash_and_a_clock_that_is_off(
    story: Story, rows: asyncpg.Connection
) -> None:
    await story.in_repair()
    late = story.clock.now - timedelta(minutes=11)
    await story.photo(story.engineer, "before", taken_at=late.isoformat())
    await story.photo(story.engineer, "after", taken_at=story.clock.now.isoformat())
    noted = await rows.fetch(
        "SELECT e.data, a.sha256, a.visit_id FROM ticket_events e"
        " JOIN attachments a ON a.id::text = e.data->>'attachment_id'"
        " WHERE e.event = 'evidence' ORDER BY e.seq"
    )
    assert [row["data"]["sha256"] for row in noted] == [row["sha256"] for row in noted]
    assert [row["data"]["visit_id"] for row in noted] == [row["visit_id"] for row in noted]
    assert [row["data"].get("off_seconds") for row in noted] == [660, None]
