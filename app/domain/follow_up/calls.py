"""When to call, when again, and what to say."""

from datetime import datetime, timedelta

from app.domain.contact_hours import ANYTIME, ContactHours
from app.domain.follow_up.rules import CallOutcome, Calls, Rule, Script
from app.domain.zone import ZONE


def first_call(finished: datetime, calls: Calls, wish: ContactHours = ANYTIME) -> datetime:
    return within_hours(finished + timedelta(minutes=calls.first_after_minutes), calls, wish)


def due(finished: datetime, calls: Calls) -> datetime:
    return finished + timedelta(hours=calls.within_hours)


def next_call(
    outcome: CallOutcome, at: datetime, attempts: int, calls: Calls, wish: ContactHours = ANYTIME
) -> datetime | None:
    """When to try again after the attempt number ``attempts``; None when that was enough."""
    minutes = calls.again_minutes.get(outcome)
    if minutes is None or attempts >= calls.attempts:
        return None
    return within_hours(at + timedelta(minutes=minutes), calls, wish)


def within_hours(at: datetime, calls: Calls, wish: ContactHours = ANYTIME) -> datetime:
    """The same moment, or the next at which he may be called: in his own hours, or in ours if he has said none."""
    if wish.spans:
        return wish.until(at) or at
    local = at.astimezone(ZONE)
    opening = datetime.combine(local.date(), calls.opens, ZONE)
    if local < opening:
        return opening
    if local.time() >= calls.closes:
        return opening + timedelta(days=1)
    return at


def script(rule: Rule | None, words: Script, *, name: str, service: str, engineer: str) -> tuple[str, ...]:
    """The sentences in order; a rule that has gone leaves opening and closing."""
    told = {"name": name, "service": service, "engineer": engineer or "我们的客服"}
    lines = (words.opening, *(rule.questions if rule else ()), words.closing)
    return tuple(line.format_map(told) for line in lines)
