from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.clock import Clock
from tests.sandbox.bench import Bench
from tests.sandbox.conftest import SETTINGS, running
from tests.sandbox.service import Service

REAL = 1_767_225_600.0


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The real time, which the test moves."""
    moment = [REAL]
    monkeypatch.setattr("sandbox.clock.time.time", lambda: moment[0])
    return moment


def test_it_may_be_ahead_and_run_faster(at: list[float]) -> None:
    clock = Clock()
    clock.advance(100)
    clock.run(60.0)
    at[0] += 10
    assert clock.now() == REAL + 100 + 600
    assert clock.real_seconds(120) == 2
    clock.run(1.0)
    at[0] += 10
    assert clock.now() == REAL + 100 + 600 + 10
    assert clock.offset == 690
    assert clock.stamp() == at[0]
    clock.reset()
    assert (clock.now(), clock.speed) == (at[0], 1.0)


def test_it_goes_on_after_a_restart(at: list[float]) -> None:
    clock = Clock()
    clock.advance(5)
    clock.run(2.0)
    stored = clock.dump()
    at[0] += 50
    assert Clock.load(stored).now() == clock.now() == REAL + 5 + 100
    assert Clock.load("42.5").now() == at[0] + 42.5
    assert Clock.load(None).now() == at[0]


@pytest.mark.parametrize(
    ("now", "shown"), [(REAL, "2026-01-01 08:00:00"), (REAL + 16 * 3600 - 1, "2026-01-01 23:59:59")]
)
def test_days_are_those_of_china(at: list[float], now: float, shown: str) -> None:
    at[0] = now
    clock = Clock()
    assert clock.china() == shown
    assert clock.next_midnight() == REAL + 16 * 3600
    at[0] = REAL + 16 * 3600
    assert clock.day_start() == at[0]


async def test_timers_follow_it(bench: Bench) -> None:
    await bench.control("POST", "settings", {"event_delay": [3600, 3600]})
    await bench.send()
    await bench.quiet_but_for(1)
    shown = await bench.control("POST", "clock", {"speed": 10_000})
    assert shown["speed"] == 10_000
    assert len(await bench.pushed("TEMPLATESENDJOBFINISH")) == 1
    assert (await bench.control("GET", "clock"))["offset"] > 3000


async def test_a_moved_clock_survives(tmp_path: Path) -> None:
    settings = replace(SETTINGS, state=str(tmp_path / "state.db"))
    async with running(settings, Service()) as bench:
        before = (await bench.control("POST", "clock", {"advance": 86_400}))["now"]
    async with running(settings, Service()) as bench:
        shown = await bench.control("GET", "clock")
        assert before <= shown["now"] < before + 60
        await bench.control("POST", "reset")
        assert abs((await bench.control("GET", "clock"))["offset"]) < 0.001
