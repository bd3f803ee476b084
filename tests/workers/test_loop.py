"""A part of the worker looks when it is rung for, and no more often than it has to."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import app
from app.bell import Bell, Topic, is_about
from app.workers.loop import BREATH_SECONDS, Loop

NOWHERE = "postgresql://nobody@localhost/nothing"
SOON = 10.0


class Counting(Loop):
    name = "counting"
    hears: Topic | None = Topic.TICKET
    # By the clock it would not look again within a test.
    every = 60.0

    def __init__(self, bell: Bell | None = None) -> None:
        super().__init__(bell)
        self.looks = 0
        self.looked = asyncio.Event()

    async def step(self) -> bool:
        self.looks += 1
        self.looked.set()
        return False


class Deaf(Counting):
    hears = None


@asynccontextmanager
async def running(part: Counting) -> AsyncIterator[None]:
    """From its first look on, and after it has breathed."""
    task = asyncio.create_task(part.run())
    await asyncio.wait_for(part.looked.wait(), SOON)
    await asyncio.sleep(2 * BREATH_SECONDS)
    part.looked.clear()
    yield
    part.stop()
    await asyncio.wait_for(task, SOON)


async def test_its_own_ring_is_answered() -> None:
    bell = Bell(NOWHERE)
    part = Counting(bell)
    async with running(part):
        bell.ring("ticket 17")
        await asyncio.wait_for(part.looked.wait(), SOON)


async def test_anybodys_ring_is_its_own_too() -> None:
    """The bell was lost for a while: nobody knows what was missed."""
    bell = Bell(NOWHERE)
    part = Counting(bell)
    async with running(part):
        bell.ring("")
        await asyncio.wait_for(part.looked.wait(), SOON)


async def test_the_ring_of_others_is_not_answered() -> None:
    bell = Bell(NOWHERE)
    part, deaf = Counting(bell), Deaf(bell)
    async with running(part), running(deaf):
        for payload in ("inbound", "plan", "tickets", "tick"):
            bell.ring(payload)
        bell.ring("ticket 17")
        await asyncio.wait_for(part.looked.wait(), SOON)
        await asyncio.sleep(2 * BREATH_SECONDS)
        assert (part.looks, deaf.looks) == (2, 1)


async def test_a_bell_that_never_falls_silent_is_answered_so_many_times_a_second() -> None:
    bell = Bell(NOWHERE)
    part = Counting(bell)
    async with running(part):
        began, rings = asyncio.get_running_loop().time(), 0
        while (seconds := asyncio.get_running_loop().time() - began) < 10 * BREATH_SECONDS:
            bell.ring(f"ticket {rings}")
            rings += 1
            await asyncio.sleep(0.001)
        assert rings > part.looks
        assert 1 <= part.looks - 1 <= seconds / BREATH_SECONDS + 1


def test_what_is_rung_for_is_a_word_of_its_own() -> None:
    assert is_about("ticket 17", Topic.TICKET)
    assert not is_about("ticket 17", Topic.TRIAL)
    assert all(is_about("", topic) for topic in Topic)


def test_every_topic_is_rung_and_heard() -> None:
    """And nobody rings with a word that nobody hears."""
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for path in Path(app.__file__).parent.rglob("*.py")
        if path.name != "bell.py"
    )
    assert "pg_notify" not in source
    rung = set(re.findall(r"ring_sql\(Topic\.(\w+)", source))
    heard = set(re.findall(r"(?:hears = |is_about\(heard, )Topic\.(\w+)", source))
    assert rung == heard == {topic.name for topic in Topic}
