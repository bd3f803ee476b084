"""The folder where a stack keeps what it must find again: ports, secrets, data, logs, process ids."""

import fcntl
import json
import os
import secrets
from pathlib import Path

from devstack import ports
from devstack.errors import AlreadyRunning


class State:
    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.logs = self.root / "logs"
        self.run = self.root / "run"
        self._lock: int | None = None

    def acquire(self) -> None:
        for folder in (self.root, self.logs, self.run):
            folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise AlreadyRunning(f"a stack is already running in {self.root}") from None
        self._lock = lock

    def release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def port(self, name: str) -> int:
        """The remembered port, or a new one when there is none or a stranger took it."""
        remembered = self._section("ports")
        port = remembered.get(name)
        if isinstance(port, int) and ports.is_free(port):
            return port
        chosen = ports.choose({taken for taken in remembered.values() if isinstance(taken, int)})
        self._remember("ports", name, chosen)
        return chosen

    def secret(self, name: str) -> str:
        """Generated once; URL-safe, so that it can stand in a connection address as it is."""
        known = self.recall("secrets", name)
        if known is None:
            known = secrets.token_urlsafe(32)
            self._remember("secrets", name, known)
        return known

    def recall(self, section: str, name: str) -> str | None:
        value = self._section(section).get(name)
        return value if isinstance(value, str) else None

    def remember(self, section: str, name: str, value: str) -> None:
        self._remember(section, name, value)

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def _section(self, section: str) -> dict[str, str | int]:
        return self._load().get(section, {})

    def _remember(self, section: str, name: str, value: str | int) -> None:
        conf = self._load()
        conf.setdefault(section, {})[name] = value
        write_private(self.root / "conf.json", json.dumps(conf, indent=2, sort_keys=True))

    def _load(self) -> dict[str, dict[str, str | int]]:
        try:
            text = (self.root / "conf.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        conf: dict[str, dict[str, str | int]] = json.loads(text)
        return conf


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, readable by its owner only."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
