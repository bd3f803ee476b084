"""Beside a running demo the commands mean that demo, unless somebody names a database."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import environment

URL = "postgresql://demo@127.0.0.1:1/demo"


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "addresses.json"
    monkeypatch.setattr(environment, "DEMO", path)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.delenv("HUIXIANG_DATABASE_URL", raising=False)
    # Where a .env file of the developer's would be read.
    monkeypatch.chdir(tmp_path)
    environment.settings.cache_clear()
    yield path
    environment.settings.cache_clear()


def publish(path: Path, pid: int) -> None:
    env = {"HUIXIANG_DATABASE_URL": URL, "HUIXIANG_ENVIRONMENT": "demo"}
    path.write_text(json.dumps({"pid": pid, "urls": {}, "env": env, "banner": ""}), encoding="utf-8")


def test_a_running_demo_lends_its_settings(demo: Path) -> None:
    publish(demo, os.getpid())
    assert environment.settings().database_url == URL
    assert environment.settings().environment == "demo"


def test_whoever_names_a_database_means_that_one(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(demo, os.getpid())
    monkeypatch.setenv("HUIXIANG_DATABASE_URL", "postgresql://mine/x")
    assert environment.settings().database_url == "postgresql://mine/x"
    assert environment.settings().environment == "development"


def test_a_demo_that_was_killed_is_not_believed(demo: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    publish(demo, gone.pid)
    assert environment.demo_environment(demo) == {}


@pytest.mark.parametrize("content", [None, "", "{}", '{"pid": 1'])
def test_a_file_that_says_nothing_is_no_demo(demo: Path, content: str | None) -> None:
    if content is not None:
        demo.write_text(content, encoding="utf-8")
    assert environment.demo_environment(demo) == {}
