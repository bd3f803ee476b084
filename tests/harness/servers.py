"""One PostgreSQL and one Valkey for a run of tests, whatever the number of its workers."""

import hashlib
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from devstack import AlreadyRunning, Stack

ROOT = Path(__file__).parents[2]
# Databases come and go by the hundred. Some file systems look through all that was deleted lately for each file that
# is made, and then a database costs ten times what it costs in memory.
MEMORY, ROOM = Path("/dev/shm"), 2 * 2**30  # noqa: S108 - a folder of our own in it
# How the controller of a parallel run tells its workers what it started.
POSTGRES, VALKEY = "HUIXIANG_TEST_POSTGRES", "HUIXIANG_TEST_VALKEY"


@dataclass(frozen=True)
class Servers:
    postgres_url: str
    valkey_url: str
    stack: Stack | None = None

    def stop(self) -> None:
        if self.stack is not None:
            self.stack.stop()
            if MEMORY in self.stack.state.root.parents:
                shutil.rmtree(self.stack.state.root)
                # Unless another run is in it.
                with suppress(OSError):
                    self.stack.state.root.parent.rmdir()


def start_servers() -> Servers:
    """Must be called in a thread that outlives the tests: on Linux the servers end with it."""
    home = home_of_tests()
    for attempt in range(1, 9):
        # Somebody may run the tests twice at once; the second run gets a folder of its own.
        stack = Stack(home / ("test" if attempt == 1 else f"test-{attempt}"), fast=True)
        try:
            stack.start()
        except AlreadyRunning:
            continue
        return Servers(stack.database_url, stack.redis_url, stack)
    raise AlreadyRunning(f"eight runs of the tests use {home} already")


def home_of_tests(memory: Path = MEMORY, room: int = ROOM) -> Path:
    """In memory, where there is room; the same one for every run of this checkout, so that what a killed run left
    behind is found and used up."""
    found = memory / f"huixiang-{os.getuid()}-{hashlib.sha256(bytes(ROOT)).hexdigest()[:8]}"
    with suppress(OSError):
        found.mkdir(mode=0o700, exist_ok=True)
        mine = not found.is_symlink() and found.stat().st_uid == os.getuid()
        if mine and shutil.disk_usage(found).free >= room:
            return found
    return ROOT / ".huixiang"


def announce(servers: Servers) -> None:
    os.environ[POSTGRES], os.environ[VALKEY] = servers.postgres_url, servers.valkey_url


def announced() -> Servers | None:
    if POSTGRES not in os.environ:
        return None
    return Servers(os.environ[POSTGRES], os.environ[VALKEY])
