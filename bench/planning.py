"""``python -m bench.planning URL``: the planner beside a run, in a process of its own as in the product.

It asks for a plan of every day each second, and says ``ready`` when the first may come.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta

from app.bell import Bell
from app.db import Database, open_database
from app.domain.dispatch.board import Board
from app.domain.zone import ZONE
from app.settings import Settings
from app.workers.beside import beside
from app.workers.planner import Planner
from app.workers.thinking import thinking

DAYS = 5
# Of CPU time for each plan: a day of twenty engineers is small.
PLAN_SECONDS = 0.1
_PLAN = """
INSERT INTO plan_requests (service_point_id, day, cause, wanted_at)
SELECT md5('point0')::uuid, day, 'bench', $2 FROM unnest($1::date[]) day
"""


def days() -> list[datetime]:
    midnight = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return [midnight + timedelta(days=1 + i) for i in range(DAYS)]


async def main(url: str) -> None:
    settings = Settings(database_url=url)
    async with open_database(settings) as database, beside() as aside:
        think = thinking(aside, settings.plan_engine)
        await think(Board((), (), ()), PLAN_SECONDS)  # so that the process is there

        async def briefly(board: Board, _: float) -> Board:
            return await think(board, PLAN_SECONDS)

        print("ready", flush=True)
        await _keep_planning(database, Planner(database.sessions, briefly, Bell(url)))


async def _keep_planning(database: Database, planner: Planner) -> None:
    """Every day is asked for every second, and planned as fast as the planner can."""
    while True:
        async with database.writes.acquire() as connection:
            await connection.execute(_PLAN, [day.date() for day in days()], datetime.now(UTC))
        began = time.monotonic()
        while time.monotonic() < began + 1:
            if not await planner.step():
                await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
