"""The product as a policy for whoever replays days with a judge of his own: ``bench.dispatch:policy``.

Such a judge gives the day's engineers, then calls ``on_reveal`` for every job that is reported and ``on_tick`` each
quarter of an hour and when somebody falls sick. Both answer with the new queues of those whose queue changes.
"""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

from bench.dispatch.days import Engineer, Errand
from bench.dispatch.policies import Moment, Now, Routes, Search


class EngineerRow(TypedDict):
    id: int
    home: list[float]
    shift: list[float]
    skills: list[int]
    rating: float


class JobRow(TypedDict):
    """A job as it was reported: ``est`` and ``at``, but not what the day will make of it."""

    id: int
    at: list[float]
    skill: int
    est: int
    reveal: float
    window: list[float]
    urgent: bool


class NowRow(TypedDict):
    at: tuple[float, float]
    free_at: float
    queue: list[int]
    sick: NotRequired[bool]


class DayRow(TypedDict):
    engineers: list[EngineerRow]


# Each engineer by his number, and under "unassigned" the jobs that nobody has.
State = Mapping[int | str, NowRow | list[int]]


class Adapter:
    def __init__(self, day: DayRow) -> None:
        self._search = Search([_engineer(row) for row in day["engineers"]])

    def on_reveal(self, t: float, state: State, job: JobRow) -> Routes:
        return self._search.reveal(_moment(t, state), _errand(job))

    def on_tick(self, t: float, state: State) -> Routes:
        return self._search.tick(_moment(t, state))


def policy(day: DayRow) -> Adapter:
    return Adapter(day)


def _moment(t: float, state: State) -> Moment:
    engineers: dict[int, Now] = {}
    loose: tuple[int, ...] = ()
    for key, value in state.items():
        if isinstance(value, list):
            loose = tuple(value)
        else:
            engineers[int(key)] = Now(
                value["at"], value["free_at"], tuple(value["queue"]), value.get("sick", False)
            )
    return Moment(t, engineers, loose)


def _engineer(row: EngineerRow) -> Engineer:
    lat, lng = row["home"]
    begin, end = row["shift"]
    return Engineer(row["id"], (lat, lng), (begin, end), frozenset(row["skills"]), row["rating"], None)


def _errand(row: JobRow) -> Errand:
    """What it really takes is not known beforehand; the plan counts on the estimate."""
    lat, lng = row["at"]
    begin, end = row["window"]
    return Errand(
        number=row["id"],
        place=(lat, lng),
        skill=row["skill"],
        minutes=row["est"],
        revealed=row["reveal"],
        window=(begin, end),
        urgent=row["urgent"],
        really=row["est"],
        way_factor=1.0,
    )
