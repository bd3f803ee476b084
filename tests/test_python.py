"""Which Python the whole is installed with: ``scripts/python`` among interpreters that are made up."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.harness.servers import ROOT

CHOOSE = ROOT / "scripts" / "python"


def chosen(folders: list[Path]) -> str:
    # What it needs itself, and no Python of this machine.
    own = folders[0].parent / "tools"
    own.mkdir()
    for tool in ("awk", "dirname"):
        found = shutil.which(tool)
        assert found is not None
        (own / tool).symlink_to(found)
    path = ":".join(map(str, [*folders, own]))
    done = subprocess.run([CHOOSE], env={"PATH": path}, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def interpreter(folder: Path, name: str, says: str, status: int = 0) -> None:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{says}'\nexit {status}\n")
    program.chmod(0o755)


@pytest.mark.parametrize(("older", "wanted"), [("0.00900", "new"), ("0.00800", "old one")])
def test_the_newest_is_taken_unless_another_is_faster_by_far(older: str, wanted: str, tmp_path: Path) -> None:
    interpreter(tmp_path / "a", "python3.13", "0.01000 /new")
    interpreter(tmp_path / "b", "python3.11", f"{older} /old one")
    assert chosen([tmp_path / "b", tmp_path / "a"]) == f"/{wanted}"


def test_a_name_that_leads_nowhere_is_passed_over(tmp_path: Path) -> None:
    interpreter(tmp_path / "shims", "python3.13", "", status=127)
    interpreter(tmp_path / "shims", "python3", "0.01000 /hidden/by/nobody")
    assert chosen([tmp_path / "shims"]) == "/hidden/by/nobody"


def test_where_there_is_none_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert chosen([tmp_path / "empty"]) == ""


def test_the_one_on_this_machine_can_be_installed_with() -> None:
    found = subprocess.run([CHOOSE], capture_output=True, text=True, check=True).stdout.strip()
    says = "import sys; print(sys.version_info >= (3, 11), sys.prefix == sys.base_prefix)"
    asked = subprocess.run([found, "-c", says], capture_output=True, text=True, check=True)
    assert asked.stdout.split() == ["True", "True"]
