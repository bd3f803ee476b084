"""Runs the servers and the processes of a plan, keeps them running, and stops them in reverse order."""

import http.client
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from devstack.errors import AlreadyRunning, DevstackError, ServerFailed
from devstack.plan import Plan, Process, Values
from devstack.processes import Child
from devstack.stack import Stack
from devstack.state import write_private

ADDRESSES = "addresses.json"
POLL = 0.05
READY_LIMIT = 90.0
STEP_LIMIT = 600.0
BACKOFF_FIRST, BACKOFF_LAST = 0.2, 5.0
# A process that ran for so long was not the victim of its own start; the next death starts afresh.
SETTLED = 10.0
DEATHS_BEFORE_READY = 3


class Stopping(Exception):
    """Somebody asked for the end while something was still being started."""


class Service:
    """One process that is started again when it dies, at growing intervals."""

    def __init__(self, name: str, spawn: Callable[[], Child]) -> None:
        self.name = name
        self.deaths = 0
        self._spawn = spawn
        self._child: Child | None = None
        self._began = self._due = 0.0
        self._start()

    def tend(self) -> None:
        if self._child is None:
            if time.monotonic() >= self._due:
                self._start()
            return
        code = self._child.exit_code()
        if code is None:
            return
        self._child.stop()
        self._child = None
        self.deaths = 1 if time.monotonic() - self._began > SETTLED else self.deaths + 1
        pause = min(BACKOFF_FIRST * 2 ** (self.deaths - 1), BACKOFF_LAST)
        self._due = time.monotonic() + pause
        say(f"{self.name} ended with {code}; starts again in {pause:.1f} s")

    def alive(self) -> bool:
        return self._child is not None and self._child.alive()

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()

    def _start(self) -> None:
        self._child = self._spawn()
        self._began = time.monotonic()


class Supervisor:
    def __init__(self, plan: Plan, stack: Stack) -> None:
        self._plan = plan
        self._stack = stack
        self._state = stack.state
        self._services: list[Service] = []
        self._stopping = False

    def run(self) -> int:
        """Until a signal asks for the end. Returns the exit status."""
        # A flag, not an exception: nothing can be torn apart halfway through being started.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup means: outlive the terminal
            signal.signal(signal.SIGHUP, self._ask_to_stop)
        began = time.monotonic()
        try:
            self._stack.start()
        except AlreadyRunning as error:
            say(f"{error}; nothing to do")
            _show_running(self._state.root)
            return 0
        try:
            self._addresses.unlink(missing_ok=True)
            say(f"{' and '.join(server.name for server in self._stack.servers)} ready")
            self._start_all()
            say(f"everything is ready after {time.monotonic() - began:.1f} s; logs are in {self._state.logs}")
            self._watch()
        except Stopping:
            pass
        finally:
            self._stop_all()
        return 0

    @property
    def _addresses(self) -> Path:
        return self._state.root / ADDRESSES

    def _start_all(self) -> None:
        values = Values(
            self._plan,
            self._state,
            database_url=self._stack.database_url,
            redis_url=self._stack.redis_url,
        )
        for process in self._plan.processes:
            self._continue()
            began = time.monotonic()
            if process.once:
                self._run_once(process, values)
            else:
                self._serve(process, values)
            say(f"{process.name} {'done' if process.once else 'ready'} ({time.monotonic() - began:.1f} s)")
        banner = values.fill(self._plan.banner)
        self._publish(values, banner)
        print(banner, flush=True)

    def _run_once(self, process: Process, values: Values) -> None:
        child = self._spawn(process, values)
        deadline = time.monotonic() + STEP_LIMIT
        try:
            while child.alive():
                self._breathe()
                if time.monotonic() > deadline:
                    raise self._failure(process.name, f"did not finish in {STEP_LIMIT:.0f} s")
        finally:
            code = child.stop()
        if code != 0:
            raise self._failure(process.name, f"failed with {code}")

    def _serve(self, process: Process, values: Values) -> None:
        service = Service(process.name, lambda: self._spawn(process, values))
        self._services.append(service)
        if process.ready is None:
            return
        address = values.fill(process.ready)
        deadline = time.monotonic() + READY_LIMIT
        while not (service.alive() and answers(address)):
            self._breathe()
            if service.deaths >= DEATHS_BEFORE_READY:
                raise self._failure(process.name, "ends as soon as it is started")
            if time.monotonic() > deadline:
                raise self._failure(process.name, f"did not answer at {address} in {READY_LIMIT:.0f} s")

    def _spawn(self, process: Process, values: Values) -> Child:
        return Child(
            process.name,
            [values.fill(word) for word in process.command],
            log=self._state.log(process.name),
            run_dir=self._state.run,
            env=os.environ | values.fill_all(self._plan.env) | values.fill_all(process.env),
            cwd=self._plan.folder,
        )

    def _publish(self, values: Values, banner: str) -> None:
        """For programs that look for the running stack; private, because it holds passwords."""
        content = {
            "pid": os.getpid(),
            "urls": values.urls(),
            "env": values.fill_all(self._plan.env),
            "banner": banner,
        }
        write_private(self._addresses, json.dumps(content, indent=2, ensure_ascii=False))

    def _watch(self) -> None:
        while True:
            self._breathe()

    def _breathe(self) -> None:
        """One turn of looking after everything, and a pause."""
        self._continue()
        try:
            for name in self._stack.restart_dead():
                say(f"{name} was gone and runs again")
        except ServerFailed as error:
            say(f"{error}\ntrying again")
        for service in self._services:
            service.tend()
        time.sleep(POLL)

    def _continue(self) -> None:
        if self._stopping:
            raise Stopping

    def _stop_all(self) -> None:
        self._addresses.unlink(missing_ok=True)
        for service in reversed(self._services):
            service.stop()
            say(f"{service.name} stopped")
        self._stack.stop()
        say("everything is stopped")

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self._stopping = True

    def _failure(self, name: str, why: str) -> DevstackError:
        return ServerFailed(name, why, self._state.log(name))


def answers(address: str) -> bool:
    """Whether a GET answers 2xx. Straight to the address: a proxy in the environment has no say here."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", parts.path or "/")
        return 200 <= connection.getresponse().status < 300
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def say(text: str) -> None:
    print(f"[devstack] {text}", flush=True)


def _show_running(root: Path) -> None:
    try:
        content = json.loads((root / ADDRESSES).read_text(encoding="utf-8"))
    except FileNotFoundError:
        say("it is still starting, or just stopping")
        return
    for name, url in content["urls"].items():
        say(f"{name} is at {url}")
    print(content["banner"], flush=True)
