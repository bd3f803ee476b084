"""Looking at processes and servers from outside, and waiting for what should become true."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg

from devstack.processes import birth


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    return birth(pid) == ""


def noted_pid(state_dir: Path, name: str) -> int:
    return int((state_dir / "run" / f"{name}.pid").read_text(encoding="ascii").split()[0])


def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def query(database_url: str, statement: str) -> object:
    """In a loop of its own, so that the servers stay children of the test's main thread."""

    async def ask() -> object:
        connection = await asyncpg.connect(database_url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(ask())
