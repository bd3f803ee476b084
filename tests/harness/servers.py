"""One PostgreSQL and one Valkey for a run of tests, whatever the number of its workers."""

import os
from dataclasses import dataclass
from pathlib import Path

from devstack import AlreadyRunning, Stack

ROOT = Path(__file__).parents[2]
STATE = ROOT / ".huixiang" / "test"
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


def start_servers() -> Servers:
    """Must be called in a thread that outlives the tests: on Linux the servers end with it."""
    for attempt in range(1, 9):
        # Somebody may run the tests twice at once; the second run gets a folder of its own.
        stack = Stack(STATE if attempt == 1 else STATE.with_name(f"test-{attempt}"), fast=True)
        try:
            stack.start()
        except AlreadyRunning:
            continue
        return Servers(stack.database_url, stack.redis_url, stack)
    raise AlreadyRunning(f"eight runs of the tests use {STATE.parent} already")


def announce(servers: Servers) -> None:
    os.environ[POSTGRES], os.environ[VALKEY] = servers.postgres_url, servers.valkey_url


def announced() -> Servers | None:
    if POSTGRES not in os.environ:
        return None
    return Servers(os.environ[POSTGRES], os.environ[VALKEY])
