from pathlib import Path


class DevstackError(Exception):
    """Something the person at the keyboard can act upon; the message says what."""


class AlreadyRunning(DevstackError):
    """Another process holds the lock of this state folder."""


class ServerFailed(DevstackError):
    """A program did not start; the message carries the end of its log."""

    def __init__(self, name: str, why: str, log: Path) -> None:
        super().__init__(f"{name} {why}; the end of {log} says:\n{tail(log)}")


def tail(log: Path, lines: int = 15) -> str:
    if not log.exists():
        return "    (nothing)"
    text = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(f"    {line}" for line in text[-lines:]) or "    (nothing)"
