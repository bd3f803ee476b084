"""What the system does when nobody does anything, state by state, as the clock is moved."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.lifecycle import OPEN, State
from app.services.operations.doctor import examine
from tests.harness.callers import Caller
from tests.harness.clock import Clock
from tests.make import make_service_point, make_staff
from tests.tickets.story import Story
from tests.tickets.traces import Left, last_event, of_ticket, sent
from tests.tickets.ways import reach


@dataclass(frozen=True)
class Due:
    """After ``minutes`` since the state was entered, ``event`` happens and leaves the ticket in ``state``."""

    minutes: float
    event: str
    state: str
    told: str | None = None


H = 60.0
# Windows of the stories are 14:00–16:00, the clock starts at 10:00.
WINDOW_END = 6 * H

SILENCE: dict[State, list[Due]] = {
    State.PENDING_INFO: [
        Due(24 * H, "reminded", "pending_info", "customer"),
        Due(48 * H, "reminded", "pending_info", "customer"),
        Due(72 * H, "expire_info", "cancelled", "customer"),
    ],
    State.ACCEPTED: [
        Due(2 * H, "reminded", "accepted", "staff"),
        Due(4 * H, "escalated", "accepted", "staff"),
    ],
    State.SCHEDULED: [
        Due(WINDOW_END, "escalated", "scheduled", "staff"),
        Due(WINDOW_END + 30, "engineer_no_show", "accepted", "customer"),
    ],
    State.ON_SITE: [
        Due(1 * H, "reminded", "on_site", "staff"),
        Due(4 * H, "escalated", "on_site", "staff"),
    ],
    State.QUOTE_PENDING: [
        Due(24 * H, "reminded", "quote_pending", "customer"),
        Due(72 * H, "decline_quote", "unresolved", "customer"),
    ],
    State.IN_REPAIR: [
        Due(90, "reminded", "in_repair", "staff"),
        Due(6 * H, "escalated", "in_repair", "staff"),
    ],
    State.WAITING_PARTS: [Due(6 * 24 * H, "escalated", "waiting_parts", "staff")],
    State.SUSPENDED: [Due(3 * 24 * H, "resume", "accepted", "customer")],
    State.COMPLETED: [
        Due(24 * H, "reminded", "completed", "customer"),
        Due(48 * H, "confirm", "confirmed", "customer"),
    ],
    State.CONFIRMED: [
        Due(7 * 24 * H, "rate_or_expire", "closed", "customer"),
    ],
    State.UNRESOLVED: [Due(20 * H, "escalated", "unresolved", "staff")],
}


@pytest.mark.parametrize("state", list(SILENCE))
async def test_silence_is_answered_at_its_time(
    state: State, story: Story, rows: asyncpg.Connection, clock: Clock
) -> None:
    await reach(story, state)
    entered = clock.now
    for due in SILENCE[state]:
        before = await last_event(rows, story.number)
        clock.now = entered + timedelta(minutes=due.minutes, seconds=-1)
        await story.sweep()
        assert await last_event(rows, story.number) == before, f"too early for {due}"
        clock.now = entered + timedelta(minutes=due.minutes)
        await story.sweep()
        left = await last_event(rows, story.number)
        assert (left.event, left.state, left.actor_role) == (due.event, due.state, "system")
        told = {message.recipient for message in await sent(rows, story.number, left.seq)}
        assert due.told in told
        # Looking again changes nothing: each step is taken once.
        await story.sweep()
        assert await last_event(rows, story.number) == left
    assert await examine(rows) == []


def test_every_open_state_is_looked_at() -> None:
    elsewhere = {State.SUBMITTED, State.DISPATCHING, State.OFFERED, State.EN_ROUTE}
    assert set(SILENCE) | elsewhere == OPEN


@pytest.mark.parametrize(
    ("state", "hours"), [(State.EN_ROUTE, 10), (State.ON_SITE, 12), (State.IN_REPAIR, 24)]
)
async def test_a_visit_that_nobody_ends_goes_back_to_dispatch(
    state: State, hours: int, story: Story, rows: asyncpg.Connection
) -> None:
    await reach(story, state)
    story.clock.advance(hours=hours)
    await story.sweep()
    events = [line["event"] for line in (await timeline(story)) if line["event"] == "abort_visit"]
    assert events == ["abort_visit"]
    assert await rows.fetchval("SELECT count(*) FROM visits WHERE state = 'cancelled'") == 1
    assert await examine(rows) == []


async def timeline(story: Story) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await story.agent.get(f"/api/v1/tickets/{story.number}/events")).json()[
        "items"
    ]
    return items


async def test_an_offer_runs_out_and_goes_to_the_next_and_never_back(
    story: Story, colleague: Caller, rows: asyncpg.Connection, clock: Clock
) -> None:
    await story.offered()
    assert await offered_to(rows) == [str(story.engineer.person.id)]
    clock.advance(minutes=14, seconds=59)
    await story.sweep()
    assert len(await offered_to(rows)) == 1
    clock.advance(seconds=1)
    late = await story.ask(story.engineer, "accept")
    assert (late.json()["code"], late.json()["msg"]) == ("blocked", "派单已超时，请在抢单池查看。")
    await story.sweep()
    both = [str(story.engineer.person.id), str(colleague.person.id)]
    assert await offered_to(rows) == both
    assert (await story.see())["state"] == "offered"
    clock.advance(minutes=15)
    await story.sweep()
    assert (await story.see())["state"] == "dispatching"
    clock.advance(days=2)
    await story.sweep()
    assert await offered_to(rows) == both
    states = [row["state"] for row in await rows.fetch("SELECT state FROM offers ORDER BY id")]
    assert states == ["expired", "expired"]


async def test_who_declines_is_not_asked_again_and_cannot_claim(
    story: Story, colleague: Caller, rows: asyncpg.Connection
) -> None:
    await story.offered()
    await story.step(story.engineer, "decline", reason_code="too_far")
    await story.sweep()
    assert await offered_to(rows) == [str(story.engineer.person.id), str(colleague.person.id)]
    await story.step(colleague, "decline", reason_code="no_time")
    seen = await story.see(story.engineer)
    (claim,) = seen["allowed_events"]
    assert [b["code"] for b in claim["blockers"]] == ["declined_before"]
    refused = await story.ask(story.engineer, "claim")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "declined_before")


async def offered_to(rows: asyncpg.Connection) -> list[str]:
    return [
        row["who"]
        for row in await rows.fetch("SELECT engineer_id::text AS who FROM offers ORDER BY offers.id")
    ]


async def test_when_nobody_is_available_the_managers_of_the_branch_hear_of_it(
    story: Story, rows: asyncpg.Connection, session: AsyncSession, clock: Clock
) -> None:
    elsewhere = await make_service_point(session, districts=["徐汇区"])
    bystander = await make_staff(session, role="manager", service_point_id=elsewhere.id)
    gone = await make_staff(session, role="manager", active=False)
    await rows.execute("UPDATE engineers SET skills = '{}'")
    await story.submit()
    await story.sweep()
    assert (await story.see())["state"] == "dispatching"
    clock.advance(minutes=14, seconds=59)
    await story.sweep()
    assert (await last_event(rows, story.number)).event == "triage"
    clock.advance(seconds=1)
    await story.sweep()
    left = await last_event(rows, story.number)
    assert (left.event, left.text) == ("escalated", "15分钟无人可派")
    told = {message.recipient_id for message in await sent(rows, story.number, left.seq)}
    assert told == {str(story.manager.person.id)}
    assert not told & {str(bystander.id), str(gone.id)}
    # The customer is not worried with what staff settle among themselves.
    events = (await story.customer.get(f"/api/v1/tickets/{story.number}/events")).json()["items"]
    assert [line["event"] for line in events] == ["submit", "triage"]


async def test_a_ticket_for_which_nobody_is_found_is_never_given_up(
    story: Story, rows: asyncpg.Connection, clock: Clock
) -> None:
    await rows.execute("UPDATE engineers SET skills = '{}'")
    await story.submit()
    await story.sweep()
    for _ in range(4):
        clock.advance(days=1)
        await story.sweep()
    wake: datetime = await of_ticket(rows, story.number, "wake_at")
    assert clock.now < wake <= clock.now + timedelta(days=1)
    await rows.execute("UPDATE engineers SET skills = '{空调维修}'")
    clock.advance(days=1)
    await story.sweep()
    assert (await story.see())["state"] == "offered"


async def test_an_answer_in_time_starts_the_time_anew(story: Story, rows: asyncpg.Connection) -> None:
    await reach(story, State.PENDING_INFO)
    story.clock.advance(hours=71)
    await story.step(story.customer, "supply_info", text="是挂机")
    story.clock.advance(hours=2)
    await story.sweep()
    assert (await story.see())["state"] == "offered"


async def urge(story: Story) -> None:
    answer = await story.customer.post(f"/api/v1/tickets/{story.number}/urgings", json={})
    assert answer.status_code == 201, answer.text


async def test_urging_does_not_put_off_what_the_system_has_to_do(
    story: Story, rows: asyncpg.Connection, clock: Clock
) -> None:
    await story.accepted()
    clock.advance(hours=2)
    await story.sweep()
    wake = await of_ticket(rows, story.number, "(wake_at, wake_step)")
    await urge(story)
    assert await of_ticket(rows, story.number, "(wake_at, wake_step)") == wake
    clock.advance(hours=2)
    await story.sweep()
    left: Left = await last_event(rows, story.number)
    assert left.text == "接单4小时仍未预约"
