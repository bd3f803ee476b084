"""The tools from npm, locked in miniprogram/package-lock.json by version and content; installed once.

``python -m clients.npm`` installs them before the tests need them.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "miniprogram"
# By its place: the compiler of before, whose inside openapi-typescript needs, goes by the same name.
TSC = "../typescript-native/bin/tsc"
_NODE_MAJOR = 20
_INSTALL_SECONDS = 600
_RUN_SECONDS = 300


class NoNode(RuntimeError):
    """Node is missing or too old; the message says what is needed."""


class ToolFailed(RuntimeError):
    """A tool ended with an error; the message is what it said."""


def program(name: str) -> str:
    """The path of ``node`` or ``npm``. Raises NoNode."""
    found, node = shutil.which(name), shutil.which("node")
    if found is None or node is None or _major(node) < _NODE_MAJOR:
        raise NoNode(f"Node {_NODE_MAJOR} or newer with npm is needed.")
    return found


def install() -> Path:
    """The folder of the installed packages. Another lock file installs anew. Raises NoNode, ToolFailed."""
    npm = program("npm")
    modules = PROJECT / "node_modules"
    wanted = hashlib.sha256((PROJECT / "package-lock.json").read_bytes()).hexdigest()
    stamp = modules / ".installed-for"
    state = ROOT / ".huixiang"
    state.mkdir(exist_ok=True)
    with (state / "npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text("utf-8") != wanted:
            # No package runs code of its own while it is installed.
            run([npm, "ci", "--ignore-scripts", "--silent"], seconds=_INSTALL_SECONDS)
            stamp.write_text(wanted, "utf-8")
    return modules


def tool(
    name: str, *arguments: str, seconds: int = _RUN_SECONDS, env: Mapping[str, str] | None = None
) -> str:
    """What one of the installed programs (``name`` in ``node_modules/.bin``) printed. Raises NoNode, ToolFailed."""
    return run([program("node"), str(install() / ".bin" / name), *arguments], seconds=seconds, env=env)


def run(command: list[str], *, seconds: int, env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=seconds, env=env
    )
    said = f"{done.stdout}\n{done.stderr}".strip()
    if done.returncode:
        raise ToolFailed(f"{' '.join(command[:4])} ended with {done.returncode}:\n{said[-8000:]}")
    return said


def _major(node: str) -> int:
    version = subprocess.run(
        [node, "--version"], capture_output=True, text=True, check=True, timeout=30
    ).stdout
    return int(version.strip().removeprefix("v").partition(".")[0])


if __name__ == "__main__":
    try:
        install()
    except (NoNode, ToolFailed) as failed:
        sys.exit(str(failed))
