"""How WeChat is doing, felt by our own calls: in a storm one message probes at a time, the others keep."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# Outcomes in which WeChat itself did not answer as it should.
_STORMY = frozenset({"soon", "unknown", "later_minute"})
_PATIENCE = 5
_SHORTEST = timedelta(seconds=1)
_LONGEST = timedelta(seconds=30)


@dataclass(frozen=True)
class _Storm:
    since: datetime
    pause: timedelta
    probe_at: datetime


class Weather:
    """Fair until five tries in a row fail; stormy until one succeeds."""

    def __init__(self) -> None:
        self._failures = 0
        self._storm: _Storm | None = None

    def feel(self, outcome: str, *, began: datetime, now: datetime) -> None:
        """How a try ended that began at ``began``."""
        if outcome == "not_sent":
            self._untried(began, now)
        elif outcome not in _STORMY:
            self._failures, self._storm = 0, None
        elif self._storm is None:
            self._failures += 1
            if self._failures >= _PATIENCE:
                self._storm = _Storm(now, _SHORTEST, now + _SHORTEST)
        elif began > self._storm.since:
            # Only a probe says something new; a try from before the storm that fails late does not.
            pause = min(self._storm.pause * 2, _LONGEST)
            self._storm = _Storm(now, pause, now + pause)

    def room(self, free: int, now: datetime) -> int:
        """How many messages may be taken now, of ``free`` places."""
        if self._storm is None:
            return free
        return min(free, 1) if now >= self._storm.probe_at else 0

    def turned(self, began: datetime) -> bool:
        """Whether a storm came up since a message was taken that has not left yet."""
        return self._storm is not None and began <= self._storm.since

    def taken(self, count: int, now: datetime) -> None:
        """In a storm the next probe waits for the outcome of this one, or for as long as a try can take."""
        if self._storm is not None and count:
            self._storm = replace(self._storm, probe_at=now + _LONGEST)

    def _untried(self, began: datetime, now: datetime) -> None:
        """The message that was to probe never left: another may."""
        if self._storm is not None and began > self._storm.since:
            self._storm = replace(self._storm, probe_at=now)
