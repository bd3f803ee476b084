"""A PostgreSQL cluster of one's own: made once, kept, reached over TCP with a password."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from devstack import binaries
from devstack.errors import DevstackError, ServerFailed, tail
from devstack.identity import Identity, hand_over, home_for, reachable_bin, unprivileged
from devstack.ports import HOST
from devstack.processes import POLL, Child, open_log, preparation
from devstack.state import State

NAME = "postgres"
ROLE = "huixiang"
# While the backends of a killed server are still dying, a new one refuses to start for a moment.
RETRY_FOR = 10.0
RECOVERY_LIMIT = 120.0
SETTINGS = {
    "listen_addresses": HOST,
    # Taken as it is needed; with less, some hundred thousand tickets are read from the system again and again.
    "shared_buffers": "512MB",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
}
# What the name of a socket may be long, as a path with the byte that ends it (sun_path).
SOCKET_LENGTH = 103
# For tests: nothing here has to survive a power cut. A killed server still keeps what it committed.
# Their tables are all but empty, so that to plan a statement takes longer than to run it.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "plan_cache_mode": "force_generic_plan",
}
SIMILARITY = "SELECT similarity('空调不制冷了', '空调不制冷') AS answer"


class Postgres:
    name = NAME

    def __init__(self, state: State, *, fast: bool = False) -> None:
        self._state = state
        self._fast = fast
        self._log = state.log(NAME)
        self._port = 0
        self._sockets = ""
        self._child: Child | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}:{self._state.secret(NAME)}@{HOST}:{self._port}/{ROLE}"

    @property
    def socket_url(self) -> str:
        """Without TCP, which is a quarter of what a short statement costs; `url` where that cannot be."""
        if not self._sockets:
            return self.url
        secret, place = self._state.secret(NAME), quote(self._sockets)
        return f"postgresql://{ROLE}:{secret}@/{ROLE}?host={place}&port={self._port}"

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def alive(self) -> bool:
        return self._child is not None and self._child.alive()

    def start(self) -> None:
        found = binaries.postgres_bin()
        self._identity = unprivileged(self._state, found / NAME)
        home = home_for(self._identity, self._state)
        self._bin = reachable_bin(self._identity, found, home)
        self._data = home / "pg"
        if not self._data.exists():
            _create(self._bin, self._data, self._state, self._identity, ["--no-sync"] if self._fast else [])
        hand_over(self._data, self._identity)
        self._port = self._state.port(NAME)
        self._sockets = self._socket_folder()
        self._launch()

    def restart(self) -> None:
        """After it died: on the same port, because the others already know it."""
        self._launch()

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop(grace=30.0)
            self._child = None

    def _socket_folder(self) -> str:
        """Only the server's account and root may enter its data; empty when a name in it would be too long."""
        longest = self._data / f".s.PGSQL.{self._port}.lock"
        return str(self._data) if self._fast and len(bytes(longest)) <= SOCKET_LENGTH else ""

    def _launch(self) -> None:
        give_up = time.monotonic() + RETRY_FOR
        while True:
            self._child = self._spawn()
            if self._became_ready(self._child):
                return
            code = self._child.stop()
            if time.monotonic() > give_up:
                raise ServerFailed(NAME, f"did not start (exit code {code})", self._log)
            time.sleep(0.2)

    def _spawn(self) -> Child:
        command = [str(self._bin / NAME), "-D", str(self._data), "-p", str(self._port)]
        settings = SETTINGS | {"unix_socket_directories": self._sockets} | (FAST if self._fast else {})
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return Child(
            NAME,
            command,
            log=self._log,
            run_dir=self._state.run,
            cwd=Path("/"),
            identity=self._identity,
            stop_signal=signal.SIGINT,
        )

    def _became_ready(self, child: Child) -> bool:
        """Follows the status line of postmaster.pid, as pg_ctl does."""
        deadline = time.monotonic() + RECOVERY_LIMIT
        while child.alive() and time.monotonic() < deadline:
            if _status(self._data) == (child.pid, "ready"):
                return True
            time.sleep(POLL)
        return False


def _status(data: Path) -> tuple[int, str] | None:
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    return (int(lines[0]), lines[7].strip()) if len(lines) > 7 else None


def _create(bin_dir: Path, data: Path, state: State, identity: Identity, more: list[str]) -> None:
    """Under another name until it is complete: a half-made cluster is never used."""
    draft = data.with_name("pg.new")
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    hand_over(draft, identity)
    password = draft.with_name("pg.password")
    password.unlink(missing_ok=True)
    password.touch(mode=0o600)
    password.write_text(state.secret(NAME), encoding="ascii")
    hand_over(password, identity)
    try:
        initdb = [str(bin_dir / "initdb"), "-D", str(draft), *_options(bin_dir, password), *more]
        _run(initdb, state, identity)
    finally:
        password.unlink()
    single = [str(bin_dir / NAME), "--single", "-D", str(draft)]
    _run([*single, "template1"], state, identity, feed=f"CREATE DATABASE {ROLE}\n")
    _demand_chinese_similarity([*single, "postgres"], state, identity)
    draft.rename(data)


def _options(bin_dir: Path, password: Path) -> list[str]:
    # macOS has no C.UTF-8 of its own; what counts is that letters beyond ASCII are letters.
    locale = "C.UTF-8" if sys.platform.startswith("linux") else "en_US.UTF-8"
    options = ["-U", ROLE, "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8", f"--locale={locale}"]
    version = _major(bin_dir)
    if version >= 16:
        # Nobody guesses a random key however seldom it is hashed, and each new connection waits for that.
        options += ["--set", "scram_iterations=1"]
    if version >= 17:
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return options


def _major(bin_dir: Path) -> int:
    answer = subprocess.run([str(bin_dir / NAME), "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\d+", answer.stdout)
    if found is None:
        raise DevstackError(f"{bin_dir / NAME} does not run here: {answer.stderr.strip()}")
    return int(found.group())


def _demand_chinese_similarity(single: list[str], state: State, identity: Identity) -> None:
    """With LC_CTYPE=C trigrams drop every Chinese character and search finds nothing, without an error."""
    answer = _run(single, state, identity, feed=f"CREATE EXTENSION pg_trgm\n{SIMILARITY}\n")
    found = re.search(r'answer = "([\d.]+)"', answer)
    if found is None or float(found.group(1)) <= 0:
        raise DevstackError(
            "This PostgreSQL cannot compare Chinese text (pg_trgm is missing, or its locale drops every "
            "character beyond ASCII). Use another one through HUIXIANG_PG_BIN or DATABASE_URL."
        )


def _run(command: list[str], state: State, identity: Identity, feed: str = "") -> str:
    """One step of making a cluster; its output goes to the log too."""
    account = identity.account
    done = subprocess.run(
        command,
        input=feed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        cwd="/",
        env=os.environ | {"LC_ALL": "C.UTF-8"},
        check=False,
        start_new_session=True,
        preexec_fn=preparation(identity, signal.SIGTERM),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    log = state.log(NAME)
    with open_log(log) as file:
        file.write(done.stdout.encode())
    if done.returncode != 0:
        raise DevstackError(f"{' '.join(command[:2])} failed; the end of {log} says:\n{tail(log)}")
    return done.stdout
