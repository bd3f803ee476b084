import time

CHINA_OFFSET = 8 * 3600
_DAY = 86_400


class Clock:
    """The platform's time. It may be moved and may run faster; every deadline (tokens, codes, windows, quotas,
    delays of events) follows it. `stamp` never moves, because others compare it with their own clocks."""

    def __init__(self, offset: float = 0.0, speed: float = 1.0, since: float | None = None) -> None:
        """`offset` is what it was ahead by at the real moment `since`."""
        self._speed = speed
        self._since = time.time() if since is None else since
        self._base = self._since + offset

    @classmethod
    def load(cls, stored: str | None) -> "Clock":
        """From `dump`; an older sandbox stored the offset alone."""
        offset, speed, since = (*(float(part) for part in (stored or "0").split()), None, None)[:3]
        return cls(offset or 0.0, speed or 1.0, since)

    def dump(self) -> str:
        return f"{self._base - self._since!r} {self._speed!r} {self._since!r}"

    def now(self) -> float:
        return self._base + (time.time() - self._since) * self._speed

    @property
    def offset(self) -> float:
        return self.now() - time.time() if self._speed != 1.0 else self._base - self._since

    @property
    def speed(self) -> float:
        return self._speed

    def advance(self, seconds: float) -> None:
        self._base += seconds

    def run(self, speed: float) -> None:
        now, real = self.now(), time.time()
        self._base, self._since, self._speed = now, real, speed

    def reset(self) -> None:
        self._speed, self._since = 1.0, time.time()
        self._base = self._since

    def real_seconds(self, seconds: float) -> float:
        """How long a span of this clock takes for somebody who waits."""
        return seconds / self._speed

    @staticmethod
    def stamp() -> float:
        return time.time()

    def day(self) -> int:
        """Number of the day in China, where daily quotas begin anew at midnight."""
        return int((self.now() + CHINA_OFFSET) // _DAY)

    def day_start(self) -> float:
        return float(self.day() * _DAY - CHINA_OFFSET)

    def next_midnight(self) -> float:
        return self.day_start() + _DAY

    def month(self) -> str:
        return time.strftime("%Y-%m", self._china())

    def china(self) -> str:
        return time.strftime("%Y-%m-%d %H:%M:%S", self._china())

    def _china(self) -> time.struct_time:
        return time.gmtime(self.now() + CHINA_OFFSET)
