"""What takes a processor for long is done in another process, which may be killed."""

import asyncio
import os
import signal
import time
from concurrent.futures.process import BrokenProcessPool

import pytest

from app.workers.beside import NICENESS, Beside, Left, beside
from app.workers.trends import count_trends
from tests.harness.live import Live


async def elsewhere(aside: Beside) -> int:
    pid = await aside.run(os.getpid)
    assert pid != os.getpid()
    return pid


async def test_another_process_does_it_and_lets_others_go_first() -> None:
    async with beside() as aside:
        assert await elsewhere(aside) == await elsewhere(aside)
        assert await aside.run(os.nice, 0) == min(19, os.nice(0) + NICENESS)


async def test_who_asks_hears_what_went_wrong() -> None:
    async with beside() as aside:
        with pytest.raises(ValueError, match="invalid literal"):
            await aside.run(int, "seven")
        await elsewhere(aside)


async def test_a_killed_process_is_replaced() -> None:
    async with beside() as aside:
        first = await elsewhere(aside)
        os.kill(first, signal.SIGKILL)
        with pytest.raises(BrokenProcessPool):
            await aside.run(os.getpid)
        assert await elsewhere(aside) != first


async def test_who_ends_waits_for_nothing() -> None:
    async with beside() as aside:
        at_work = await elsewhere(aside)
        long = asyncio.create_task(aside.run(time.sleep, 3600))
        await asyncio.sleep(0)
        aside.leave()
        with pytest.raises(Left):
            await asyncio.wait_for(long, 5)
        with pytest.raises(Left):
            await asyncio.wait_for(aside.run(os.getpid), 5)
        # The interpreter of the tests would wait for it; the worker ends without.
        os.kill(at_work, signal.SIGKILL)


async def test_the_trends_of_half_a_year_are_counted_there(live: Live) -> None:
    async with beside() as aside:
        turns = 1
        while await aside.run(count_trends, live.settings.database_url):
            turns += 1
        assert not await aside.run(eval, "'sqlalchemy' in __import__('sys').modules"), (
            "each start waits for it"
        )
    async with live.database.reads.acquire() as connection:
        days, gaps = await connection.fetchrow(
            "SELECT count(*), (max(day) - min(day) + 1) - count(*) FROM trend_days"
        )
    assert (days > 150, gaps) == (True, 0)
    assert turns > 1, "a plan may have waited in between"


async def test_without_a_database_there_is_nothing_to_count() -> None:
    async with beside() as aside:
        assert not await aside.run(count_trends, "postgresql://nobody@127.0.0.1:1/nothing")
