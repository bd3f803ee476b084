"""Everything that runs, each watched by a thread that starts it again within a second of its death."""

import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import asyncpg

from devstack.errors import ServerFailed
from devstack.postgres import Postgres
from devstack.processes import Child, reap
from devstack.state import State
from devstack.supervise import answers
from devstack.valkey import Valkey
from tests.chaos.cluster import provide
from tests.harness.databases import create_copy, drop
from tests.harness.sandbox import ACCOUNTS, SECRET
from tests.harness.servers import ROOT

PAUSE = 0.2
_START_LIMIT = 60.0


class Part(Protocol):
    name: str

    @property
    def pid(self) -> int | None: ...
    def alive(self) -> bool: ...
    def start(self) -> None: ...
    def restart(self) -> None: ...
    def stop(self) -> None: ...


class Program:
    """One of our own processes. ``answers_at`` an address, it is measured how long each start takes."""

    def __init__(
        self, name: str, command: list[str], env: Mapping[str, str], state: State, *, answers_at: str = ""
    ) -> None:
        self.name = name
        self.start_seconds: list[float] = []
        self._command, self._env, self._state = command, env, state
        self._answers_at = answers_at
        self._child: Child | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def alive(self) -> bool:
        return self._child is not None and self._child.alive()

    def start(self) -> None:
        self._child = Child(
            self.name,
            [sys.executable, "-m", *self._command],
            log=self._state.log(self.name),
            run_dir=self._state.run,
            env=os.environ | self._env,
            cwd=ROOT,
        )
        if self._answers_at:
            threading.Thread(target=self._measure, args=(self._child,), daemon=True).start()

    def _measure(self, child: Child) -> None:
        began = time.monotonic()
        while child.alive():
            if answers(self._answers_at):
                self.start_seconds.append(round(time.monotonic() - began, 2))
                return
            time.sleep(0.05)

    def restart(self) -> None:
        self.start()

    def stop(self) -> None:
        if self._child is not None:
            # It may have been stopped in mid-air.
            with suppress(ProcessLookupError):
                os.kill(self._child.pid, signal.SIGCONT)
            self._child.stop(grace=8.0)


class Watch:
    """A thread of its own for each part: the kernel ends a child with the thread that started it."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.deaths = 0
        self.failure: BaseException | None = None
        self._started, self._ending = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=part.name, daemon=True)
        self._thread.start()

    def wait(self) -> None:
        self._started.wait(_START_LIMIT)
        if self.failure is not None:
            raise self.failure

    def stop(self) -> None:
        self._ending.set()
        self._thread.join(_START_LIMIT)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> int | None:
        """Signal the process as it is now; its id, or None when it is just being started."""
        pid = self.part.pid
        if pid is None or not self.part.alive():
            return None
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        return pid

    def _run(self) -> None:
        try:
            self.part.start()
            self._started.set()
            while not self._ending.wait(0.02):
                if not self.part.alive():
                    self.deaths += 1
                    self._ending.wait(PAUSE)
                    self._restart()
        except (ServerFailed, OSError) as error:
            self.failure = error
            self._started.set()
        finally:
            self.part.stop()

    def _restart(self) -> None:
        with suppress(ServerFailed):
            self.part.restart()


class House:
    """PostgreSQL and Valkey as in production, sandbox, API and worker, all in one folder and on loopback."""

    def __init__(self, folder: Path) -> None:
        self._state = State(folder)
        self._watches: dict[str, Watch] = {}
        self._database = f"chaos_{os.getpid()}_{time.time_ns() % 10**6}"

    async def __aenter__(self) -> Self:
        self._state.acquire()
        reap(self._state.run)
        await provide(self._state)
        for part in (Postgres(self._state), Valkey(self._state)):
            self._open(part)
        postgres, valkey = self._watches["postgres"].part, self._watches["valkey"].part
        assert isinstance(postgres, Postgres)
        assert isinstance(valkey, Valkey)
        self._server_url = postgres.url
        self.database_url = await create_copy(postgres.url, self._database)
        self.api = f"http://127.0.0.1:{self._state.port('api')}"
        self.wechat = f"http://127.0.0.1:{self._state.port('sandbox')}"
        self.redis_url = valkey.url
        self.env = self._environment()
        port = self.wechat.rpartition(":")[2]
        self._open(Program("sandbox", ["sandbox", "--port", port], self.env, self._state))
        api_port = self.api.rpartition(":")[2]
        command = ["app.cli", "api", "--port", api_port]
        self._api = Program("api", command, self.env, self._state, answers_at=f"{self.api}/healthz")
        self._open(self._api)
        self._open(Program("worker", ["app.cli", "worker"], self.env, self._state))
        self._wait_for_the_api()
        return self

    @property
    def start_seconds(self) -> float:
        """The slowest start of the API: it takes seconds of computing, and more while others compute here."""
        return max(self._api.start_seconds)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in ("worker", "api", "sandbox", "valkey"):
            if name in self._watches:
                self._watches[name].stop()
        with suppress(OSError, asyncpg.PostgresError, AttributeError):
            await drop(self._server_url, self._database)
        if "postgres" in self._watches:
            self._watches["postgres"].stop()
        self._state.release()

    def watch(self, name: str) -> Watch:
        return self._watches[name]

    @property
    def logs(self) -> Path:
        return self._state.logs

    def _open(self, part: Part) -> None:
        watch = self._watches[part.name] = Watch(part)
        watch.wait()

    def _wait_for_the_api(self) -> None:
        deadline = time.monotonic() + _START_LIMIT
        while not self._api.start_seconds:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the API does not answer; see {self._state.logs}")
            time.sleep(0.05)

    def _environment(self) -> dict[str, str]:
        return {
            "HUIXIANG_ENVIRONMENT": "test",
            "HUIXIANG_DATABASE_URL": self.database_url,
            "HUIXIANG_REDIS_URL": self.redis_url,
            "HUIXIANG_SECRET_KEY": self._state.secret("application"),
            "HUIXIANG_PUBLIC_BASE_URL": self.api,
            "HUIXIANG_STORAGE_URL": f"file://{self._state.root}/objects",
            "HUIXIANG_WECHAT_API_BASE": self.wechat,
            "HUIXIANG_WECHAT_OPEN_BASE": self.wechat,
            "HUIXIANG_WECHAT_MP_BASE": self.wechat,
            "HUIXIANG_URGING_COOLDOWN_MINUTES": "1",
            "HUIXIANG_QUIET_HOURS": "",
            "HUIXIANG_PUSH_CAPS": "false",
            "HUIXIANG_ACCESS_LOG": "false",
            "HUIXIANG_LOG_LEVEL": "INFO",
            "SANDBOX_SECRET": SECRET,
            "SANDBOX_CALLBACK_BASE": self.api,
            "SANDBOX_EVENT_DELAY": "0.05-0.3",
        } | {f"HUIXIANG_{name.upper()}": value for name, value in ACCOUNTS.items()}
