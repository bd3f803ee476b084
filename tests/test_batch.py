"""Who asks while a statement is on its way goes with the next one, and gets his own answer."""

import asyncio
from collections.abc import Sequence

import pytest

from app.batch import MOST, Batch


class Desk:
    """Answers with twice the number, once it is let."""

    def __init__(self, lanes: int = 1) -> None:
        self.asked: list[list[int]] = []
        self.gate, self.again = asyncio.Event(), asyncio.Event()
        self.fails: Exception | None = None
        self.batch = Batch(self._answers, lanes=lanes)

    async def _answers(self, questions: Sequence[int]) -> list[int]:
        self.asked.append([*questions])
        if len(self.asked) > 1:
            self.again.set()
        await self.gate.wait()
        if self.fails is not None:
            raise self.fails
        return [2 * question for question in questions]

    def ask(self, *questions: int) -> list[asyncio.Task[int]]:
        return [asyncio.create_task(self.batch.ask(question)) for question in questions]


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_those_who_come_at_once_go_together_and_each_gets_his_own() -> None:
    desk = Desk()
    desk.gate.set()
    assert await asyncio.gather(*desk.ask(1, 2, 3)) == [2, 4, 6]
    assert desk.asked == [[1, 2, 3]]


async def test_those_who_come_meanwhile_go_next() -> None:
    desk = Desk()
    first = desk.ask(1)
    await turns()
    later = desk.ask(2, 3)
    await turns()
    assert desk.asked == [[1]]
    desk.gate.set()
    assert await asyncio.gather(*first, *later) == [2, 4, 6]
    assert desk.asked == [[1], [2, 3]]


async def test_a_second_lane_does_not_wait_for_the_first() -> None:
    desk = Desk(lanes=2)
    asked = desk.ask(1)
    await turns()
    asked += desk.ask(2)
    await turns()
    assert desk.asked == [[1], [2]]
    desk.gate.set()
    await asyncio.gather(*asked)


async def test_nobody_waits_long_behind_one_that_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.batch.PATIENCE_SECONDS", 0.001)
    desk = Desk()
    stuck = desk.ask(1)
    await turns()
    others = desk.ask(2, 3)
    await asyncio.wait_for(desk.again.wait(), 10)
    assert desk.asked == [[1], [2, 3]]
    desk.gate.set()
    assert await asyncio.gather(*stuck, *others) == [2, 4, 6]
    # Who went past held no lane: there is one again, and only one.
    desk.gate.clear()
    monkeypatch.setattr("app.batch.PATIENCE_SECONDS", 60)
    last = desk.ask(4)
    await turns()
    last += desk.ask(5)
    await turns()
    assert desk.asked[2:] == [[4]]
    desk.gate.set()
    assert await asyncio.gather(*last) == [8, 10]


async def test_a_crowd_goes_in_several() -> None:
    desk = Desk()
    desk.gate.set()
    answers = await asyncio.gather(*desk.ask(*range(MOST + 3)))
    assert answers == [2 * n for n in range(MOST + 3)]
    assert [len(each) for each in desk.asked] == [MOST, 3]


async def test_a_failure_is_heard_by_all_of_its_askers_and_by_nobody_else() -> None:
    desk = Desk()
    desk.gate.set()
    desk.fails = ConnectionError("gone")
    heard = await asyncio.gather(*desk.ask(1, 2), return_exceptions=True)
    assert [type(each) for each in heard] == [ConnectionError, ConnectionError]
    desk.fails = None
    assert await desk.batch.ask(3) == 6


async def test_whoever_leaves_keeps_nobody_from_his_answer() -> None:
    desk = Desk()
    leaves, stays = desk.ask(1, 2)
    await turns()
    leaves.cancel()
    desk.gate.set()
    assert await stays == 4
    with pytest.raises(asyncio.CancelledError):
        await leaves
