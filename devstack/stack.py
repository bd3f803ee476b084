"""PostgreSQL and Valkey together, unless the environment names others to use."""

import os
from pathlib import Path
from types import TracebackType
from typing import Protocol

from devstack.postgres import Postgres
from devstack.processes import reap
from devstack.state import State
from devstack.valkey import Valkey


class Server(Protocol):
    name: str

    @property
    def url(self) -> str: ...
    @property
    def pid(self) -> int | None: ...
    def alive(self) -> bool: ...
    def start(self) -> None: ...
    def restart(self) -> None: ...
    def stop(self) -> None: ...


class Given:
    """A server that somebody else runs."""

    pid = None

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.url = url

    def alive(self) -> bool:
        return True

    def start(self) -> None:
        """It runs already."""

    def restart(self) -> None:
        """It is not ours to restart."""

    def stop(self) -> None:
        """It is not ours to stop."""


class Stack:
    """Real servers with their data in `state_dir`; a context manager.

    DATABASE_URL and REDIS_URL in the environment are used instead of starting one. `fast` gives up
    durability against a power cut, for tests. Start it from a thread that lives as long as the servers
    should: on Linux they end with it. Raises AlreadyRunning when another process uses the folder.
    """

    def __init__(self, state_dir: Path, *, fast: bool = False) -> None:
        self.state = State(state_dir)
        database, redis = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
        self.postgres: Server = Given("postgres", database) if database else Postgres(self.state, fast=fast)
        self.valkey: Server = Given("valkey", redis) if redis else Valkey(self.state)

    @property
    def database_url(self) -> str:
        return self.postgres.url

    @property
    def database_socket_url(self) -> str:
        """The same database by the shortest way there is, for programs on this machine."""
        return self.postgres.socket_url if isinstance(self.postgres, Postgres) else self.postgres.url

    @property
    def redis_url(self) -> str:
        return self.valkey.url

    @property
    def servers(self) -> tuple[Server, ...]:
        return (self.postgres, self.valkey)

    def start(self) -> None:
        self.state.acquire()
        try:
            reap(self.state.run)
            for server in self.servers:
                server.start()
        except BaseException:
            # Also on Ctrl-C in the middle: half a stack must not stay behind.
            self.stop()
            raise

    def restart_dead(self) -> list[str]:
        """Start again whatever was killed; returns the names."""
        dead = [server for server in self.servers if not server.alive()]
        for server in dead:
            server.restart()
        return [server.name for server in dead]

    def stop(self) -> None:
        for server in reversed(self.servers):
            server.stop()
        self.state.release()

    def __enter__(self) -> "Stack":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
