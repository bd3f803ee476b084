"""What customers of the past wrote, and what was done about it."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.domain.pricing import Wanted
from app.domain.situation import ServiceType
from app.services.seed.town import DATA


@dataclass(frozen=True)
class Story:
    """``lines`` are codes of the price table; without a visit there are none."""

    service_type: ServiceType
    category: str
    weight: float
    report: str
    fault_code: str
    solution: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pricey:
    """A job whose quote a manager has to look at first."""

    story: Story
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True)
class Stories:
    repairs: tuple[Story, ...]
    services: tuple[Story, ...]
    remote: tuple[Story, ...]
    review: Pricey
    urgent: Story
    # Where nobody goes: a district and a street of it.
    urgent_at: tuple[str, str]
    burst: tuple[Story, ...]
    good: tuple[str, ...]
    fair: tuple[str, ...]
    poor: tuple[str, ...]

    @property
    def categories(self) -> frozenset[str]:
        """Of those that somebody comes for."""
        return frozenset(story.category for story in (*self.repairs, *self.services))


@lru_cache
def load_stories() -> Stories:
    with (DATA / "stories.toml").open("rb") as file:
        content = tomllib.load(file)
    comments = content["comments"]
    return Stories(
        repairs=tuple(story for table in content["appliance"] for story in _repairs(table)),
        services=tuple(map(_service, content["service"])),
        remote=tuple(map(_service, content["remote"])),
        review=_pricey(content["review"]),
        urgent=_told(content["urgent"]["category"], content["urgent"]["report"]),
        urgent_at=(content["urgent"]["district"], content["urgent"]["detail"]),
        burst=tuple(_told(content["burst"]["category"], report) for report in content["burst"]["reports"]),
        good=tuple(comments["good"]),
        fair=tuple(comments["fair"]),
        poor=tuple(comments["poor"]),
    )


def _repairs(table: dict[str, Any]) -> list[Story]:
    share = table["weight"] / len(table["reports"])
    return [
        Story(ServiceType.REPAIR, table["category"], share, report, code, solution, tuple(lines))
        for report, code, solution, lines in table["reports"]
    ]


def _service(row: dict[str, Any]) -> Story:
    return Story(
        ServiceType(row["service_type"]),
        row["category"],
        row["weight"],
        row["report"],
        row.get("fault_code", "远程"),
        row["solution"],
        tuple(row.get("lines", ())),
    )


def _told(category: str, report: str) -> Story:
    """What nobody has come for yet."""
    return Story(ServiceType.REPAIR, category, 0, report, "", "")


def _pricey(row: dict[str, Any]) -> Pricey:
    story = Story(ServiceType.REPAIR, row["category"], 0, row["report"], row["fault_code"], "")
    return Pricey(story, tuple(Wanted(code, quantity) for code, quantity in row["lines"]))
