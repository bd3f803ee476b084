from datetime import UTC, datetime, timedelta

import pytest

from app.domain.service_hours import add_service_time
from app.domain.zone import ZONE


def on(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day:02}T{clock}").replace(tzinfo=ZONE)


CASES = {
    "within_a_day": (on(23, "14:00"), 2, on(23, "16:00")),
    "to_the_last_minute": (on(23, "18:00"), 2, on(23, "20:00")),
    "over_night": (on(23, "19:00"), 2, on(24, "09:00")),
    "before_opening": (on(23, "06:00"), 2, on(23, "10:00")),
    "after_closing": (on(23, "22:00"), 2, on(24, "10:00")),
    "at_closing": (on(23, "20:00"), 1, on(24, "09:00")),
    "over_two_nights": (on(23, "19:00"), 14, on(25, "09:00")),
    "nothing_in_the_day": (on(23, "19:00"), 0, on(23, "19:00")),
    "nothing_at_night": (on(23, "23:00"), 0, on(24, "08:00")),
    "from_another_zone": (on(23, "19:00").astimezone(UTC), 2, on(24, "09:00")),
}


@pytest.mark.parametrize("name", CASES)
def test_service_time(name: str) -> None:
    start, hours, end = CASES[name]
    assert add_service_time(start, timedelta(hours=hours)) == end
