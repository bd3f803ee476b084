"""Figures of the desk: calls after the work, complaints, and what was solved from afar."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from app.domain.figures import Figure, mean, share
from app.domain.period import Period
from app.domain.rating import Dimension, Scores


@dataclass(frozen=True)
class Call:
    """An attempt to call back. ``in_time`` is known of the first one: whether it was made by the deadline."""

    agent: str
    reached: bool
    in_time: bool | None


@dataclass(frozen=True)
class Complaint:
    """A case that ended in the period, or is late in it. ``solved`` is the customer's word."""

    agent: str
    solved: bool
    in_time: bool


@dataclass(frozen=True)
class RemoteJob:
    agent: str
    scores: Scores | None


@dataclass(frozen=True)
class DeskRows:
    calls: tuple[Call, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    remote: tuple[RemoteJob, ...] = ()


@dataclass(frozen=True)
class AgentKpi:
    key: str
    period: Period
    reached: Figure
    called_in_time: Figure
    complaints_solved: Figure
    complaints_in_time: Figure
    remote_response_rate: Figure
    dimensions: Mapping[Dimension, Figure]


Row = TypeVar("Row", Call, Complaint, RemoteJob)


def compute_desk(rows: DeskRows, period: Period, agents: Iterable[str]) -> tuple[AgentKpi, ...]:
    """One row for each agent, in the order of keys; all of them are one team."""
    keys = sorted(set(agents))
    return tuple(_one(key, period, rows, frozenset(keys)) for key in keys)


def _one(key: str, period: Period, rows: DeskRows, team: frozenset[str]) -> AgentKpi:
    def of(cases: tuple[Row, ...], judge: Callable[[Row], bool | None]) -> Figure:
        return share(*_told([case for case in cases if case.agent in team], key, judge))

    return AgentKpi(
        key=key,
        period=period,
        reached=of(rows.calls, lambda call: call.reached),
        called_in_time=of(rows.calls, lambda call: call.in_time),
        complaints_solved=of(rows.complaints, lambda case: case.solved),
        complaints_in_time=of(rows.complaints, lambda case: case.in_time),
        remote_response_rate=of(rows.remote, lambda job: job.scores is not None),
        dimensions=MappingProxyType({d: _stars(key, rows.remote, team, d) for d in Dimension}),
    )


def _told(cases: list[Row], key: str, judge: Callable[[Row], bool | None]) -> tuple[list[bool], list[bool]]:
    judged = [(case.agent, judge(case)) for case in cases]
    own = [verdict for agent, verdict in judged if agent == key and verdict is not None]
    return own, [verdict for _, verdict in judged if verdict is not None]


def _stars(key: str, jobs: Iterable[RemoteJob], team: frozenset[str], dimension: Dimension) -> Figure:
    rated = [(job.agent, float(job.scores.of(dimension))) for job in jobs if job.scores and job.agent in team]
    return mean([stars for agent, stars in rated if agent == key], [stars for _, stars in rated], 1.0, 5.0)
