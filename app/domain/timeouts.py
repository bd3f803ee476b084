"""What the system does when nothing happens: for each state a row of steps, swept from the database.

A ticket carries the moment of its next step (``wake_at``) and how many it has taken in this state
(``wake_step``); both start anew with every transition.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from types import MappingProxyType

from app.domain.lifecycle import Event, State
from app.domain.situation import QuoteState, Situation
from app.domain.zone import ZONE


@dataclass(frozen=True)
class Fire:
    """Cause an event of the life cycle as the system."""

    event: Event


@dataclass(frozen=True)
class Remind:
    """Tell the one whose turn it is; ``who`` is "customer" or "engineer"."""

    who: str
    text: str


@dataclass(frozen=True)
class Escalate:
    """Tell the managers."""

    text: str


Action = Fire | Remind | Escalate
Anchor = Callable[[Situation], datetime | None]


@dataclass(frozen=True)
class Timeout:
    """``only`` says for which tickets it is; the others go on to the next step."""

    after: timedelta
    action: Action
    since: Anchor
    only: Callable[[Situation], bool] = lambda _: True


def _entered(s: Situation) -> datetime:
    return s.entered_at


def _turn(s: Situation) -> datetime:
    return s.turn_since


def _window_end(s: Situation) -> datetime | None:
    return s.window.end if s.window else None


def _offer_expiry(s: Situation) -> datetime | None:
    return s.offer.expires_at if s.offer else None


def _parts_due(s: Situation) -> datetime:
    return s.parts_due or s.entered_at + timedelta(days=3)


def _resume_at(s: Situation) -> datetime:
    return s.resume_at or s.entered_at + timedelta(days=7)


def _work_due(s: Situation) -> datetime:
    return s.entered_at + timedelta(minutes=s.standard_minutes)


def _evening_before(s: Situation) -> datetime | None:
    if s.window is None:
        return None
    return datetime.combine(s.window.start.astimezone(ZONE).date() - timedelta(days=1), time(18), ZONE)


def _unconfirmed(s: Situation) -> bool:
    """Booked before that evening, and not confirmed since: whoever booked today has just said so."""
    evening = _evening_before(s)
    return bool(evening and s.entered_at < evening and s.visit and s.visit.confirmed_at is None)


def _row(action: Action, since: Anchor = _entered, **after: float) -> Timeout:
    return Timeout(timedelta(**after), action, since)


_OFFER = Fire(Event.OFFER)

# The abort of a visit that nobody ends any more leaves time for a real job: it frees the ticket, not the engineer.
TIMEOUTS: Mapping[State, tuple[Timeout, ...]] = MappingProxyType(
    {
        # How long it may wait for a person is told by its service level.
        State.SUBMITTED: (_row(Fire(Event.TRIAGE)),),
        State.PENDING_INFO: (
            _row(Remind("customer", "请补充资料，以便尽快为您安排"), hours=24),
            _row(Remind("customer", "仍缺资料，72小时未补将自动取消"), hours=48),
            _row(Fire(Event.EXPIRE_INFO), hours=72),
        ),
        State.DISPATCHING: (
            _row(_OFFER),
            _row(_OFFER, minutes=5),
            _row(Escalate("15分钟无人可派"), minutes=15),
            _row(_OFFER, minutes=30),
            _row(_OFFER, hours=1),
            _row(_OFFER, hours=4),
            _row(Escalate("超过一天无人可派"), hours=24),
            _row(_OFFER, hours=24),
        ),
        State.OFFERED: (_row(Fire(Event.DECLINE), _offer_expiry),),
        State.ACCEPTED: (
            _row(Remind("engineer", "请尽快与客户预约上门时间"), hours=2),
            _row(Escalate("接单4小时仍未预约"), hours=4),
        ),
        State.SCHEDULED: (
            Timeout(
                timedelta(), Remind("customer", "明天上门，请点此确认有人在家"), _evening_before, _unconfirmed
            ),
            _row(Escalate("预约时段已过，工程师未出发"), _window_end),
            _row(Fire(Event.ENGINEER_NO_SHOW), _window_end, minutes=30),
        ),
        State.EN_ROUTE: (_row(Fire(Event.ABORT_VISIT), _window_end, hours=4),),
        State.ON_SITE: (
            _row(Remind("engineer", "已到达一小时，请更新进度"), hours=1),
            _row(Escalate("现场4小时无进展"), hours=4),
            _row(Fire(Event.ABORT_VISIT), hours=12),
        ),
        State.QUOTE_PENDING: (
            _row(Remind("customer", "报价待您确认，72小时后自动失效"), _turn, hours=24),
            _row(Fire(Event.DECLINE_QUOTE), _turn, hours=72),
        ),
        State.IN_REPAIR: (
            _row(Remind("engineer", "已超过标准工时，请更新进度"), _work_due),
            _row(Escalate("维修超过6小时"), hours=6),
            _row(Fire(Event.ABORT_VISIT), hours=24),
        ),
        State.WAITING_PARTS: (_row(Escalate("配件到货日已过一天"), _parts_due, days=1),),
        State.SUSPENDED: (_row(Fire(Event.RESUME), _resume_at),),
        State.COMPLETED: (
            _row(Remind("customer", "请确认服务结果，48小时后自动确认"), hours=24),
            _row(Fire(Event.CONFIRM), hours=48),
        ),
        State.CONFIRMED: (_row(Fire(Event.RATE_OR_EXPIRE), days=7),),
        State.UNRESOLVED: (_row(Escalate("未能完成，请24小时内回访"), hours=20),),
    }
)


# The quote is with us; both end where silence of the customer would have ended too, so that nothing waits for ever.
_IN_REVIEW = (
    _row(Escalate("报价待复核，客户在等"), minutes=30),
    _row(Escalate("报价复核超过2小时"), hours=2),
    _row(Escalate("报价复核超过一天"), hours=24),
    _row(Fire(Event.DECLINE_QUOTE), hours=72),
)
_RETURNED = (
    _row(Remind("engineer", "主管退回了报价，请修改"), _turn, minutes=30),
    _row(Escalate("退回的报价2小时未修改"), _turn, hours=2),
    _row(Escalate("退回的报价一天未修改"), _turn, hours=24),
    _row(Fire(Event.DECLINE_QUOTE), _turn, hours=72),
)


def _rows(s: Situation) -> Sequence[Timeout]:
    if s.quote_with_us and s.quote is not None:
        return _RETURNED if s.quote.state is QuoteState.RETURNED else _IN_REVIEW
    return TIMEOUTS.get(s.state, ())


def timeout_at(situation: Situation, index: int) -> Timeout | None:
    rows = _rows(situation)
    if index < len(rows):
        return rows[index]
    return _daily(rows, index) if situation.state is State.DISPATCHING else None


def _daily(rows: Sequence[Timeout], index: int) -> Timeout:
    """The last two steps once more, each day anew: a ticket for which nobody was found is never given up."""
    days, which = divmod(index - len(rows) + 2, 2)
    row = rows[len(rows) - 2 + which]
    return replace(row, after=row.after + timedelta(days=days))


def wake_at(situation: Situation, index: int = 0) -> datetime | None:
    """When the system looks at this ticket next; None when its state has no step left."""
    timeout = timeout_at(situation, index)
    if timeout is None:
        return None
    since = timeout.since(situation) or situation.entered_at
    return since + timeout.after
