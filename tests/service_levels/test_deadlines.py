"""Deadlines on paper: a calendar, a target, when the clock ran and paused, and the second in which it is due.

The clock does what is said last: ``run``, ``pause`` or ``stop``; a time without a day is one of the day before it.
``-`` is a deadline that nobody can tell.
"""

from collections.abc import Iterator

import pytest

from app.domain.lifecycle import State
from app.domain.service_levels.clocks import Run, Segment
from app.domain.service_levels.measure import Measure
from app.domain.service_levels.policy import Metric, Target
from tests.service_levels.calendars import CALENDARS, at, span

# name | calendar | target | what the clock did | due; below, the arithmetic by hand. 11-23 is a Monday.
TABLE = """
within a morning         | shop       | 2h    | run 11-23 09:00 | 11-23 11:00
    = 9:00 + 2 h
over lunch               | shop       | 2h    | run 11-23 11:00 | 11-23 14:00
    = 11–12 is 1 h, lunch is nothing, 13:00 + 1 h
to the last second       | shop       | 2h    | run 11-23 10:00 | 11-23 12:00
    = 10–12 is 2 h: due at noon, not after lunch
over the weekend         | shop       | 2h    | run 11-27 17:00 | 11-30 10:00
    = Fri 17–18 is 1 h, Mon 9:00 + 1 h
before opening           | shop       | 2h    | run 11-23 06:00 | 11-23 11:00
    = nothing until 9:00, 9:00 + 2 h
after closing            | shop       | 2h    | run 11-23 20:00 | 11-24 11:00
    = Tue 9:00 + 2 h
at closing               | shop       | 1h    | run 11-23 18:00 | 11-24 10:00
    = Mon 18:00 is closed already, Tue 9:00 + 1 h
a day and an hour        | shop       | 9h    | run 11-23 09:00 | 11-24 10:00
    = Mon 3 h + 5 h = 8 h, Tue 9:00 + 1 h
from ten, a day long     | shop       | 8h    | run 11-23 10:00 | 11-24 10:00
    = Mon 2 h + 5 h = 7 h, Tue 9:00 + 1 h
a week and a second      | shop       | 40h1s | run 11-23 09:00 | 11-30 09:00:01
    = 5 × 8 h = 40 h, Mon 9:00 + 1 s
golden week              | shop       | 2h    | run 09-30 17:00 | 10-08 10:00
    = Wed 17–18 is 1 h, 1–7 Oct off, Thu 9:00 + 1 h
make-up Saturday         | shop       | 2h    | run 10-09 17:00 | 10-10 10:00
    = Fri 17–18 is 1 h, Sat is worked: 9:00 + 1 h
after a make-up Saturday | shop       | 2h    | run 10-10 17:00 | 10-12 10:00
    = Sat 17–18 is 1 h, Sun off, Mon 9:00 + 1 h
night                    | night      | 2h    | run 11-24 05:00 | 11-24 23:00
    = 5–6 is 1 h, 22:00 + 1 h
night over midnight      | night      | 2h    | run 11-23 23:00 | 11-24 01:00
    = 23–24 is 1 h, 0:00 + 1 h
three spans a day        | relay      | 6h    | run 11-23 13:00 | 11-24 13:00
    = 1 h + 16–18 2 h + 8–10 2 h = 5 h, 12:00 + 1 h
overlapping spans        | overlap    | 6h    | run 11-23 10:00 | 11-23 16:00
    = 9–13 and 12–18 are 9–18: 10:00 + 6 h
paused for an answer     | shop       | 2h    | run 11-23 09:00, pause 10:00, run 15:00 | 11-23 16:00
    = 1 h used, 15:00 + 1 h
paused over the weekend  | shop       | 2h    | run 11-27 17:00, pause 17:30, run 11-30 09:30 | 11-30 11:00
    = 30 m used, 9:30 + 1 h 30 m
two pauses | shop | 1m | run 11-23 10:00, pause 10:00:10, run 10:00:20, pause 10:00:30, run 10:01 | 11-23 10:01:40
    = 10 s + 10 s used, 10:01:00 + 40 s
paused in the night      | night      | 4h    | run 11-23 22:00, pause 23:00, run 11-24 02:00 | 11-24 05:00
    = 1 h used, 2:00 + 3 h
after a finished job     | shop       | 2h    | run 11-23 09:00, stop 10:00, run 11-30 09:00 | 11-30 10:00
    = 1 h used, then a week that does not count
one day                  | shop       | 8h    | run 11-23 09:00 | 11-23 18:00
one week                 | shop       | 40h   | run 11-23 09:00 | 11-27 18:00
on Saturday              | shop       | 2h    | run 11-28 10:00 | 11-30 11:00
midnight to Sunday       | shop       | 1s    | run 11-29 00:00 | 11-30 09:00:01
during lunch             | shop       | 30m   | run 11-23 12:30 | 11-23 13:30
at once                  | shop       | 0s    | run 11-28 10:00 | 11-28 10:00
in the golden week       | shop       | 1h    | run 10-03 12:00 | 10-08 10:00
across the golden week   | shop       | 16h   | run 09-30 09:00 | 10-08 18:00
make-up Sunday           | shop       | 1h    | run 09-20 08:00 | 09-20 10:00
Sunday that is none      | shop       | 1h    | run 11-22 08:00 | 11-23 10:00
desk over night          | desk       | 2h    | run 11-23 19:00 | 11-24 09:00
desk for twelve hours    | desk       | 12h   | run 11-23 20:00 | 11-24 20:00
desk for two days        | desk       | 24h   | run 11-23 08:00 | 11-24 20:00
desk on leap day         | desk       | 2h    | run 2028-02-28 19:00 | 2028-02-29 09:00
desk after leap day      | desk       | 13h   | run 2028-02-29 08:00 | 2028-03-01 09:00
desk over new year       | desk       | 2h    | run 12-31 19:00 | 2027-01-01 09:00
a whole night            | night      | 8h    | run 11-23 22:00 | 11-24 06:00
noon until night         | night      | 1h    | run 11-23 12:00 | 11-23 23:00
night to Monday          | night      | 1h    | run 11-29 23:30 | 11-30 00:30
night into a holiday     | weeknights | 4h    | run 09-30 23:00 | 10-01 03:00
night after the holidays | weeknights | 8h    | run 09-30 23:00 | 10-08 23:00
night before the weekend | weeknights | 2h    | run 11-28 05:00 | 11-30 23:00
always over midnight     | always     | 15m   | run 11-28 23:50 | 11-29 00:05
always for a day         | always     | 24h   | run 11-28 10:00 | 11-29 10:00
always over new year     | always     | 1m    | run 12-31 23:59:30 | 2027-01-01 00:00:30
always over summer 1990s | always     | 1h    | run 2026-04-12 01:30 | 2026-04-12 02:30
end of a span            | relay      | 3h    | run 11-23 09:00 | 11-23 14:00
a second into the next   | relay      | 3h1s  | run 11-23 09:00 | 11-23 16:00:01
between spans            | relay      | 1h    | run 11-23 10:30 | 11-23 13:00
weekend work             | weekend    | 2h    | run 11-23 09:00 | 11-28 12:00
Saturday and Sunday      | weekend    | 8h    | run 11-28 12:00 | 11-29 14:00
weekend to weekend       | weekend    | 7h    | run 11-29 10:00 | 12-05 11:00
touching spans           | touching   | 3h    | run 11-23 08:30 | 11-23 11:30
the only day of the year | one day    | 30m   | run 11-23 09:00 | 12-24 10:30
still paused             | shop       | 2h    | run 11-23 09:00, pause 10:00 | -
paused from the first    | shop       | 2h    | pause 11-23 09:00, run 10:00 | 11-23 12:00
pause at night is free   | shop       | 2h    | run 11-23 17:00, pause 18:00, run 11-24 09:00 | 11-24 10:00
pause at lunch is free   | shop       | 2h    | run 11-23 11:00, pause 12:00, run 13:00 | 11-23 14:00
pause across opening     | shop       | 2h    | run 11-23 08:00, pause 08:30, run 10:00 | 11-23 12:00
a second at a time       | shop       | 2s    | run 11-23 10:00:00, pause 10:00:01, run 10:00:02 | 11-23 10:00:03
an hour on Friday        | shop       | 2h    | pause 11-27 17:00, run 18:00 | 11-30 11:00
due as the pause begins  | shop       | 2h    | run 11-23 09:00, pause 11:00, run 14:00 | 11-23 14:00
due before the pause     | shop       | 2h    | run 11-23 09:00, pause 11:30 | 11-23 11:00
done early               | shop       | 2h    | run 11-23 09:00, stop 10:00 | -
done in the last second  | shop       | 2h    | run 11-23 09:00, stop 11:00 | -
done late                | shop       | 2h    | run 11-23 09:00, stop 11:30 | 11-23 11:00
back the same day        | shop       | 2h    | run 11-23 09:00, stop 10:00, run 15:00 | 11-23 16:00
ran while closed         | shop       | 2h    | run 11-28 10:00, pause 12:00, run 11-30 10:00 | 11-30 12:00
resumed during lunch     | shop       | 1h    | run 11-23 11:00, pause 11:30, run 12:30 | 11-23 13:30
resumed after closing    | shop       | 1h    | run 11-23 17:00, pause 17:30, run 20:00 | 11-24 09:30
the clock was set back   | shop       | 2h    | run 11-23 10:00, stop 10:00, run 09:30 | 11-23 11:30
paused on a holiday | shop | 2h | run 09-30 17:00, stop 18:00, pause 10-02 09:00, run 10-05 09:00 | 10-08 10:00
always, paused           | always     | 30m   | run 11-28 23:50, pause 23:55, run 11-29 08:00 | 11-29 08:25
"""
LINES = TABLE.strip().splitlines()
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in LINES if not line.startswith(" ")]


@pytest.mark.parametrize(
    ("calendar", "target", "course", "due"), [row[1:5] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_due(calendar: str, target: str, course: str, due: str) -> None:
    run = Run(Metric.RESOLUTION, 1, tuple(_segments(course)), None, False)
    found = Measure(run, Target(span(target)), CALENDARS[calendar]).due
    assert found == (None if due == "-" else at(due))


def test_how_many_there_are() -> None:
    assert len(ROWS) >= 60
    assert len(LINES) - len(ROWS) >= 20


def _segments(course: str) -> Iterator[Segment]:
    steps: list[tuple[str, int]] = []
    day = ""
    for step in course.split(", "):
        mode, *when = step.split(" ")
        day = when[0] if len(when) == 2 else day
        steps.append((mode, at(f"{day} {when[-1]}")))
    for (mode, since), after in zip(steps, [*steps[1:], None], strict=True):
        if mode != "stop":
            yield Segment(since, after[1] if after else None, mode == "run", State.DISPATCHING)
