"""A part of the worker looks when it is rung for, and no more often than it has to."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

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


class Elsewhere(Counting):
    hears = Topic.INBOUND


class Deaf(Counting):
    hears = None


class Echo(Counting):
    """Whatever it does rings for it again."""

    def __init__(self, bell: Bell) -> None:
        super().__init__(bell)
        self._bell = bell
        self.fifth = asyncio.Event()

    async def step(self) -> bool:
        self._bell.ring("ticket 17")
        if self.looks == 4:
            self.fifth.set()
        return await super().step()


@asynccontextmanager
async def running(part: Counting) -> AsyncIterator[None]:
    """From its first look on."""
    task = asyncio.create_task(part.run())
    await next_look(part)
    yield
    part.stop()
    await asyncio.wait_for(task, SOON)


async def next_look(part: Counting) -> None:
    await asyncio.wait_for(part.looked.wait(), SOON)
    part.looked.clear()


@pytest.mark.parametrize("payload", ["ticket 17", pytest.param("", id="lost for a while")])
async def test_its_own_ring_is_answered(payload: str) -> None:
    bell = Bell(NOWHERE)
    part = Counting(bell)
    async with running(part):
        bell.ring(payload)
        await next_look(part)


async def test_the_ring_of_others_is_not_answered() -> None:
    """One that is rung for looks twice meanwhile, and breathes in between: the others would have had the time."""
    bell = Bell(NOWHERE)
    rung, part, deaf = Elsewhere(bell), Counting(bell), Deaf(bell)
    async with running(part), running(deaf), running(rung):
        for _ in range(2):
            bell.ring("inbound")
            bell.ring("tickets")
            await next_look(rung)
        assert (rung.looks, part.looks, deaf.looks) == (3, 1, 1)


async def test_a_bell_that_never_falls_silent_is_answered_so_many_times_a_second() -> None:
    part = Echo(Bell(NOWHERE))
    began = asyncio.get_running_loop().time()
    async with running(part):
        await asyncio.wait_for(part.fifth.wait(), SOON)
        # The clock of the loop may be read a little early.
        assert asyncio.get_running_loop().time() - began > 4 * BREATH_SECONDS * 0.9


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
