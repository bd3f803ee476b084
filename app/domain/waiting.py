"""Why a ticket waits, said to the one who is waiting."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from app.domain.lifecycle import State
from app.domain.situation import Situation
from app.domain.zone import ZONE

_REASONS: Mapping[State, str] = MappingProxyType(
    {
        State.SUBMITTED: "客服正在核对您的报修信息。",
        State.PENDING_INFO: "还在等您补充资料，补齐后马上安排。",
        State.DISPATCHING: "附近合适的工程师都在忙，正在为您协调。",
        State.OFFERED: "已派给工程师，正在等他确认。",
        State.ACCEPTED: "工程师已接单，正在安排上门时间。",
        State.SCHEDULED: "上门时间已约定，工程师会按时到达。",
        State.EN_ROUTE: "工程师已经在路上。",
        State.ON_SITE: "工程师正在现场检测。",
        State.QUOTE_PENDING: "报价已出，正在等您确认。",
        State.IN_REPAIR: "工程师正在维修。",
        State.WAITING_PARTS: "正在等配件到货。",
        State.SUSPENDED: "按约定暂缓，到期会自动恢复。",
        State.UNRESOLVED: "这次未能修好，主管会与您联系。",
    }
)


def why_it_waits(s: Situation, now: datetime) -> str:
    if s.state is State.WAITING_PARTS and s.parts_due:
        due = s.parts_due.astimezone(ZONE)
        late = "原" if s.parts_due < now else ""
        return f"正在等配件到货，{late}预计{due.month}月{due.day}日到。"
    if s.attended and s.state is State.SUBMITTED:
        return "技术部门正在处理。"
    if s.quote_with_us:
        return "报价正在由主管复核，复核后马上请您确认。"
    return _REASONS.get(s.state, "您的工单正在处理中。")
