import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack import DevstackError
from devstack.plan import Values, load
from devstack.state import State
from tests.devstack.observing import gone, kill, noted_pid, query, wait_until

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
STAND_IN = HERE / "stand_in.py"

PLAN = """
banner = "open {url.web} now"

[env]
DATABASE = "{database_url}"
KEY = "{secret.key}"
JOURNAL = "{state}/journal"

[[process]]
name = "prepare"
command = ["{python}", "STAND_IN", "once", "prepare"]
once = true

[[process]]
name = "web"
command = ["{python}", "STAND_IN", "serve", "web", "{port.web}"]
ready = "{url.web}/healthz"

[[process]]
name = "worker"
command = ["{python}", "STAND_IN", "serve", "worker", "{port.worker}"]
env = { WEB = "{url.web}" }
"""

NEVER_READY = """
[env]
JOURNAL = "{state}/journal"

[[process]]
name = "never"
command = ["{python}", "STAND_IN", "serve", "never", "{port.never}"]
ready = "http://127.0.0.1:9/"
"""


class Running:
    """`python -m devstack up` as somebody at a terminal runs it."""

    def __init__(self, plan: Path, state_dir: Path, output: str = "first") -> None:
        self.state_dir = state_dir
        self._output = state_dir.parent / output
        command = [sys.executable, "-m", "devstack", "up", "--file", str(plan), "--state", str(state_dir)]
        with self._output.open("wb") as file:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=file)

    def said(self) -> str:
        return self._output.read_text(encoding="utf-8")

    def wait_ready(self) -> None:
        wait_until(
            lambda: "everything is ready" in self.said() or self.process.poll() is not None,
            "the stack to come up",
            30,
        )
        assert self.process.poll() is None, self.said()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)

    def journal(self) -> list[str]:
        return (self.state_dir / "journal").read_text(encoding="utf-8").splitlines()


def write_plan(folder: Path, text: str = PLAN) -> Path:
    plan = folder / "plan.toml"
    plan.write_text(text.replace("STAND_IN", str(STAND_IN)), encoding="utf-8")
    return plan


@pytest.fixture
def running(state_dir: Path) -> Iterator[Running]:
    stack = Running(write_plan(state_dir.parent), state_dir)
    yield stack
    if stack.process.poll() is None:
        stack.stop()


def addresses(state_dir: Path) -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = json.loads((state_dir / "addresses.json").read_text())
    return content


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - a loopback address made above
        return str(answer.read().decode())


def test_life_of_a_stack(running: Running, state_dir: Path) -> None:
    """One start, because a cold one costs seconds: order, environment, deaths, a second start, the end."""
    running.wait_ready()
    # The worker has nothing to ask whether it is ready, so its first words may come later.
    wait_until(lambda: len(running.journal()) == 3, "the worker to be up")
    assert running.journal() == ["prepare", "web up", "worker up"]
    published = addresses(state_dir)
    assert (state_dir / "addresses.json").stat().st_mode & 0o077 == 0
    web = published["urls"]["web"]
    assert f"open {web} now" in running.said()
    assert get(f"{web}/env/KEY") == published["env"]["KEY"]
    assert get(f"{published['urls']['worker']}/env/WEB") == web
    assert query(published["env"]["DATABASE"], "SELECT 1") == 1

    # Another `up` on the same folder names the addresses and leaves everything alone.
    second = Running(state_dir.parent / "plan.toml", state_dir, output="second")
    assert second.process.wait(30) == 0
    assert "already running" in second.said()
    assert web in second.said()

    # A killed process and a killed database come back; the bystander keeps its process.
    bystander = noted_pid(state_dir, "worker")
    kill(noted_pid(state_dir, "web"))
    wait_until(lambda: running.journal().count("web up") == 2, "the killed process to come back")
    kill(noted_pid(state_dir, "postgres"))
    wait_until(lambda: "postgres was gone" in running.said(), "the killed database to come back")
    assert query(published["env"]["DATABASE"], "SELECT 1") == 1
    assert noted_pid(state_dir, "worker") == bystander

    pids = [noted_pid(state_dir, name) for name in ("postgres", "valkey", "web", "worker")]
    assert running.stop(signal.SIGINT) == 0
    assert running.journal()[-2:] == ["worker down", "web down"]
    assert all(gone(pid) for pid in pids)
    assert "database system is shut down" in (state_dir / "logs" / "postgres.log").read_text()
    assert not (state_dir / "addresses.json").exists()

    # Warm: same addresses, same secret, and no cluster is made again.
    again = Running(state_dir.parent / "plan.toml", state_dir)
    again.wait_ready()
    assert addresses(state_dir) == published | {"pid": again.process.pid}
    took = re.search(r"everything is ready after ([\d.]+) s", again.said())
    assert took
    assert float(took.group(1)) < 10
    assert again.stop() == 0


@pytest.mark.usefixtures("no_servers")
def test_killed_supervisor_takes_its_processes_along(running: Running, state_dir: Path) -> None:
    running.wait_ready()
    pids = [noted_pid(state_dir, name) for name in ("web", "worker")]
    port = addresses(state_dir)["urls"]["web"]
    kill(running.process.pid)
    running.process.wait()

    again = Running(state_dir.parent / "plan.toml", state_dir)
    again.wait_ready()
    assert all(gone(pid) for pid in pids)
    assert addresses(state_dir)["urls"]["web"] == port
    assert again.stop() == 0


@pytest.mark.usefixtures("no_servers")
@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ('["{python}", "STAND_IN", "fail"]\nonce = true', "bad failed with 3"),
        ('["{python}", "STAND_IN", "fail"]\nready = "http://127.0.0.1:9/"', "ends as soon as it is started"),
    ],
    ids=["once", "service"],
)
def test_process_that_cannot_start_ends_everything_and_shows_its_log(
    state_dir: Path, command: str, complaint: str
) -> None:
    good = PLAN.partition('[[process]]\nname = "worker"')[0]
    plan = write_plan(state_dir.parent, f'{good}[[process]]\nname = "bad"\ncommand = {command}\n')
    stack = Running(plan, state_dir)
    assert stack.process.wait(30) == 1
    assert complaint in stack.said()
    assert "what went wrong" in stack.said()
    assert stack.journal()[-1] == "web down"


@pytest.mark.usefixtures("no_servers")
def test_signal_during_the_start_stops_it(state_dir: Path) -> None:
    plan = write_plan(state_dir.parent, NEVER_READY)
    stack = Running(plan, state_dir)
    wait_until(lambda: (state_dir / "journal").exists(), "the process to be started")
    assert stack.stop() == 0
    assert stack.journal() == ["never up", "never down"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[process]]\nname = 'a'\n", "needs a command"),
        ("[[process]]\nname = 'a'\ncommand = ['x']\nredy = 'y'\n", "redy"),
        ("[[process]]\nname = 'a'\ncommand = ['x']\n" * 2, "alike"),
        ("bannner = ''\n[[process]]\nname = 'a'\ncommand = ['x']\n", "bannner"),
        ("", "process"),
    ],
)
def test_plan_with_a_slip_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(DevstackError, match=complaint):
        load(write_plan(tmp_path, text))


def test_unknown_placeholder_is_named_and_known_ones_are_remembered(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.acquire()
    plan = load(write_plan(tmp_path))
    values = Values(plan, state, database_url="postgresql://{state}", redis_url="redis://y")
    for unknown in ("{port.prepare}", "{url.nobody}", "{colour}", "{secret}"):
        with pytest.raises(DevstackError, match=re.escape(unknown)):
            values.fill(unknown)
    filled = values.fill("{port.web} {secret.a} {secret.b} {python}")
    assert filled == values.fill("{port.web} {secret.a} {secret.b} {python}")
    assert len(set(filled.split())) == 4
    # What a value contains is not a placeholder itself.
    assert values.fill("{database_url}") == "postgresql://{state}"
    state.release()


def test_plan_of_the_demo_can_be_filled(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.acquire()
    plan = load(ROOT / "demo.toml")
    values = Values(plan, state, database_url="postgresql://x", redis_url="redis://y")
    texts = [plan.banner, *plan.env.values()]
    for process in plan.processes:
        texts += [*process.command, *process.env.values(), process.ready or ""]
    assert not any(re.search(r"\{[\w.]+\}", values.fill(text)) for text in texts)
    assert sorted(values.urls()) == ["api", "sandbox"]
    state.release()


@pytest.fixture
def no_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://unused.example/x")
    monkeypatch.setenv("REDIS_URL", "redis://unused.example/0")
