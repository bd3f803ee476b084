"""What is promised at each level, and who is told when it is at risk. A policy is data, published in versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.domain.lifecycle import State
from app.domain.situation import Priority

# Told of every target, in percent of it.
WARNINGS = (50, 80, 100)
# Where the policy decides whether the customer's waiting is ours.
DECIDED = frozenset({State.WAITING_PARTS, State.SUSPENDED})


class Metric(StrEnum):
    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"
    # Between us: how long an engineer may think about an offer, the parts desk look for a part.
    ACCEPTANCE = "acceptance"
    PARTS = "parts"


METRIC_LABELS: Mapping[Metric, str] = {
    Metric.FIRST_RESPONSE: "首次响应",
    Metric.NEXT_RESPONSE: "再次响应",
    Metric.RESOLUTION: "解决",
    Metric.ACCEPTANCE: "工程师接单",
    Metric.PARTS: "配件到位",
}
INTERNAL = frozenset({Metric.ACCEPTANCE, Metric.PARTS})


class Audience(StrEnum):
    OWNER = "owner"
    MANAGERS = "managers"


@dataclass(frozen=True)
class Target:
    """``always``: around the clock; otherwise it counts while the service point is open."""

    seconds: int
    always: bool = False


@dataclass(frozen=True)
class Level:
    """A metric without a target is not measured. In ``pauses`` the resolution clock stands still."""

    targets: Mapping[Metric, Target]
    pauses: frozenset[State] = frozenset({State.SUSPENDED})
    task_force: bool = False


@dataclass(frozen=True)
class Case:
    """What the conditions of a step look at, at the moment at which it is due."""

    priority: Priority
    state: State
    owned: bool
    urged: int


@dataclass(frozen=True)
class Step:
    """An escalation so many counted seconds after a target is due (before it, when negative). An empty condition
    is no condition."""

    name: str
    metric: Metric
    offset: int
    to: Audience = Audience.MANAGERS
    priorities: frozenset[Priority] = frozenset()
    states: frozenset[State] = frozenset()
    unowned: bool = False
    urged: int = 0

    def applies(self, case: Case) -> bool:
        return (
            (not self.priorities or case.priority in self.priorities)
            and (not self.states or case.state in self.states)
            and not (self.unowned and case.owned)
            and case.urged >= self.urged
        )


@dataclass(frozen=True)
class Policy:
    version: int
    levels: Mapping[Priority, Level]
    steps: tuple[Step, ...] = ()

    def target(self, priority: Priority, metric: Metric) -> Target | None:
        return self.levels[priority].targets.get(metric)


def read_policy(version: int, document: Mapping[str, Any]) -> Policy:
    levels = {Priority(name): _level(level) for name, level in document["levels"].items()}
    return Policy(version, levels, tuple(_step(step) for step in document.get("steps", ())))


def _level(document: Mapping[str, Any]) -> Level:
    targets = {
        metric: Target(target["seconds"], target["always"])
        for metric in Metric
        if (target := document.get(metric.value)) is not None
    }
    return Level(targets, frozenset(State(state) for state in document["pauses"]), document["task_force"])


def _step(document: Mapping[str, Any]) -> Step:
    return Step(
        document["name"],
        Metric(document["metric"]),
        document["offset"],
        Audience(document["to"]),
        frozenset(Priority(priority) for priority in document["priorities"]),
        frozenset(State(state) for state in document["states"]),
        document["unowned"],
        document["urged"],
    )
