"""What to run beside the servers: a TOML file, read strictly, and the values its placeholders stand for.

    {python} {state} {database_url} {redis_url} {port.NAME} {url.NAME} {secret.NAME}

A port belongs to a process of the file; a secret is whatever name one asks for. Both are made once and
remembered.
"""

import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devstack.errors import DevstackError
from devstack.ports import HOST
from devstack.state import State

PLACEHOLDER = re.compile(r"\{(\w+)(?:\.([\w-]+))?\}")


@dataclass(frozen=True)
class Process:
    name: str
    command: tuple[str, ...]
    # Runs to its end before the next one starts; any exit code but 0 is a failure.
    once: bool = False
    # A URL that answers 2xx when the process can be used; without one it counts as ready at once.
    ready: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    folder: Path
    env: Mapping[str, str]
    processes: tuple[Process, ...]
    banner: str


def load(path: Path) -> Plan:
    try:
        with path.open("rb") as file:
            content = tomllib.load(file)
        env, banner = content.pop("env", {}), content.pop("banner", "")
        processes = tuple(_process(entry) for entry in content.pop("process"))
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise DevstackError(f"{path} cannot be used: {error}") from error
    if content:
        raise DevstackError(f"{path} has entries that mean nothing: {', '.join(content)}")
    if len({process.name for process in processes}) != len(processes):
        raise DevstackError(f"{path} names two processes alike")
    return Plan(path.absolute().parent, env, processes, banner)


class Values:
    """Fills placeholders; ports and secrets come into being when first asked for."""

    def __init__(self, plan: Plan, state: State, *, database_url: str, redis_url: str) -> None:
        self._state = state
        self._services = {process.name for process in plan.processes if not process.once}
        self._ports: dict[str, int] = {}
        self._plain = {
            "python": sys.executable,
            "state": str(state.root),
            "database_url": database_url,
            "redis_url": redis_url,
        }

    def fill(self, text: str) -> str:
        return PLACEHOLDER.sub(lambda found: self._value(found.group(1), found.group(2)), text)

    def fill_all(self, texts: Mapping[str, str]) -> dict[str, str]:
        return {name: self.fill(text) for name, text in texts.items()}

    def urls(self) -> dict[str, str]:
        return {name: f"http://{HOST}:{port}" for name, port in sorted(self._ports.items())}

    def _value(self, kind: str, name: str | None) -> str:
        if name is None and kind in self._plain:
            return self._plain[kind]
        if name is not None and kind == "secret":
            return self._state.secret(name)
        if name in self._services and kind == "port":
            return str(self._port(name))
        if name in self._services and kind == "url":
            return f"http://{HOST}:{self._port(name)}"
        raise DevstackError(f"nothing is known as {{{kind}{'.' + name if name else ''}}}")

    def _port(self, name: str) -> int:
        # Asked once a run: while its process is up, the remembered port is rightly taken.
        if name not in self._ports:
            self._ports[name] = self._state.port(name)
        return self._ports[name]


def _process(entry: dict[str, Any]) -> Process:
    command = entry.pop("command", None)
    if not isinstance(command, list) or not command:
        raise TypeError("every process needs a command, a list of words")
    return Process(command=tuple(command), **entry)
