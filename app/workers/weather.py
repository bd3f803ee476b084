"""How WeChat is doing, felt by our own calls: in a storm one message probes at a time, the others keep."""

from datetime import datetime, timedelta

# Outcomes in which WeChat itself did not answer as it should.
_STORMY = frozenset({"soon", "unknown", "later_minute"})
_PATIENCE = 5
_LONGEST = 30


class Weather:
    def __init__(self) -> None:
        self._failures = 0
        self._probe_at: datetime | None = None

    def feel(self, outcome: str, now: datetime) -> None:
        if outcome == "not_sent":
            return
        if outcome not in _STORMY:
            self._failures, self._probe_at = 0, None
            return
        self._failures += 1
        if self._failures >= _PATIENCE:
            wait = min(2 ** (self._failures - _PATIENCE), _LONGEST)
            self._probe_at = now + timedelta(seconds=wait)

    def room(self, free: int, now: datetime) -> int:
        """How many messages may be taken now, of ``free`` places."""
        if self._probe_at is None:
            return free
        if now < self._probe_at:
            return 0
        # The next probe waits for this one's outcome, or for as long again.
        self._probe_at = now + timedelta(seconds=_LONGEST)
        return min(free, 1)
