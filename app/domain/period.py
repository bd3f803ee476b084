"""A month or a quarter on the calendar of China: what figures are about."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.zone import ZONE

_NAME = re.compile(r"(20\d\d)-(?:(0[1-9]|1[0-2])|Q([1-4]))")


@dataclass(frozen=True, order=True)
class Period:
    """From ``begin`` up to and without ``end``; ``name`` is 2026-11 or 2026-Q4."""

    begin: datetime
    end: datetime
    name: str

    @classmethod
    def read(cls, name: str) -> "Period":
        """Raises ValueError for anything that is neither a month nor a quarter."""
        found = _NAME.fullmatch(name)
        if found is None:
            raise ValueError("时间段写作 2026-11 或 2026-Q4。")
        year, month, quarter = found.groups()
        if quarter is None:
            return cls._of(int(year), int(month), 1, name)
        return cls._of(int(year), 3 * int(quarter) - 2, 3, name)

    @classmethod
    def month_of(cls, at: datetime) -> "Period":
        return cls.read(f"{at.astimezone(ZONE):%Y-%m}")

    def __contains__(self, at: datetime) -> bool:
        return self.begin <= at < self.end

    @classmethod
    def _of(cls, year: int, month: int, months: int, name: str) -> "Period":
        begin = datetime(year, month, 1, tzinfo=ZONE)
        end = begin
        for _ in range(months):
            end = (end + timedelta(days=32)).replace(day=1)
        return cls(begin, end, name)
