"""Child processes that cannot outlive their launcher unnoticed.

Each child has a session of its own (Ctrl-C in a terminal reaches the launcher alone, which then stops
its children in order). On Linux the kernel signals a child when the thread that started it dies, so
start them from a thread that lives as long as they should. Elsewhere, and for whatever is still
shutting down, the id of each child is kept on disk and reaped at the next start.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from devstack.identity import MYSELF, Identity, enter_namespace
from devstack.state import write_private

PR_SET_PDEATHSIG = 1
POLL = 0.02
LOG_LIMIT = 8_000_000


class Child:
    """One running program, its log and its note on disk."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        run_dir: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        identity: Identity = MYSELF,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self._stop_signal = stop_signal
        self._note = run_dir / f"{name}.pid"
        account = identity.account
        with open_log(log) as output:
            self._process = subprocess.Popen(
                command,
                env=None if env is None else dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=preparation(identity, stop_signal),
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        # Whole or not at all: a torn note would be read at the next start.
        write_private(self._note, f"{self.pid} {int(stop_signal)} {birth(self.pid)}")

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit_code(self) -> int | None:
        return self._process.poll()

    def alive(self) -> bool:
        return self.exit_code() is None

    def wait(self, seconds: float) -> int | None:
        """Exit code, or None when it still runs after so many seconds."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def stop(self, grace: float = 10.0) -> int:
        if self.alive():
            self._process.send_signal(self._stop_signal)
        code = self.wait(grace)
        if code is None:
            kill_group(self.pid)
            code = self._process.wait()
        self._note.unlink(missing_ok=True)
        return code


def preparation(identity: Identity, death_signal: signal.Signals) -> Callable[[], None]:
    """What a child does between fork and exec."""
    parent = os.getpid()
    libc = ctypes.CDLL(None)

    def prepare() -> None:
        if identity.namespace:
            enter_namespace()
        if sys.platform.startswith("linux"):
            # After the namespace, not before: a change of credentials clears the setting.
            libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def open_log(path: Path) -> BinaryIO:
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_name(path.name + ".1"))
    return path.open("ab")


def birth(pid: int) -> str:
    """When a process began, as an opaque word: a process id alone may have been given to a stranger."""
    stat = Path(f"/proc/{pid}/stat")
    if sys.platform.startswith("linux"):
        try:
            fields = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            return ""
        # A zombie has ended already, whoever should collect it.
        return "" if fields[0] == "Z" else fields[19]
    answer = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return "_".join(answer.stdout.split())


def reap(run_dir: Path, grace: float = 15.0) -> list[str]:
    """End what a launcher that was killed has left behind in this state folder; return the names."""
    left = []
    for note in sorted(run_dir.glob("*.pid")):
        pid, stop_signal, born = note.read_text(encoding="ascii").split(" ", 2)
        if born and birth(int(pid)) == born:
            left.append(note.stem)
            _end_stranger(int(pid), born, int(stop_signal), grace)
        note.unlink(missing_ok=True)
    return left


def kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _end_stranger(pid: int, born: str, stop_signal: int, grace: float) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, stop_signal)
    deadline = time.monotonic() + grace
    while birth(pid) == born:
        if time.monotonic() > deadline:
            kill_group(pid)
            return
        time.sleep(POLL)
