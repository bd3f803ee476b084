"""The product's insertion and search behind two calls, for whoever replays days with a simulator of his own.

``bench.dispatch.adapter:search`` takes the day as it is known beforehand (``engineers``) and gives an object with
``on_reveal(t, state, job)`` and ``on_tick(t, state)``. Both answer with the new routes of those engineers whose route
changes, as ``{engineer: [job, …]}``. A state has for each engineer ``at``, ``free_at``, ``queue`` and ``sick``, and
under ``unassigned`` the jobs that nobody has. Minutes count from midnight.
"""

from collections.abc import Mapping
from typing import Any

from bench.dispatch.days import Engineer, Errand
from bench.dispatch.policies import Insertion as InsertionAlone
from bench.dispatch.policies import Moment, Now, Office, Routes, Search

State = Mapping[Any, Any]


class Adapter:
    def __init__(self, office: Office) -> None:
        self._office = office

    def on_reveal(self, t: float, state: State, job: Mapping[str, Any]) -> Routes:
        return self._office.reveal(_moment(t, state), _errand(job))

    def on_tick(self, t: float, state: State) -> Routes:
        return self._office.tick(_moment(t, state))


def search(day: Mapping[str, Any]) -> Adapter:
    """Insertion at once, and the search over all tours every quarter of an hour."""
    return Adapter(Search(_engineers(day)))


def insertion(day: Mapping[str, Any]) -> Adapter:
    """Insertion alone: what the search is held against."""
    return Adapter(InsertionAlone(_engineers(day)))


def _engineers(day: Mapping[str, Any]) -> list[Engineer]:
    return [
        Engineer(
            e["id"], tuple(e["home"]), tuple(e["shift"]), frozenset(e["skills"]), e.get("rating", 0.0), None
        )
        for e in day["engineers"]
    ]


def _moment(t: float, state: State) -> Moment:
    engineers = {
        number: Now(tuple(seen["at"]), seen["free_at"], tuple(seen["queue"]), seen["sick"])
        for number, seen in state.items()
        if number != "unassigned"
    }
    return Moment(t, engineers, tuple(state["unassigned"]))


def _errand(job: Mapping[str, Any]) -> Errand:
    """What will really come of it is not for those who plan."""
    return Errand(
        number=job["id"],
        place=tuple(job["at"]),
        skill=job["skill"],
        minutes=job["est"],
        revealed=job["reveal"],
        window=tuple(job["window"]),
        urgent=job["urgent"],
        really=job["est"],
        way_factor=1.0,
    )
