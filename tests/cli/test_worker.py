"""A worker is started again when it fails, and ends when somebody asks."""

import asyncio
import logging
import os
import signal

import pytest

from app.cli.worker import keep_running


class Flaky:
    """Fails so many times, then does what ``then`` does."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.runs = 0
        self.started = asyncio.Event()
        self.hold = asyncio.Event()

    async def run(self) -> None:
        self.runs += 1
        self.started.set()
        if self.runs <= self.failures:
            raise ExceptionGroup("parts", [OSError("gone")])

    async def stay(self) -> None:
        self.runs += 1
        self.started.set()
        await self.hold.wait()


async def test_it_is_started_again_until_it_ends_well(caplog: pytest.LogCaptureFixture) -> None:
    worker = Flaky(failures=3)
    with caplog.at_level(logging.ERROR):
        await asyncio.wait_for(keep_running(worker.run, first_pause=0.001), 5)
    assert worker.runs == 4
    assert [record.getMessage() for record in caplog.records] == ["worker.failed"] * 3


async def test_a_signal_ends_one_that_does_not_listen_yet() -> None:
    worker = Flaky(failures=0)
    keeping = asyncio.create_task(keep_running(worker.stay))
    await worker.started.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(keeping, 5)
    assert worker.runs == 1


async def test_a_signal_ends_the_pause_after_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    worker = Flaky(failures=1000)
    keeping = asyncio.create_task(keep_running(worker.run, first_pause=3600))
    with caplog.at_level(logging.ERROR):
        await worker.started.wait()
        # One more turn of the loop, and the failure has been seen.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert caplog.records
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.wait_for(keeping, 5)
    assert worker.runs == 1
