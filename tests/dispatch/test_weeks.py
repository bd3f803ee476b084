"""Days that are remembered are those that the database has."""

from datetime import date, timedelta

import asyncpg
import pytest

from app.domain.dispatch.plan import Candidate
from app.domain.zone import ZONE
from app.services.dispatch.weeks import FINGERPRINT, Weeks
from tests.tickets.story import Story

_FINGERPRINTS = f"""
SELECT e.id::text, {FINGERPRINT} AS fingerprint FROM engineers e JOIN staff s ON s.id = e.id
 WHERE e.id = ANY ($2::uuid[])
"""  # noqa: S608 (a constant)
# Whatever an offer or a booking could depend on.
CHANGES = {
    "home": "UPDATE engineers SET latitude = latitude + .001",
    "name": "UPDATE staff SET name = '陈一'",
    "span": "UPDATE rosters SET spans = tstzmultirange(tstzrange(lower(spans), upper(spans) - interval '1 hour'))",
    "no day": "DELETE FROM rosters",
    "most visits": "UPDATE rosters SET max_visits = 1",
    "planned": "UPDATE visits SET planned = tstzrange(lower(planned), upper(planned) - interval '1 minute')",
    "promised": "UPDATE visits SET promised = tstzrange(lower(promised), upper(promised) + interval '1 minute')",
    "meets": "UPDATE visits SET meets = tstzrange(lower(promised), lower(promised) + interval '30 minutes')",
    "place": "UPDATE visits SET longitude = longitude + .001",
    "departed": "UPDATE visits SET departed_at = lower(planned)",
    "cancelled": "UPDATE visits SET state = 'cancelled'",
    "done today": "UPDATE visits SET state = 'done', finished_at = lower(planned)",
}


@pytest.mark.parametrize("change", CHANGES)
async def test_what_changes_is_read_again(change: str, story: Story, rows: asyncpg.Connection) -> None:
    await story.scheduled()
    weeks, days = Weeks(), _days(story)
    before = await _known(weeks, rows, story, days)
    assert await _known(weeks, rows, story, days) == before

    await rows.execute(CHANGES[change])

    after = await _known(weeks, rows, story, days)
    assert after != before
    assert after == await _known(Weeks(), rows, story, days)


async def test_nothing_is_read_twice_and_no_more_is_kept_than_said(
    story: Story, rows: asyncpg.Connection
) -> None:
    await story.scheduled()
    weeks, days = Weeks(most=1), _days(story)
    first = await weeks.of(rows, await _fingerprints(rows, story, days), days)
    again = await weeks.of(rows, await _fingerprints(rows, story, days), days)
    (engineer,) = first
    assert again[engineer] is first[engineer]
    await weeks.of(rows, await _fingerprints(rows, story, days[:3]), days[:3])
    forgotten = await weeks.of(rows, await _fingerprints(rows, story, days), days)
    assert forgotten[engineer] is not first[engineer]


def _days(story: Story) -> tuple[date, ...]:
    today = story.clock.now.astimezone(ZONE).date()
    return tuple(today + timedelta(days=n) for n in range(-1, 5))


async def _fingerprints(rows: asyncpg.Connection, story: Story, days: tuple[date, ...]) -> dict[str, int]:
    found = await rows.fetch(_FINGERPRINTS, days, [story.engineer.person.id])
    return {row["id"]: row["fingerprint"] for row in found}


async def _known(
    weeks: Weeks, rows: asyncpg.Connection, story: Story, days: tuple[date, ...]
) -> list[tuple[object, ...]]:
    """What the remembered days say, visit by visit."""
    found = await weeks.of(rows, await _fingerprints(rows, story, days), days)
    return [_told(span) for spans in found.values() for span in spans]


def _told(span: Candidate) -> tuple[object, ...]:
    return span.name, span.home, span.shift, tuple(span.stops), span.max_visits, span.other_visits
