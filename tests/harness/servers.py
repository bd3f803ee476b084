"""One PostgreSQL and one Valkey for a run of tests, whatever the number of its workers."""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from devstack import AlreadyRunning, Stack

ROOT = Path(__file__).parents[2]
# Databases come and go by the hundred. Some file systems look through all that was deleted lately for each file that
# is made, and then a database costs ten times what it costs in memory.
MEMORY, ROOM = Path("/dev/shm"), 2 * 2**30  # noqa: S108 - a folder of our own in it
# Names the file in which the controller of a parallel run says what it started; locked until it does.
PLACE = "HUIXIANG_TEST_SERVERS"


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
        return Servers(stack.database_socket_url, stack.redis_url, stack)
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


class Announcement:
    """A controller's word to its workers about where the servers are; made before any worker is there."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="huixiang-run-")
        self._place = Path(self._folder.name, "servers").open("w")  # noqa: SIM115 - until it is withdrawn
        fcntl.flock(self._place, fcntl.LOCK_EX)
        os.environ[PLACE] = self._place.name

    def make(self, servers: Servers) -> None:
        json.dump([servers.postgres_url, servers.valkey_url], self._place)
        self._place.flush()
        fcntl.flock(self._place, fcntl.LOCK_UN)

    def withdraw(self) -> None:
        self._place.close()
        self._folder.cleanup()


def folder_of_run() -> Path | None:
    """What the workers of this run share, gone with it; None when there is no controller."""
    return Path(os.environ[PLACE]).parent if PLACE in os.environ else None


def announced() -> Servers | None:
    """What the controller of this run announces; None when there is no controller."""
    if PLACE not in os.environ:
        return None
    with Path(os.environ[PLACE]).open() as place:
        # Held until it is written; a controller that fails lets go of it as it ends.
        fcntl.flock(place, fcntl.LOCK_SH)
        return Servers(*json.load(place))
