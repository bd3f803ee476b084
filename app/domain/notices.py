"""Who is told what when something happens to a ticket: data in, messages out, no channel in sight.

Every change of state tells the customer. ``slots`` are words for the fields of a card; the channel clips them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from app.domain.call_out import in_short
from app.domain.conversation.survey import QUESTION
from app.domain.lifecycle import Event, State
from app.domain.situation import Offer, Situation, Window
from app.domain.zone import ZONE

# Among the slots of a message: the page that its card opens, where that is not the ticket's.
PAGE = "page"


class Kind(StrEnum):
    TICKET_PROGRESS = "ticket_progress"
    ENGINEER_OFFER = "engineer_offer"
    RATING_INVITATION = "rating_invitation"
    STAFF_NOTICE = "staff_notice"
    CONVERSATION_REPLY = "conversation_reply"
    # A message menu: only the chat of the official account can show it.
    CONVERSATION_SURVEY = "conversation_survey"


class Recipient(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"


@dataclass(frozen=True)
class Notice:
    kind: Kind
    recipient: Recipient
    recipient_id: str
    slots: Mapping[str, str]


# At most five Chinese characters each: the platform's "phrase" field takes no more.
PHRASES: Mapping[State, str] = MappingProxyType(
    {
        State.SUBMITTED: "已提交",
        State.PENDING_INFO: "待补资料",
        State.DISPATCHING: "派单中",
        State.OFFERED: "派单中",
        State.ACCEPTED: "已接单",
        State.SCHEDULED: "已预约",
        State.EN_ROUTE: "已出发",
        State.ON_SITE: "检测中",
        State.QUOTE_PENDING: "待您确认",
        State.IN_REPAIR: "维修中",
        State.WAITING_PARTS: "等待配件",
        State.SUSPENDED: "暂缓处理",
        State.COMPLETED: "服务完成",
        State.CONFIRMED: "已确认",
        State.CLOSED: "已完成",
        State.CANCELLED: "已取消",
        State.REJECTED: "未受理",
        State.UNRESOLVED: "未能完成",
        State.MERGED: "已合并",
    }
)

_REVIEWED = "报价复核"
YOUR_TURN = "报价已出，请您确认"
# In the place of the state: what is told to all whom one fault concerns. It can wait for the morning.
BULLETIN = "故障通报"

_HINTS: Mapping[Event, str] = MappingProxyType(
    {
        Event.SUBMIT: "已收到您的报修，马上为您安排",
        Event.ASK_INFO: "还差一些资料，点此补充",
        Event.SUPPLY_INFO: "资料已收到，马上为您安排",
        Event.EXPIRE_INFO: "资料逾期未补，工单已取消",
        Event.RESOLVE_REMOTE: "问题已远程解决，请您确认",
        Event.REJECT: "未能受理，点此查看原因或申诉",
        Event.TRIAGE: "已受理，正在为您找合适的工程师",
        Event.OFFER: "已派给工程师，等待接单",
        Event.DECLINE: "正在为您更换工程师",
        Event.BOOK: "上门时间已约定，请留人在家",
        Event.REBOOK: "上门时间已更改",
        Event.REASSIGN: "正在为您更换工程师",
        Event.DEPART: "工程师已出发，请保持电话畅通",
        Event.ARRIVE: "工程师已到达，开始检测",
        Event.NO_ACCESS: "工程师到访未遇，请重新约时间",
        Event.ENGINEER_NO_SHOW: "很抱歉，工程师未到，马上重约",
        Event.QUOTE: YOUR_TURN,
        Event.REVISE_QUOTE: "报价已更新，请您重新确认",
        Event.APPROVE_QUOTE: "已收到您的同意，开始维修",
        Event.DECLINE_QUOTE: "报价未通过，维修未进行",
        Event.DECLINE_VARIATION: "追加项目不做，按原报价继续",
        Event.START: "开始维修",
        Event.NEED_PARTS: "需要订购配件，到货马上联系您",
        Event.PARTS_READY: "配件已到，正在约上门时间",
        Event.SUSPEND: "已暂缓，到期自动恢复",
        Event.RESUME: "已恢复处理，正在约上门时间",
        Event.FINISH: "维修完成，请确认，收据见详情",
        Event.FAIL: "很抱歉，这次未能修好",
        Event.FOLLOW_UP: "正在为您安排再次上门",
        Event.ACCEPT_FAIL: "服务已结束",
        Event.CONFIRM: "感谢确认，期待您的评价",
        Event.DISPUTE: "已收到您的反馈，重新为您安排",
        Event.RATE_OR_EXPIRE: "服务已完成，感谢您的信任",
        Event.REOPEN: "已登记返修，马上为您安排",
        Event.ABORT_VISIT: "本次上门中止，正在重新安排",
        Event.CANCEL: "服务已取消",
        Event.MERGE: "已合并到您的另一张工单",
        Event.UNMERGE: "已单独处理，马上为您安排",
    }
)

# What the engineer of the job has to know although he did not do it himself.
_ENGINEER_HINTS: Mapping[Event, str] = MappingProxyType(
    {
        Event.BOOK: "上门时间已约定",
        Event.REBOOK: "客户已改约",
        Event.REASSIGN: "此单已改派",
        Event.APPROVE_QUOTE: "客户已同意报价，请开始维修",
        Event.DECLINE_QUOTE: "客户未同意报价",
        Event.DECLINE_VARIATION: "客户不做追加项目，请继续",
        Event.PARTS_READY: "配件已到，请与客户约时间",
        Event.SUSPEND: "此单已挂起",
        Event.RESUME: "此单已恢复，请与客户约时间",
        Event.DISPUTE: "客户反馈问题未解决",
        Event.RESOLVE_REMOTE: "问题已远程解决，无需上门",
        Event.ABORT_VISIT: "本次上门已中止",
        Event.CANCEL: "客户已取消",
        Event.MERGE: "此单已合并",
        Event.ENGINEER_NO_SHOW: "已登记爽约，请马上联系客户",
    }
)

_CUSTOMER_EVENTS_WITH_WINDOW = frozenset({State.SCHEDULED, State.EN_ROUTE})

# Of a visit that is held anew, its booking says who comes along.
_FREES_COMPANION = frozenset(
    {Event.REASSIGN, Event.SUSPEND, Event.ABORT_VISIT, Event.CANCEL, Event.MERGE, Event.ENGINEER_NO_SHOW}
)


def for_transition(
    event: Event, before: Situation | None, after: Situation, actor_id: str, *, said: str = ""
) -> tuple[Notice, ...]:
    """The messages of one change of state, in the order in which people should get them; ``said`` stands in place of
    the event's own hint."""
    moved = before.window if before and event is Event.REBOOK else None
    notices = [progress(after, hint=_moved(moved) if moved else said or hint(event, after))]
    if event in (Event.FINISH, Event.RESOLVE_REMOTE):
        notices.append(_invitation(after))
    if event is Event.OFFER and after.offer is not None:
        notices.append(_offer(after, after.offer))
    engineer = (before and before.engineer) or after.engineer
    if engineer and engineer.id != actor_id and event in _ENGINEER_HINTS:
        notices.append(_job(after, engineer.id, _ENGINEER_HINTS[event]))
    if before and before.companion and event in _FREES_COMPANION:
        notices.append(_job(after, before.companion.id, _ENGINEER_HINTS[event]))
    return tuple(notices)


def progress(s: Situation, *, hint: str) -> Notice:
    """The card that tells the customer where his ticket stands."""
    slots = {
        "number": s.number,
        "service": s.service,
        "state": _REVIEWED if s.quote_with_us else PHRASES[s.state],
        "time": _time(s),
        "hint": hint,
    }
    if s.state is State.SCHEDULED and s.visit and s.visit.link:
        # The card opens the page on which the visit is confirmed, whoever in the household holds the phone.
        slots[PAGE] = f"visits/{s.visit.link}/{s.number}"
    return Notice(Kind.TICKET_PROGRESS, Recipient.CUSTOMER, s.customer_id, slots)


def bulletin(s: Situation, text: str) -> Notice:
    """The card about a fault that concerns many: the same words for all of them."""
    slots = {
        "number": s.number,
        "service": s.service,
        "state": BULLETIN,
        "time": _time(s),
        "hint": text,
    }
    return Notice(Kind.TICKET_PROGRESS, Recipient.CUSTOMER, s.customer_id, slots)


def staff_notice(s: Situation, staff_id: str, *, matter: str, level: str, hint: str, at: datetime) -> Notice:
    slots = {"number": s.number, "matter": matter, "level": level, "time": clock_text(at), "hint": hint}
    return Notice(Kind.STAFF_NOTICE, Recipient.STAFF, staff_id, slots)


def reply(s: Situation, text: str, at: datetime) -> Notice:
    """What somebody of ours answered. The whole of it: each channel clips to what it can show."""
    slots = {"number": s.number, "service": s.service, "reply": text, "time": clock_text(at)}
    return Notice(Kind.CONVERSATION_REPLY, Recipient.CUSTOMER, s.customer_id, slots)


def survey(s: Situation) -> Notice:
    """The question after a chat; ``conversation.survey.choices`` are the entries of its menu."""
    slots = {"number": s.number, "service": s.service, "question": QUESTION}
    return Notice(Kind.CONVERSATION_SURVEY, Recipient.CUSTOMER, s.customer_id, slots)


def clock_text(at: datetime) -> str:
    local = at.astimezone(ZONE)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def hint(event: Event, s: Situation) -> str:
    """What an event means for the customer, in one sentence."""
    if event in (Event.ACCEPT, Event.CLAIM) and s.engineer:
        return f"{s.engineer.name}已接单，正在约时间"
    if event is Event.SUBMIT and not s.on_site:
        return "已收到，客服会尽快回复您"
    if s.quote_with_us:
        return "报价正在由主管复核，请稍候"
    if event is Event.BOOK and s.call_out and (fee := in_short(s.call_out, covered=s.covered)):
        return f"请留人在家，{fee}"
    return _HINTS[event]


def _moved(window: Window) -> str:
    """The card's time is the new one; this says what it was before."""
    start = window.start.astimezone(ZONE)
    return f"原{start.month}月{start.day}日{start:%H:%M}改为此时间"


def _time(s: Situation) -> str:
    if s.window and s.state in _CUSTOMER_EVENTS_WITH_WINDOW:
        return f"{clock_text(s.window.start)}~{s.window.end.astimezone(ZONE):%H:%M}"
    return clock_text(s.promised_at)


def _invitation(s: Situation) -> Notice:
    slots = {
        "number": s.number,
        "service": s.service,
        "engineer": s.engineer.name if s.engineer else "在线客服",
        "time": clock_text(s.completed_at or s.entered_at),
        "hint": "请从四个方面为这次服务打分",
    }
    return Notice(Kind.RATING_INVITATION, Recipient.CUSTOMER, s.customer_id, slots)


def _offer(s: Situation, offer: Offer) -> Notice:
    when = s.preferred[0] if s.preferred else None
    slots = {
        "number": s.number,
        "service": s.service,
        "time": f"{clock_text(when.start)}~{when.end.astimezone(ZONE):%H:%M}"
        if when
        else clock_text(s.promised_at),
        "address": s.address.text if s.address else "远程服务",
        "reason": f"请在{(offer.expires_at - s.entered_at).seconds // 60}分钟内接单",
    }
    return Notice(Kind.ENGINEER_OFFER, Recipient.STAFF, offer.engineer_id, slots)


def _job(s: Situation, engineer_id: str, hint: str) -> Notice:
    return staff_notice(s, engineer_id, matter=s.service, level="工单变更", hint=hint, at=s.entered_at)
