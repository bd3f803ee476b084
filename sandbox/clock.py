import time

CHINA_OFFSET = 8 * 3600


class Clock:
    """The platform's time. `offset` moves every deadline (tokens, codes, windows, quotas); `stamp` never
    moves, because others compare it with their own clocks."""

    def __init__(self, offset: float = 0.0) -> None:
        self.offset = offset

    def now(self) -> float:
        return time.time() + self.offset

    @staticmethod
    def stamp() -> float:
        return time.time()

    def day(self) -> int:
        """Number of the day in China, where daily quotas begin anew at midnight."""
        return int((self.now() + CHINA_OFFSET) // 86_400)

    def day_start(self) -> float:
        return float(self.day() * 86_400 - CHINA_OFFSET)

    def month(self) -> str:
        return time.strftime("%Y-%m", time.gmtime(self.now() + CHINA_OFFSET))
