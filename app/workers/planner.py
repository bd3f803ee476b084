"""Plans territories anew, one at a time, and tells customers who comes; the thinking is done in another process."""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import asyncpg
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.bell import Bell, Topic
from app.db import driver
from app.domain.dispatch.board import Board
from app.domain.dispatch.changes import Group, cost, groups
from app.services.plans.announce import announce_one
from app.services.plans.apply import apply
from app.services.plans.stand_in import stand_in
from app.services.plans.strand import strand
from app.services.plans.territory import Seen, Territory, read_territory
from app.services.plans.turns import Turn, ask_for_rounds, conclude, give_back, take_turn
from app.services.visits.hold import SlotTaken
from app.workers.beside import Left
from app.workers.loop import Loop

# Of CPU time, for a day of so many visits or more; a smaller one is arranged as well in as much less. The first plan of
# a day has the whole of it to arrange.
FIRST_SECONDS, SECONDS = 2.5, 0.3
WHOLE_DAY = 60
_ROUNDS_EVERY = timedelta(seconds=20)

_OVERTAKEN = (
    asyncpg.ExclusionViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    IntegrityError,
)

log = logging.getLogger(__name__)

Think = Callable[[Board, float], Awaitable[Board]]


def budget(visits: int, *, first: bool) -> float:
    """Seconds of CPU time that the plan of a day with so many visits is worth."""
    return (FIRST_SECONDS if first else SECONDS) * min(1.0, max(1, visits) / WHOLE_DAY)


class Planner(Loop):
    name = "planner"
    hears = Topic.PLAN

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        think: Think,
        bell: Bell,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(bell)
        self._sessions = sessions
        self._think = think
        self._clock = clock
        self._asked_at: datetime | None = None

    async def step(self) -> bool:
        now = self._clock()
        async with self._sessions.begin() as session:
            connection = await driver(session)
            if await announce_one(connection, now):
                return True
            if self._asked_at is None or now >= self._asked_at + _ROUNDS_EVERY:
                await ask_for_rounds(connection, now)
                self._asked_at = now
            turn = await take_turn(connection, now)
        if turn is None:
            return False
        try:
            await self._plan(turn, now)
        except Left:
            async with self._sessions.begin() as session:
                await give_back(await driver(session), turn)
        return True

    async def _plan(self, turn: Turn, now: datetime) -> None:
        async with self._sessions.begin() as session:
            territory = await read_territory(await driver(session), turn.service_point_id, turn.day, now)
        before = territory.board
        after = await self._think(before, budget(len(before.visits), first=turn.first))
        done = [group for group in groups(before, after) if await self._applied(territory, group, now)]
        served = {seat.visit_id for group in done for seat in group.seats}
        lost = [before.visits[i].stop.visit_id for i in before.loose]
        alone = [territory.visits[visit] for visit in lost if visit not in served]
        stranded = [seen for seen in alone if not await self._stood_in(seen, now)]
        for seen in stranded:
            async with self._sessions.begin() as session:
                await strand(await driver(session), seen, now=now)
        async with self._sessions.begin() as session:
            await conclude(
                await driver(session),
                turn,
                territory,
                minutes_before=cost(before),
                done=done,
                stranded=[seen.number for seen in stranded],
            )

    async def _applied(self, territory: Territory, group: Group, now: datetime) -> bool:
        try:
            async with self._sessions.begin() as session:
                return await apply(await driver(session), territory, group, now=now)
        except _OVERTAKEN:
            # Somebody is putting, or has put, something else there; the next plan sees it.
            log.info("plan.overtaken", extra={"engineers": list(group.engineers)})
            return False

    async def _stood_in(self, seen: Seen, now: datetime) -> bool:
        try:
            async with self._sessions.begin() as session:
                return await stand_in(await driver(session), seen, now=now)
        except (SlotTaken, *_OVERTAKEN):
            return False
