"""How the house keeps its word just now: what is open, what is late, and which clocks warned or ran out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import State
from app.domain.service_levels.policy import METRIC_LABELS, Metric
from app.domain.situation import PRIORITY_LABELS, Priority
from app.models.tickets import BUSY_TICKETS
from app.services.tickets.present import label
from app.services.tickets.visible import of_points

_LATELY = timedelta(hours=24)
_MOST = 100

_COUNTS = f"""
SELECT priority, count(*) AS open, count(*) FILTER (WHERE promised_at < $1) AS late,
       count(*) FILTER (WHERE engineer_id IS NULL) AS unowned
  FROM tickets t WHERE t.{BUSY_TICKETS} AND {of_points("$2")} GROUP BY priority
"""
_WARNED = f"""
SELECT t.number, t.state, t.category, t.priority, e.metric, e.mark, e.due_at, e.fired_at
  FROM service_level_events e JOIN tickets t ON t.id = e.ticket_id
 WHERE e.fired_at > $1 AND e.told AND t.{BUSY_TICKETS} AND {of_points("$2")}
 ORDER BY e.fired_at DESC LIMIT {_MOST}
"""


@dataclass(frozen=True)
class Level:
    priority: Priority
    label: str
    open: int
    late: int
    unowned: int


@dataclass(frozen=True)
class Warned:
    number: str
    state: str
    category: str
    priority: Priority
    priority_label: str
    clock: str
    mark: str
    due_at: datetime
    fired_at: datetime


@dataclass(frozen=True)
class Wall:
    levels: list[Level]
    warned: list[Warned]


async def read_wall(connection: asyncpg.Connection, actor: Actor, now: datetime) -> Wall:
    """Of each level, and what was told in the last day of tickets that are still open, the newest first."""
    counted = {row["priority"]: row for row in await connection.fetch(_COUNTS, now, actor.points)}
    levels = [_level(each, counted.get(each)) for each in Priority]
    return Wall(
        levels, [_warned(row) for row in await connection.fetch(_WARNED, now - _LATELY, actor.points)]
    )


def _level(priority: Priority, row: asyncpg.Record | None) -> Level:
    open_, late, unowned = (row["open"], row["late"], row["unowned"]) if row else (0, 0, 0)
    return Level(priority, PRIORITY_LABELS[priority], open_, late, unowned)


def _warned(row: asyncpg.Record) -> Warned:
    priority = Priority(row["priority"])
    return Warned(
        number=row["number"],
        state=label(State(row["state"]), staff=True, with_us=False),
        category=row["category"],
        priority=priority,
        priority_label=PRIORITY_LABELS[priority],
        clock=METRIC_LABELS[Metric(row["metric"])],
        mark=row["mark"],
        due_at=row["due_at"],
        fired_at=row["fired_at"],
    )
