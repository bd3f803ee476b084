"""The programs that are measured, and the CPU time that they and the database have used."""

import os
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from devstack.ports import HOST, choose
from devstack.processes import Child
from devstack.state import State

TICK = os.sysconf("SC_CLK_TCK")
READY_SECONDS = 60.0


class Service:
    """One program that serves HTTP, perhaps with several worker processes."""

    def __init__(
        self, name: str, command: Sequence[str], state: State, env: Mapping[str, str], taken: set[int]
    ) -> None:
        self.port = choose(taken)
        taken.add(self.port)
        self._child = Child(
            name,
            [part.format(port=self.port) for part in command],
            log=state.log(name),
            run_dir=state.run,
            env={**os.environ, **env},
        )
        self._log = state.log(name)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        return self._child.pid

    def wait_ready(self, path: str = "/healthz") -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self._child.alive():
            if _answers(f"{self.url}{path}"):
                return
            time.sleep(0.1)
        raise SystemExit(f"{self._child.name} did not become ready; see {self._log}")

    def workers(self) -> list[int]:
        """The processes that answer: the children of a supervisor, or the program itself."""
        return [pid for pid in children(self.pid) if _command(pid).find("resource_tracker") < 0] or [self.pid]

    def cpu(self) -> float:
        return sum(cpu_seconds(pid) for pid in (self.pid, *children(self.pid)))

    def stop(self) -> None:
        self._child.stop()


def _answers(url: str) -> bool:
    """Whatever the status: who answers is ready."""
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - loopback
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def database_cpu(postmaster: int) -> float:
    """Seconds used by the server and all its processes, those included that have ended."""
    return cpu_seconds(postmaster, with_ended=True) + sum(cpu_seconds(pid) for pid in children(postmaster))


def cpu_seconds(pid: int, *, with_ended: bool = False) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    numbers = fields.rpartition(")")[2].split()
    last = 15 if with_ended else 13
    return sum(map(int, numbers[11:last])) / TICK


def cpu_milliseconds(pid: int) -> float:
    """What one process of a single thread has used, finer than its ticks."""
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e6


def children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(word) for word in text.split()]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
