import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from devstack import AlreadyRunning, DevstackError, Stack, identity, postgres
from devstack.valkey import answers
from tests.devstack.observing import gone, kill, noted_pid, query, wait_until

SIMILARITY = "SELECT similarity('空调不制冷了', '空调不制冷')"


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2].partition("/")[0])


def password_of(url: str) -> str:
    return url.partition("://")[2].partition("@")[0].partition(":")[2]


def test_both_servers_answer_and_compare_chinese(used_state_dir: Path) -> None:
    with Stack(used_state_dir, fast=True) as stack:
        query(stack.database_url, "CREATE EXTENSION pg_trgm")
        similarity = query(stack.database_url, SIMILARITY)
        assert isinstance(similarity, float)
        assert similarity > 0
        assert stack.database_url.startswith("postgresql://huixiang:")
        assert stack.redis_url.endswith("/0")
        assert answers(port_of(stack.redis_url), password_of(stack.redis_url))
        assert not answers(port_of(stack.redis_url), "wrong")
        pids = [server.pid for server in stack.servers]
    assert all(pid and gone(pid) for pid in pids)
    assert list((used_state_dir / "run").iterdir()) == []


def test_second_start_is_the_same_cluster_at_the_same_address(used_state_dir: Path) -> None:
    with Stack(used_state_dir, fast=True) as first:
        query(first.database_url, "CREATE TABLE kept AS SELECT 7 AS value")
        addresses = first.database_url, first.redis_url
    with Stack(used_state_dir, fast=True) as second:
        assert (second.database_url, second.redis_url) == addresses
        assert query(second.database_url, "SELECT value FROM kept") == 7


WAY = "SELECT inet_server_port() IS NULL"


def test_a_database_for_tests_is_reached_by_a_socket_where_its_name_fits(used_state_dir: Path) -> None:
    with Stack(used_state_dir, fast=True) as stack:
        assert query(stack.database_socket_url, WAY) is True
        assert query(stack.database_url, WAY) is False
    deep = used_state_dir.with_name("deep" * 25)
    used_state_dir.rename(deep)
    with Stack(deep, fast=True) as stack:
        assert query(stack.database_socket_url, WAY) is False


def test_killed_postgres_comes_back_with_what_it_acknowledged(used_state_dir: Path) -> None:
    with Stack(used_state_dir) as stack:
        query(stack.database_url, "CREATE TABLE kept (value int)")
        query(stack.database_url, "INSERT INTO kept VALUES (7)")
        killed, bystander = stack.postgres.pid, stack.valkey.pid
        kill(killed)
        wait_until(lambda: not stack.postgres.alive(), "the server to be seen as dead")

        assert stack.restart_dead() == ["postgres"]

        assert query(stack.database_url, "SELECT value FROM kept") == 7
        assert stack.postgres.pid != killed
        assert stack.valkey.pid == bystander


@pytest.mark.usefixtures("no_postgres")
def test_killed_valkey_comes_back_at_the_same_address(state_dir: Path) -> None:
    with Stack(state_dir) as stack:
        address = stack.redis_url
        kill(stack.valkey.pid)
        wait_until(lambda: not stack.valkey.alive(), "the server to be seen as dead")
        assert stack.restart_dead() == ["valkey"]
        assert stack.redis_url == address
        assert answers(port_of(address), password_of(address))


def test_half_made_cluster_is_thrown_away(state_dir: Path) -> None:
    half = state_dir / "pg.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with Stack(state_dir, fast=True) as stack:
        assert query(stack.database_url, "SELECT 1") == 1
    assert not half.exists()


def test_port_taken_by_a_stranger_is_given_up(used_state_dir: Path) -> None:
    with Stack(used_state_dir, fast=True) as stack:
        taken = port_of(stack.database_url), port_of(stack.redis_url)
    with ExitStack() as strangers:
        for port in taken:
            strangers.enter_context(socket.create_server(("127.0.0.1", port)))
        with Stack(used_state_dir, fast=True) as stack:
            moved = port_of(stack.database_url), port_of(stack.redis_url)
            assert query(stack.database_url, "SELECT 1") == 1
    assert set(moved).isdisjoint(taken)
    with Stack(used_state_dir, fast=True) as stack:
        assert (port_of(stack.database_url), port_of(stack.redis_url)) == moved


def test_servers_given_by_the_environment_are_used_and_left_alone(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@db.example/x")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example/3")
    with Stack(state_dir) as stack:
        assert stack.database_url == stack.database_socket_url == "postgresql://somebody@db.example/x"
        assert stack.redis_url == "redis://cache.example/3"
        assert [server.pid for server in stack.servers] == [None, None]
        assert stack.restart_dead() == []
    assert not (state_dir / "pg").exists()


@pytest.mark.usefixtures("no_postgres")
def test_passwords_are_for_the_owner_only(state_dir: Path) -> None:
    with Stack(state_dir) as stack:
        assert (state_dir / "conf.json").stat().st_mode & 0o077 == 0
        assert (state_dir / "valkey" / "valkey.conf").stat().st_mode & 0o077 == 0
        assert stack.valkey.pid
        command = Path(f"/proc/{stack.valkey.pid}/cmdline")
        if command.exists():
            assert password_of(stack.redis_url).encode() not in command.read_bytes()


@pytest.mark.usefixtures("no_postgres")
def test_folder_is_used_by_one_stack_at_a_time(state_dir: Path) -> None:
    with Stack(state_dir) as stack:
        with pytest.raises(AlreadyRunning):
            Stack(state_dir).start()
        assert stack.valkey.alive()
    with Stack(state_dir) as stack:
        assert stack.valkey.alive()


def test_database_that_drops_chinese_is_refused_at_once(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_options", lambda _bin, _password: ["-U", "huixiang", "--no-locale"])
    with pytest.raises(DevstackError, match="cannot compare Chinese"):
        Stack(state_dir, fast=True).start()
    assert not (state_dir / "pg").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")
def test_root_without_namespaces_hands_the_server_to_another_account(
    used_state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Stack(used_state_dir, fast=True) as stack:
        query(stack.database_url, "CREATE TABLE kept AS SELECT 7 AS value")
    used_state_dir.parent.chmod(0o755)
    monkeypatch.setattr(identity, "namespace_works", lambda _program, _folder: False)
    # As if the programs were in a closed folder too, so that they have to be copied.
    opened = identity.open_to_others
    monkeypatch.setattr(identity, "open_to_others", lambda path: path.name != "bin" and opened(path))

    with Stack(used_state_dir, fast=True) as stack:
        assert query(stack.database_url, "SELECT value FROM kept") == 7
        assert Path(f"/proc/{stack.postgres.pid}").stat().st_uid != 0

    monkeypatch.undo()
    with Stack(used_state_dir, fast=True) as stack:
        assert query(stack.database_url, "SELECT value FROM kept") == 7


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")
def test_closed_state_folder_keeps_the_cluster_elsewhere_and_finds_it_again(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "namespace_works", lambda _program, _folder: False)
    with Stack(state_dir, fast=True) as stack:
        query(stack.database_url, "CREATE TABLE kept AS SELECT 7 AS value")
        elsewhere = stack.state.recall("homes", "postgres")
    assert elsewhere
    try:
        with Stack(state_dir, fast=True) as stack:
            assert query(stack.database_url, "SELECT value FROM kept") == 7
        assert not (state_dir / "pg").exists()
    finally:
        shutil.rmtree(elsewhere)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs the parent-death signal")
def test_killed_launcher_leaves_nothing_behind(used_state_dir: Path) -> None:
    program = (
        "import sys, pathlib, devstack;"
        "devstack.Stack(pathlib.Path(sys.argv[1]), fast=True).start();"
        "print('up', flush=True); sys.stdin.read()"
    )
    launcher = subprocess.Popen(
        [sys.executable, "-c", program, str(used_state_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert launcher.stdout
    assert launcher.stdin
    with launcher.stdout, launcher.stdin:
        assert launcher.stdout.readline() == b"up\n"
        pids = [noted_pid(used_state_dir, name) for name in ("postgres", "valkey")]
        launcher.send_signal(signal.SIGKILL)
        launcher.wait()
    for pid in pids:
        wait_until(partial(gone, pid), "the servers to follow their launcher")
    assert "database system is shut down" in (used_state_dir / "logs" / "postgres.log").read_text()
    with Stack(used_state_dir, fast=True) as stack:
        assert query(stack.database_url, "SELECT 1") == 1


@pytest.fixture
def no_postgres(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what is the same with one server: a second saved."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://unused.example/x")
