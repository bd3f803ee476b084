"""Where the tests keep their servers."""

import os
from pathlib import Path

import pytest

from tests.harness.servers import ROOT, home_of_tests

DISK = ROOT / ".huixiang"


def test_in_memory_where_there_is_room(tmp_path: Path) -> None:
    home = home_of_tests(tmp_path, room=0)
    assert home.parent == tmp_path
    assert home.stat().st_mode & 0o777 == 0o700
    assert home_of_tests(tmp_path, room=0) == home


def test_on_disk_where_there_is_none(tmp_path: Path) -> None:
    assert home_of_tests(tmp_path, room=2**60) == DISK
    assert home_of_tests(tmp_path / "missing", room=0) == DISK


def test_never_where_somebody_else_put_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = home_of_tests(tmp_path, room=0)
    home.rmdir()
    (tmp_path / "elsewhere").mkdir()
    home.symlink_to(tmp_path / "elsewhere")
    assert home_of_tests(tmp_path, room=0) == DISK
    home.unlink()
    home.mkdir()
    monkeypatch.setattr(
        Path, "stat", lambda *_, **__: os.stat_result((0o40700, 0, 0, 1, os.getuid() + 1, 0, 0, 0, 0, 0))
    )
    assert home_of_tests(tmp_path, room=0) == DISK
