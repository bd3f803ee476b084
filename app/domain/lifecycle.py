"""The life of a ticket as data: states, events, who may cause them, and what each clock does meanwhile.

Everything that changes a state asks ``TRANSITIONS``; everything that shows a state asks ``VIEWS``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    SUBMITTED = "submitted"
    PENDING_INFO = "pending_info"
    DISPATCHING = "dispatching"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    EN_ROUTE = "en_route"
    ON_SITE = "on_site"
    QUOTE_PENDING = "quote_pending"
    IN_REPAIR = "in_repair"
    WAITING_PARTS = "waiting_parts"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    UNRESOLVED = "unresolved"
    MERGED = "merged"


class Event(StrEnum):
    SUBMIT = "submit"
    ASK_INFO = "ask_info"
    SUPPLY_INFO = "supply_info"
    EXPIRE_INFO = "expire_info"
    RESOLVE_REMOTE = "resolve_remote"
    REJECT = "reject"
    TRIAGE = "triage"
    OFFER = "offer"
    CLAIM = "claim"
    ACCEPT = "accept"
    DECLINE = "decline"
    BOOK = "book"
    REBOOK = "rebook"
    REASSIGN = "reassign"
    DEPART = "depart"
    ARRIVE = "arrive"
    NO_ACCESS = "no_access"
    ENGINEER_NO_SHOW = "engineer_no_show"
    QUOTE = "quote"
    APPROVE_QUOTE = "approve_quote"
    DECLINE_QUOTE = "decline_quote"
    DECLINE_VARIATION = "decline_variation"
    REVISE_QUOTE = "revise_quote"
    START = "start"
    NEED_PARTS = "need_parts"
    PARTS_READY = "parts_ready"
    SUSPEND = "suspend"
    RESUME = "resume"
    FINISH = "finish"
    FAIL = "fail"
    FOLLOW_UP = "follow_up"
    ACCEPT_FAIL = "accept_fail"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    RATE_OR_EXPIRE = "rate_or_expire"
    REOPEN = "reopen"
    ABORT_VISIT = "abort_visit"
    CANCEL = "cancel"
    MERGE = "merge"
    UNMERGE = "unmerge"


class Role(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"
    ENGINEER = "engineer"
    MANAGER = "manager"
    ADMIN = "admin"
    # Dispatches the engineers of a contractor (外包服务商), and sees nothing of anybody else's (ADR 26).
    CONTRACTOR = "contractor"
    SYSTEM = "system"


class ClockMode(StrEnum):
    RUN = "run"
    PAUSE = "pause"
    STOP = "stop"


class Clock(StrEnum):
    RESPONSE = "response"
    RESOLUTION = "resolution"
    LEGAL = "legal"


@dataclass(frozen=True)
class View:
    """How a state is named for staff and for the customer, and what the two service clocks do in it."""

    name: str
    label: str
    response: ClockMode
    resolution: ClockMode


@dataclass(frozen=True)
class Transition:
    event: Event
    source: State | None
    target: State
    roles: frozenset[Role]


RUN, PAUSE, STOP = ClockMode.RUN, ClockMode.PAUSE, ClockMode.STOP

# The clocks of waiting_parts and suspended are decided by the service-level policy; the standing policy is
# that the customer's waiting is ours while parts are missing, and his own while he asked to wait.
VIEWS: Mapping[State, View] = MappingProxyType(
    {
        State.SUBMITTED: View("待受理", "已提交", RUN, RUN),
        State.PENDING_INFO: View("待补充资料", "待您补充资料", RUN, PAUSE),
        State.DISPATCHING: View("待派单", "派单中", RUN, RUN),
        State.OFFERED: View("待接单", "派单中", RUN, RUN),
        State.ACCEPTED: View("已接单", "已接单", STOP, RUN),
        State.SCHEDULED: View("已预约", "工程师上门时间", STOP, RUN),
        State.EN_ROUTE: View("已出发", "工程师上门时间", STOP, RUN),
        State.ON_SITE: View("检测中", "维修中", STOP, RUN),
        State.QUOTE_PENDING: View("待确认报价", "待您确认报价", STOP, PAUSE),
        State.IN_REPAIR: View("维修中", "维修中", STOP, RUN),
        State.WAITING_PARTS: View("待配件", "等待配件", STOP, RUN),
        State.SUSPENDED: View("已挂起", "暂缓处理", STOP, PAUSE),
        State.COMPLETED: View("服务完成", "服务完成", STOP, STOP),
        State.CONFIRMED: View("待评价", "服务完成", STOP, STOP),
        State.CLOSED: View("已关闭", "已完成", STOP, STOP),
        State.CANCELLED: View("已取消", "已取消", STOP, STOP),
        State.REJECTED: View("不予受理", "未受理", STOP, STOP),
        State.UNRESOLVED: View("未能完成", "未能完成", STOP, STOP),
        State.MERGED: View("已合并", "已合并至主单", STOP, STOP),
    }
)

# Ends of the road. "closed" is one too, although a fault that returns may reopen it for 30 days.
ENDS = frozenset({State.CLOSED, State.CANCELLED, State.REJECTED, State.MERGED})
OPEN = frozenset(State) - ENDS
# Nobody has anything to do to it but the customer, who may say how it was.
AT_REST = ENDS | {State.COMPLETED, State.CONFIRMED}
BUSY = frozenset(State) - AT_REST
# Once the job is done or given up, no clock of ours runs.
SETTLED = frozenset({State.COMPLETED, State.CONFIRMED, State.UNRESOLVED}) | ENDS
# An engineer is bound to the ticket and may see what he needs for the job.
WITH_ENGINEER = frozenset(
    {
        State.ACCEPTED,
        State.SCHEDULED,
        State.EN_ROUTE,
        State.ON_SITE,
        State.QUOTE_PENDING,
        State.IN_REPAIR,
        State.WAITING_PARTS,
        State.SUSPENDED,
        State.COMPLETED,
        State.CONFIRMED,
        State.UNRESOLVED,
    }
)

_LETTERS = {
    "C": frozenset({Role.CUSTOMER}),
    # An admin may do what an agent and what a manager may.
    "A": frozenset({Role.AGENT, Role.ADMIN}),
    "E": frozenset({Role.ENGINEER}),
    "M": frozenset({Role.MANAGER, Role.ADMIN}),
    "K": frozenset({Role.CONTRACTOR}),
    "S": frozenset({Role.SYSTEM}),
}


def _roles(letters: str) -> frozenset[Role]:
    return frozenset().union(*(_LETTERS[letter] for letter in letters))


def _table(rows: Iterable[tuple[str, str, str, str]]) -> tuple[Transition, ...]:
    return tuple(
        Transition(Event(event), State(source) if source else None, State(target), _roles(letters))
        for event, sources, target, letters in rows
        for source in sources.split(" ")
    )


TRANSITIONS: tuple[Transition, ...] = _table(
    [
        ("submit", "", "submitted", "CAS"),
        ("ask_info", "submitted", "pending_info", "AS"),
        ("supply_info", "pending_info", "submitted", "CA"),
        ("expire_info", "pending_info", "cancelled", "S"),
        ("resolve_remote", "submitted", "completed", "AS"),
        # The task force has removed the cause, and nobody has set out or agreed upon a time yet (ADR 37).
        ("resolve_remote", "pending_info dispatching offered accepted", "completed", "S"),
        ("reject", "submitted", "rejected", "AM"),
        ("triage", "submitted", "dispatching", "AS"),
        ("offer", "dispatching", "offered", "AKS"),
        ("claim", "dispatching", "accepted", "E"),
        ("accept", "offered", "accepted", "E"),
        ("decline", "offered", "dispatching", "ES"),
        ("book", "accepted", "scheduled", "CAEK"),
        ("rebook", "scheduled", "scheduled", "CAEK"),
        ("reassign", "accepted scheduled", "dispatching", "AMK"),
        ("depart", "scheduled", "en_route", "E"),
        ("arrive", "en_route", "on_site", "E"),
        ("no_access", "en_route", "accepted", "E"),
        ("engineer_no_show", "scheduled", "accepted", "SCA"),
        ("quote", "on_site in_repair", "quote_pending", "E"),
        ("approve_quote", "quote_pending", "in_repair", "C"),
        ("decline_quote", "quote_pending", "unresolved", "CS"),
        # What was approved before stands, and the work goes on (ADR 19).
        ("decline_variation", "quote_pending", "in_repair", "CS"),
        ("revise_quote", "quote_pending", "quote_pending", "E"),
        ("start", "on_site", "in_repair", "E"),
        ("need_parts", "on_site in_repair", "waiting_parts", "E"),
        ("parts_ready", "waiting_parts", "accepted", "AS"),
        ("suspend", "accepted scheduled", "suspended", "AM"),
        ("resume", "suspended", "accepted", "AMS"),
        ("finish", "in_repair", "completed", "E"),
        ("fail", "on_site in_repair", "unresolved", "EM"),
        ("follow_up", "unresolved", "dispatching", "AM"),
        ("accept_fail", "unresolved", "closed", "CM"),
        ("confirm", "completed", "confirmed", "CS"),
        ("dispute", "completed", "dispatching", "C"),
        ("rate_or_expire", "confirmed", "closed", "CS"),
        ("reopen", "confirmed closed", "dispatching", "CA"),
        ("abort_visit", "en_route on_site in_repair", "dispatching", "MS"),
        (
            "cancel",
            "submitted pending_info dispatching offered accepted scheduled quote_pending waiting_parts suspended",
            "cancelled",
            "CAM",
        ),
        ("cancel", "en_route", "cancelled", "AM"),
        # Within two days the customer may do so himself ("add to my ticket").
        ("merge", "submitted pending_info dispatching offered accepted", "merged", "CA"),
        ("unmerge", "merged", "submitted", "AM"),
    ]
)

_BY_STEP: Mapping[tuple[State | None, Event], Transition] = MappingProxyType(
    {(t.source, t.event): t for t in TRANSITIONS}
)
_BY_STATE_AND_ROLE: Mapping[tuple[State, Role], tuple[Transition, ...]] = MappingProxyType(
    {
        (state, role): tuple(t for t in TRANSITIONS if t.source is state and role in t.roles)
        for state in State
        for role in Role
    }
)

EVENT_LABELS: Mapping[Event, str] = MappingProxyType(
    {
        Event.SUBMIT: "提交报修",
        Event.ASK_INFO: "请客户补充资料",
        Event.SUPPLY_INFO: "补充资料",
        Event.EXPIRE_INFO: "资料逾期取消",
        Event.RESOLVE_REMOTE: "远程解决",
        Event.REJECT: "不予受理",
        Event.TRIAGE: "受理并派单",
        Event.OFFER: "派给工程师",
        Event.CLAIM: "抢单",
        Event.ACCEPT: "接单",
        Event.DECLINE: "拒单",
        Event.BOOK: "预约上门",
        Event.REBOOK: "改约",
        Event.REASSIGN: "改派",
        Event.DEPART: "出发",
        Event.ARRIVE: "到达现场",
        Event.NO_ACCESS: "客户不在",
        Event.ENGINEER_NO_SHOW: "工程师未到",
        Event.QUOTE: "提交报价",
        Event.APPROVE_QUOTE: "同意报价",
        Event.DECLINE_QUOTE: "拒绝报价",
        Event.DECLINE_VARIATION: "不做追加项目",
        Event.REVISE_QUOTE: "修改报价",
        Event.START: "开始维修",
        Event.NEED_PARTS: "申请配件",
        Event.PARTS_READY: "配件到货",
        Event.SUSPEND: "挂起",
        Event.RESUME: "恢复处理",
        Event.FINISH: "完工",
        Event.FAIL: "无法修复",
        Event.FOLLOW_UP: "再次上门",
        Event.ACCEPT_FAIL: "结束服务",
        Event.CONFIRM: "确认完成",
        Event.DISPUTE: "问题未解决",
        Event.RATE_OR_EXPIRE: "评价",
        Event.REOPEN: "故障复发，申请返修",
        Event.ABORT_VISIT: "中止上门",
        Event.CANCEL: "取消服务",
        Event.MERGE: "合并工单",
        Event.UNMERGE: "撤销合并",
    }
)


def step(state: State | None, event: Event) -> Transition | None:
    """The transition that this event causes in this state; None where the table has none."""
    return _BY_STEP.get((state, event))


def steps(state: State, role: Role) -> tuple[Transition, ...]:
    """What this role may cause in this state, before anybody looks at ownership and guards."""
    return _BY_STATE_AND_ROLE[state, role]


def clock_modes(state: State, *, with_us: bool = False, nobody_home: bool = False) -> dict[Clock, ClockMode]:
    """What each clock does in this state. The legal clock (三包) runs until the job is settled, never pauses.

    ``with_us``: what pauses a clock in this state is the customer's turn, and that has not come yet.
    ``nobody_home``: it has come although the state alone would not say so, until he has another time.
    """
    view = VIEWS[state]
    resolution = PAUSE if nobody_home else view.resolution
    return {
        Clock.RESPONSE: view.response,
        Clock.RESOLUTION: RUN if with_us and resolution is PAUSE else resolution,
        Clock.LEGAL: STOP if state in SETTLED else RUN,
    }
