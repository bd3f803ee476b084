"""The hours of the night in which nobody is disturbed for what can wait."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import ClassVar

from app.domain.zone import ZONE

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class QuietHours:
    """From ``start`` until ``end`` by the clock in China; a start after the end means over midnight."""

    reason: ClassVar[str] = "quiet_hours"

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> "QuietHours | None":
        """``22:00-08:00``; empty for none. Raises ValueError for anything else."""
        if not text:
            return None
        found = _SPAN.fullmatch(text)
        if found is None or found[1] + found[2] == found[3] + found[4]:
            raise ValueError("quiet hours are written as 22:00-08:00, or left empty for none")
        return cls(time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4])))

    def until(self, now: datetime) -> datetime | None:
        """When the present quiet ends; None while it is not quiet."""
        local = now.astimezone(ZONE)
        clock = local.time()
        over_midnight = self.start > self.end
        quiet = clock >= self.start or clock < self.end if over_midnight else self.start <= clock < self.end
        if not quiet:
            return None
        day = local.date() + timedelta(days=over_midnight and clock >= self.start)
        return datetime.combine(day, self.end, ZONE)
