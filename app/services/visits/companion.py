"""A visit of two: the second engineer's day is held like the first one's, and both begin together.

Days are locked in the order of engineers before any visit is touched, as everywhere; so whoever may come along is
looked for twice: without locks to learn whose days to lock, and again when nothing can change any more.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from app.domain.dispatch.insertion import rank
from app.domain.dispatch.place import Rules
from app.domain.dispatch.plan import PROMISED, Span
from app.domain.dispatch.together import Together
from app.domain.notices import Notice, clock_text, staff_notice
from app.domain.situation import Engineer, Situation, Visit, Window
from app.domain.zone import ZONE
from app.models.visits import LIVE_VISITS
from app.services.dispatch.candidates import Demand, candidates, demand
from app.services.dispatch.engineer import engineer_card
from app.services.plans.request import request_plan_for
from app.services.tickets.change import Change
from app.services.visits.hold import SlotTaken, hold, lock_days, take_over

# A day that is locked keeps others waiting: one companion is enough to lock, in whatever part of the window he fits.
_LOCKED = 1
# Calendars change while one looks: so many parts are tried before the window counts as taken.
_TRIES = 3
_RULES = Rules(limits=PROMISED)

_PLANNED = "SELECT lower(planned) AS start, upper(planned) AS end FROM visits WHERE id = $1"
_MEETING = "SELECT lower(meets) AS start, upper(meets) AS end FROM visits WHERE id = $1"
_MEETS = "UPDATE visits SET meets = tstzrange($2, $3) WHERE id = $1"
_ALONE = "UPDATE visits SET meets = NULL WHERE id = $1"
_LET_GO = f"""
UPDATE visits SET state = 'cancelled', ended_seq = $2 WHERE accompanies = $1 AND {LIVE_VISITS}
RETURNING engineer_id::text, lower(promised) AS start
"""


class NobodyToCome(SlotTaken):
    """The window itself may be free: it is a second engineer who is missing."""

    msg = "这个时段约不到两位工程师，请选择其他时段。"


@dataclass(frozen=True)
class Team:
    """Those who could come along with the ticket's engineer; their days are locked, and his."""

    wanted: Demand
    companions: list[str]


async def lock_team(change: Change, window: Window) -> Team:
    wanted = await _demand(change, window)
    found = await _pairs(change, wanted, window, None)
    return Team(wanted, await _locked(change, [window], [companion for _, companion in found[:_LOCKED]]))


async def hold_both(change: Change, window: Window, team: Team) -> tuple[Visit, Engineer]:
    """A new visit of the ticket's engineer, and of whoever of the ``team`` costs least beside him.

    Errors: slot_taken, also when one of the two cannot.
    """
    lead, wanted = _lead(change), team.wanted
    for begin, companion in await _pairs(change, wanted, window, team.companions):
        try:
            # Of a pair that does not come about nothing is kept.
            async with change.connection.transaction():
                visit = await hold(change, lead, window, wanted.job.point, meets=begin)
                return visit, await _held(change, wanted, visit, begin, companion)
        except SlotTaken:
            continue
    raise NobodyToCome


async def join(change: Change, visit: Visit, *, only: str | None = None) -> tuple[Engineer, str | None]:
    """Somebody beside the engineer of a visit that is booked, who begins when he does; and who is let go for him.

    Errors: slot_taken when nobody can.
    """
    planned = await change.connection.fetchrow(_PLANNED, visit.id)
    begin = Window(planned["start"], min(planned["end"], visit.window.end))
    wanted = await _demand(change, visit.window)
    able = (await _beside(change, wanted, visit, begin, [only] if only else None))[:_LOCKED]
    await _locked(change, [visit.window], able)
    gone = await part(change, visit)
    for companion in await _beside(change, wanted, visit, begin, able):
        try:
            async with change.connection.transaction():
                await change.connection.execute(_MEETS, visit.id, begin.start, begin.end)
                return await _held(change, wanted, visit, begin, companion), gone
        except SlotTaken:
            continue
    raise NobodyToCome


async def relieve(change: Change, visit: Visit) -> tuple[Engineer, Visit]:
    """Somebody in place of the first engineer, who begins when the second one does: appointment and code stay.

    Errors: slot_taken when nobody can.
    """
    meeting = await change.connection.fetchrow(_MEETING, visit.id)
    begin = Window(meeting["start"], meeting["end"])
    wanted = await _demand(change, visit.window)
    able = (await _beside(change, wanted, visit, begin, None))[:_LOCKED]
    await _locked(change, [visit.window], able)
    for engineer_id in await _beside(change, wanted, visit, begin, able):
        try:
            async with change.connection.transaction():
                lead = await engineer_card(change.connection, engineer_id)
                return lead, await take_over(change, lead, visit, wanted.job.point, meets=begin)
        except SlotTaken:
            continue
    raise NobodyToCome


async def part(change: Change, visit: Visit) -> str | None:
    """Who would have come too need not; None when there was nobody. His day is locked."""
    await change.connection.execute(_ALONE, visit.id)
    gone = await change.connection.fetchrow(_LET_GO, visit.id, change.before.seq + 1)
    if gone is None:
        return None
    engineer_id: str = gone["engineer_id"]
    await request_plan_for(change.connection, engineer_id, gone["start"], now=change.now, cause="不再同行")
    return engineer_id


async def lock_both(change: Change, *windows: Window) -> None:
    """The days of those who come as it stands."""
    await _locked(change, windows, ())


def told(s: Situation, engineer_id: str, change: Change, *, comes: bool) -> Notice:
    """What the second engineer hears."""
    when = clock_text(s.window.start) if s.window else ""
    with_whom = s.engineer.name if s.engineer else ""
    hint = f"请与{with_whom}一同上门：{when}" if comes else "此单不再需要您同行"
    return staff_notice(s, engineer_id, matter=s.service, level="两人上门", hint=hint, at=change.now)


def _lead(change: Change) -> Engineer:
    assert change.before.engineer is not None, "a visit has its engineer"  # noqa: S101
    return change.before.engineer


async def _demand(change: Change, window: Window) -> Demand:
    """Of the day in question alone."""
    wanted = await demand(change.connection, change.before, change.now)
    if wanted is None:
        raise NobodyToCome(detail="neither the address nor its branch has a position")
    return replace(wanted, days=(window.start.astimezone(ZONE).date(),))


async def _pairs(
    change: Change, wanted: Demand, window: Window, among: Collection[str] | None
) -> list[tuple[Window, str]]:
    """When the two would begin, and who the second one is."""
    lead = _lead(change).id
    asked = None if among is None else [lead, *among]
    able = await candidates(change.connection, wanted, only=asked, free_of_limits=True)
    span = Span.of(window.start, window.end)
    job = replace(wanted.job, earliest=int(change.now.timestamp()), due=span.end)
    leads = [each for each in able if each.engineer_id == lead]
    found = Together(job, leads, able, _RULES).pairs(span)
    return [(Window(p.begin.start_at, p.begin.end_at), p.companion.engineer_id) for p in found[:_TRIES]]


async def _beside(
    change: Change,
    wanted: Demand,
    visit: Visit,
    begin: Window,
    asked: Collection[str] | None,
) -> list[str]:
    """Not those two who come as it stands: in place of either of them somebody else is sought."""
    others = await candidates(change.connection, wanted, only=asked, free_of_limits=True)
    come = {visit.engineer_id, change.before.companion.id if change.before.companion else ""}
    rivals = [other for other in others if other.engineer_id not in come]
    span = Span.of(begin.start, begin.end)
    ranking = rank(replace(wanted.job, windows=(span,), due=span.end), rivals, _LOCKED, _RULES)
    return [found.engineer_id for found in (ranking.winner, *ranking.runners_up) if found]


async def _locked(change: Change, windows: Collection[Window], able: Collection[str]) -> list[str]:
    s = change.before
    was = [s.companion.id] if s.companion else []
    for engineer_id in sorted({_lead(change).id, *was, *able}):
        await lock_days(change.connection, engineer_id, *windows, *([s.window] if s.window else []))
    return list(able)


async def _held(change: Change, wanted: Demand, visit: Visit, begin: Window, engineer_id: str) -> Engineer:
    companion = await engineer_card(change.connection, engineer_id)
    await hold(change, companion, visit.window, wanted.job.point, meets=begin, accompanies=visit.id)
    return companion
