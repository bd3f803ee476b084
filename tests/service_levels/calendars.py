"""The calendars of the cases, and how moments are written in them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from app.domain.service_levels.calendar import ALWAYS, Calendar, Hours, seconds, special_days
from app.domain.zone import ZONE


def hours(text: str) -> tuple[Hours, ...]:
    """``09:00-12:00 22:00-30:00``: the spans of a day."""
    return tuple(Hours(*(_of_day(end) for end in span.split("-"))) for span in text.split())


def _of_day(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 3600 + int(minute) * 60


_WORK = (*[hours("09:00-12:00 13:00-18:00")] * 5, (), ())
_NIGHTS = (*[hours("22:00-30:00")] * 5, (), ())
# As the State Council announced 2026: a week of holidays, for which one Sunday and one Saturday are worked.
_GOLDEN_WEEK: dict[date, int | None] = {date(2026, 10, day): None for day in range(1, 8)}
_MAKE_UP: dict[date, int | None] = {date(2026, 9, 20): 3, date(2026, 10, 10): 4}

CALENDARS: Mapping[str, Calendar] = {
    # Monday to Friday, 3 h in the morning and 5 h in the afternoon, with the holidays of 2026.
    "shop": Calendar(_WORK, tuple(sorted(special_days(_WORK, _GOLDEN_WEEK | _MAKE_UP).items()))),
    "desk": Calendar((hours("08:00-20:00"),) * 7),
    "night": Calendar((hours("22:00-30:00"),) * 7),
    "weeknights": Calendar(_NIGHTS, tuple(sorted(special_days(_NIGHTS, _GOLDEN_WEEK).items()))),
    "relay": Calendar((hours("08:00-10:00 12:00-14:00 16:00-18:00"),) * 7),
    "weekend": Calendar((*[()] * 5, *[hours("10:00-16:00")] * 2)),
    "overlap": Calendar((hours("09:00-13:00 12:00-18:00"),) * 7),
    "touching": Calendar((hours("08:00-10:00 10:00-12:00"),) * 7),
    "one day": Calendar(((),) * 7, ((date(2026, 12, 24), hours("10:00-11:00")),)),
    "always": ALWAYS,
}


def at(text: str) -> int:
    """``11-23 09:00`` of 2026 in China; with a year, and with seconds, where it says so."""
    text = text if text.startswith("20") else f"2026-{text}"
    return seconds(datetime.fromisoformat(text).replace(tzinfo=ZONE))


def span(text: str) -> int:
    """``1h30m``, ``40h1s``."""
    total, number = timedelta(), ""
    for symbol in text:
        if symbol.isdigit():
            number += symbol
            continue
        total += (
            int(number)
            * {"h": timedelta(hours=1), "m": timedelta(minutes=1), "s": timedelta(seconds=1)}[symbol]
        )
        number = ""
    return int(total.total_seconds())
