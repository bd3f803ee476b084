"""One warning or step of a service level: an entry of the timeline among staff, and notices to those who can act."""

from datetime import datetime

import asyncpg

from app.domain.actor import SYSTEM
from app.domain.notices import Notice, staff_notice
from app.domain.service_levels.calendar import local
from app.domain.service_levels.measure import TASK_FORCE, Mark, Measure
from app.domain.service_levels.policy import METRIC_LABELS, Audience, Metric
from app.domain.service_levels.trace import span_words
from app.domain.situation import PRIORITY_LABELS, Situation
from app.services.tickets.fact import add_fact
from app.services.tickets.managers import managers_of
from app.services.tickets.record import Entry


async def tell(
    connection: asyncpg.Connection, s: Situation, measure: Measure, mark: Mark, now: datetime
) -> Situation:
    """The situation after it. What the ticket itself waits for (``wake_at``) stays as it is."""
    text = _text(s, measure, mark)
    data = {"metric": measure.run.metric, "from_seq": measure.run.from_seq, "mark": mark.name}
    entry = Entry("level_warning" if mark.step is None else "level_escalated", text, data)
    level = "时限预警" if mark.step is None else "时限升级"
    notices: list[Notice] = [
        staff_notice(s, staff_id, matter=s.service, level=level, hint=text, at=now)
        for staff_id in await _whom(connection, s, measure, mark)
    ]
    return await add_fact(connection, s, entry, actor=SYSTEM, now=now, notices=notices)


async def _whom(connection: asyncpg.Connection, s: Situation, measure: Measure, mark: Mark) -> list[str]:
    """The owner first. Managers hear of what he does not, or no longer, prevent, and of what nobody owns."""
    owner = _owner(s, measure)
    if mark.step is not None and mark.step.to is Audience.OWNER and owner is not None:
        return [owner]
    if mark.percent is not None and mark.percent < 100 and owner is not None:
        return [owner]
    if mark.percent == 50:
        return []
    managers = [manager for manager in await managers_of(connection, s) if manager != owner]
    return [owner, *managers] if owner is not None and mark.percent == 100 else managers


def _owner(s: Situation, measure: Measure) -> str | None:
    if measure.run.metric is Metric.ACCEPTANCE:
        return s.offer.engineer_id if s.offer else None
    return s.engineer_id


def _text(s: Situation, measure: Measure, mark: Mark) -> str:
    name = METRIC_LABELS[measure.run.metric]
    if mark.name == TASK_FORCE:
        return f"{PRIORITY_LABELS[s.priority]}，请立即成立专案组"
    if mark.step is not None:
        return mark.step.name
    if mark.percent == 100:
        return f"{name}已超时，时限{span_words(measure.target.seconds)}"
    due = f"，截止{local(measure.due):%H:%M}" if measure.due is not None else ""
    return f"{name}时限已用{mark.percent}%{due}"
