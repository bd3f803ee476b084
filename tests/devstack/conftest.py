"""These tests start servers of their own, whatever the environment offers to the others."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack import Stack


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def state_dir() -> Iterator[Path]:
    """Not tmp_path: pytest keeps those folders, and a cluster is 40 MB."""
    with tempfile.TemporaryDirectory(prefix="devstack-test-") as folder:
        yield Path(folder) / "state"


@pytest.fixture(scope="session")
def _used_once() -> Iterator[Path]:
    with (
        tempfile.TemporaryDirectory(prefix="devstack-test-") as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.delenv("DATABASE_URL", raising=False)
        patch.delenv("REDIS_URL", raising=False)
        with Stack(Path(folder) / "state", fast=True):
            pass
        yield Path(folder) / "state"


@pytest.fixture
def used_state_dir(state_dir: Path, _used_once: Path) -> Path:
    """A folder in which a stack has run before: making a cluster is the slow part."""
    shutil.copytree(_used_once, state_dir)
    return state_dir
