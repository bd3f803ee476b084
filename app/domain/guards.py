"""What still stands in the way of an event, and what the caller can do about it.

A guard looks at the situation only; what depends on the words of the request is checked by the capability.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from app.domain.actor import Actor
from app.domain.evidence.items import Due
from app.domain.evidence.proof import proof_needed, proof_stands
from app.domain.evidence.standing import missing
from app.domain.lifecycle import EVENT_LABELS, Event, Role, State, Transition, steps
from app.domain.situation import Situation, Warranty
from app.domain.zone import ZONE

SELF_SERVICE_REBOOKINGS = 2
SELF_SERVICE_NOTICE = timedelta(hours=2)
NO_SHOW_GRACE = timedelta(minutes=30)
# Who is due soon after midnight sets out before it.
SET_OUT_BEFORE = timedelta(hours=2)
REWORK_PERIOD = timedelta(days=30)
# How long a customer may add a report to another one of his, and how long a merge may be taken back.
JOIN_PERIOD = timedelta(hours=48)
UNMERGE_PERIOD = timedelta(days=1)


@dataclass(frozen=True)
class Blocker:
    """Why an event is not possible yet (``code``, stable) and what to do about it (``next_step``, Chinese)."""

    code: str
    next_step: str


class AllowedEvent(NamedTuple):
    event: Event
    label: str
    blockers: tuple[Blocker, ...]


Guard = Callable[[Situation, Actor, datetime], Iterator[Blocker]]


def allowed_events(situation: Situation, actor: Actor, now: datetime) -> tuple[AllowedEvent, ...]:
    """Every event that this actor may cause here, each with what still stands in its way."""
    return tuple(
        AllowedEvent(t.event, EVENT_LABELS[t.event], blockers(t.event, situation, actor, now))
        for t in steps(situation.state, actor.role)
        if concerns(t, situation, actor)
    )


def blockers(event: Event, situation: Situation, actor: Actor, now: datetime) -> tuple[Blocker, ...]:
    guard = _GUARDS.get(event)
    return tuple(guard(situation, actor, now)) if guard else ()


def concerns(transition: Transition, situation: Situation, actor: Actor) -> bool:
    """Whether the actor is the one whom the table means: the owner, the engineer of the offer or of the job."""
    if actor.role is Role.CUSTOMER:
        return situation.customer_id == actor.id
    if actor.role is not Role.ENGINEER:
        return True
    if transition.event is Event.CLAIM:
        return True
    if transition.event in (Event.ACCEPT, Event.DECLINE):
        return situation.offer is not None and situation.offer.engineer_id == actor.id
    return situation.engineer_id == actor.id


def _triage(s: Situation, _: Actor, __: datetime) -> Iterator[Blocker]:
    if not s.on_site:
        yield Blocker("remote_service", "这类问题由客服远程处理，请填写解决方案。")
    elif s.address is None:
        yield Blocker("address_missing", "请补充上门地址。")


def _accept(s: Situation, _: Actor, now: datetime) -> Iterator[Blocker]:
    if s.offer is None or s.offer.expires_at <= now:
        yield Blocker("offer_expired", "派单已超时，请在抢单池查看。")


def _claim(s: Situation, actor: Actor, _: datetime) -> Iterator[Blocker]:
    if actor.id in s.declined_by:
        yield Blocker("declined_before", "您已拒绝过此单，如需接单请联系调度。")


def _rebook(s: Situation, actor: Actor, now: datetime) -> Iterator[Blocker]:
    if actor.role is not Role.CUSTOMER:
        return
    if s.rebooked_by_customer >= SELF_SERVICE_REBOOKINGS:
        yield Blocker("rebooked_too_often", "您已自助改约 2 次，请联系客服改约。")
    yield from _short_notice(s, now, "距上门不足 2 小时，请联系客服改约。")


def _short_notice(s: Situation, now: datetime, next_step: str) -> Iterator[Blocker]:
    if s.window and s.window.start - now < SELF_SERVICE_NOTICE:
        yield Blocker("too_late_for_self_service", next_step)


def _depart(s: Situation, _: Actor, now: datetime) -> Iterator[Blocker]:
    if s.window and not may_set_out(s.window.start, now):
        yield Blocker("not_today", "预约不在今天，请到预约当天再出发，或先与客户改约。")


def may_set_out(start: datetime, now: datetime) -> bool:
    """On the day of the window, or in the last two hours before it."""
    return start.astimezone(ZONE).date() <= now.astimezone(ZONE).date() or start - now <= SET_OUT_BEFORE


def _engineer_no_show(s: Situation, _: Actor, now: datetime) -> Iterator[Blocker]:
    if s.window and now < s.window.end + NO_SHOW_GRACE:
        yield Blocker("window_not_over", "预约时段结束 30 分钟后仍未到，才能登记爽约。")


def _approve_quote(s: Situation, _: Actor, __: datetime) -> Iterator[Blocker]:
    if s.quote_with_us:
        yield Blocker("quote_in_review", "报价正在由主管复核，复核后会马上请您确认。")


def _decline_quote(s: Situation, actor: Actor, _: datetime) -> Iterator[Blocker]:
    # The system declines when nobody says anything for days, whoever it was that should have.
    if s.quote_with_us and actor.role is Role.CUSTOMER:
        yield Blocker("quote_in_review", "报价正在由主管复核，请稍候；如不想再修，可以取消服务。")


def _decline_variation(s: Situation, actor: Actor, now: datetime) -> Iterator[Blocker]:
    if s.quote is None or not s.quote.is_variation:
        yield Blocker("no_approved_quote", "此前没有已同意的报价；如不同意这份报价，请选择“拒绝报价”。")
    yield from _decline_quote(s, actor, now)


def _start(s: Situation, _: Actor, __: datetime) -> Iterator[Blocker]:
    if s.warranty is not Warranty.IN and not s.quote_approved:
        yield Blocker("quote_needed", "保外服务请先提交报价，客户同意后再开始维修。")
    yield from _evidence(s, Due.START)


def _finish(s: Situation, _: Actor, __: datetime) -> Iterator[Blocker]:
    # Work that began when the customer agreed to the price never passed the guard of "start".
    yield from _evidence(s, Due.START, Due.FINISH)
    if proof_needed(s) and s.proof is None:
        yield Blocker("proof_missing", "请客户核对金额后在您的手机上签字，或报出工单里的 6 位完成码。")
    elif proof_needed(s) and not proof_stands(s):
        yield Blocker("proof_outdated", "收费已有变更，请客户按新的金额重新签字或报完成码。")


def _evidence(s: Situation, *due: Due) -> Iterator[Blocker]:
    for item in missing(s, *due):
        yield Blocker(f"{item.kind}_{item.code}_missing", item.next_step)


def _reopen(s: Situation, _: Actor, now: datetime) -> Iterator[Blocker]:
    ended = s.completed_at or s.closed_at
    if ended and now - ended > REWORK_PERIOD:
        yield Blocker("rework_period_over", "已超过 30 天返修期，请重新报修，我们会关联这次服务。")


def _cancel(s: Situation, actor: Actor, now: datetime) -> Iterator[Blocker]:
    if s.state is State.SCHEDULED and actor.role is Role.CUSTOMER:
        yield from _short_notice(s, now, "距上门不足 2 小时，请联系客服取消。")
    if s.state is State.WAITING_PARTS and actor.role is Role.CUSTOMER:
        yield Blocker("parts_ordered", "配件已订购，请联系客服取消。")
    if s.state is State.WAITING_PARTS and actor.role is Role.AGENT:
        yield Blocker("parts_ordered", "配件已订购，请由主管取消。")


def _rate(s: Situation, actor: Actor, _: datetime) -> Iterator[Blocker]:
    if actor.role is Role.CUSTOMER and s.rating is not None:
        yield Blocker("already_rated", "您已经评价过这张工单，感谢您的反馈。")


def _merge(s: Situation, actor: Actor, now: datetime) -> Iterator[Blocker]:
    if actor.role is Role.CUSTOMER and now - s.created_at > JOIN_PERIOD:
        yield Blocker("too_late_to_join", "提交超过 48 小时，如需合并请联系客服。")


def _unmerge(s: Situation, _: Actor, now: datetime) -> Iterator[Blocker]:
    if s.closed_at is None or now - s.closed_at > UNMERGE_PERIOD:
        yield Blocker("too_late_to_unmerge", "合并超过一天，不能撤销，请为客户另建一张工单。")


_GUARDS: Mapping[Event, Guard] = {
    Event.TRIAGE: _triage,
    Event.ACCEPT: _accept,
    Event.CLAIM: _claim,
    Event.REBOOK: _rebook,
    Event.DEPART: _depart,
    Event.ENGINEER_NO_SHOW: _engineer_no_show,
    Event.APPROVE_QUOTE: _approve_quote,
    Event.DECLINE_QUOTE: _decline_quote,
    Event.DECLINE_VARIATION: _decline_variation,
    Event.START: _start,
    Event.FINISH: _finish,
    Event.REOPEN: _reopen,
    Event.RATE_OR_EXPIRE: _rate,
    Event.CANCEL: _cancel,
    Event.MERGE: _merge,
    Event.UNMERGE: _unmerge,
}
