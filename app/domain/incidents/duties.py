"""What a task force owes: word to everybody while it lasts, a review afterwards."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from app.domain.zone import ZONE


class Severity(StrEnum):
    """How far it reaches, by whoever opens the task force."""

    PARTIAL = "partial"
    WIDE = "wide"
    OUTAGE = "outage"


SEVERITY_LABELS: Mapping[Severity, str] = MappingProxyType(
    {Severity.PARTIAL: "局部受影响", Severity.WIDE: "大面积受影响", Severity.OUTAGE: "全面中断"}
)
UPDATE_EVERY: Mapping[Severity, timedelta] = MappingProxyType(
    {
        Severity.PARTIAL: timedelta(minutes=60),
        Severity.WIDE: timedelta(minutes=30),
        Severity.OUTAGE: timedelta(minutes=15),
    }
)
REVIEW_WITHIN = timedelta(days=5)
# How long a dismissed key is left alone, unless whoever dismisses it says otherwise.
SILENT_HOURS = 24


def next_update(severity: Severity, since: datetime) -> datetime:
    """By when the customers hear of it again."""
    return since + UPDATE_EVERY[severity]


def review_due(resolved_at: datetime) -> datetime:
    return resolved_at + REVIEW_WITHIN


def action_late(due_on: date) -> datetime:
    """The morning after the day by which it was to be done: nobody is told of it at midnight."""
    return datetime.combine(due_on + timedelta(days=1), time(9), ZONE)


def known_fault(promised_at: datetime | None, now: datetime) -> str:
    """What a ticket's promise says while the task force is at work."""
    if promised_at is None:
        return "已知故障，正在处理"
    local, today = promised_at.astimezone(ZONE), now.astimezone(ZONE)
    day = "今天" if local.date() == today.date() else f"{local.month}月{local.day}日"
    return f"已知故障，正在处理，预计{day} {local:%H:%M} 前恢复"
