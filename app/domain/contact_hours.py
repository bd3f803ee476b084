"""The hours of the week in which a customer wishes to be called, told and visited, by the clock in China."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from app.domain.situation import Window
from app.domain.zone import ZONE

_WEEK = 7


@dataclass(frozen=True)
class ContactSpan:
    """On these days of the week (Monday is 1), within one day."""

    weekdays: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True)
class ContactHours:
    """Without any span nothing is known of his wishes, so nothing is against them."""

    reason: ClassVar[str] = "contact_hours"

    spans: tuple[ContactSpan, ...] = ()

    @classmethod
    def read(cls, document: Iterable[Mapping[str, Any]]) -> "ContactHours":
        """From ``[{"weekdays": [1, 2], "from": "18:00", "until": "21:00"}]``."""
        return cls(
            tuple(
                ContactSpan(
                    frozenset(span["weekdays"]),
                    time.fromisoformat(span["from"]),
                    time.fromisoformat(span["until"]),
                )
                for span in document
            )
        )

    def on(self, first: date, days: int) -> tuple[Window, ...]:
        """The stretches of these days, in order of time; those that touch or overlap are one."""
        return tuple(_joined(sorted(self._all(first, days), key=lambda w: w.start)))

    def until(self, now: datetime) -> datetime | None:
        """When he may be disturbed again; None when that is now, or when he has said nothing."""
        today = now.astimezone(ZONE).date()
        # The same weekday of the next week too: its hours of today may be over.
        ahead = [w for w in self.on(today, _WEEK + 1) if w.end > now]
        if not ahead or ahead[0].start <= now:
            return None
        return ahead[0].start

    def _all(self, first: date, days: int) -> Iterator[Window]:
        for day in (first + timedelta(days=i) for i in range(days)):
            for span in self.spans:
                if day.isoweekday() in span.weekdays:
                    yield Window(
                        datetime.combine(day, span.start, ZONE), datetime.combine(day, span.end, ZONE)
                    )


ANYTIME = ContactHours()


def _joined(windows: Iterable[Window]) -> Iterator[Window]:
    last: Window | None = None
    for window in windows:
        if last is not None and window.start <= last.end:
            last = Window(last.start, max(last.end, window.end))
            continue
        if last is not None:
            yield last
        last = window
    if last is not None:
        yield last
