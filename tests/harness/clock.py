"""Time that only moves when a test says so."""

from datetime import UTC, datetime, timedelta

# A Monday, ten in the morning in Shanghai.
MONDAY_MORNING = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)


class Clock:
    def __init__(self, now: datetime = MONDAY_MORNING) -> None:
        self.now = now

    def advance(self, **duration: float) -> datetime:
        self.now += timedelta(**duration)
        return self.now

    def read(self) -> datetime:
        """Takes the place of ``app.state.clock``."""
        return self.now
