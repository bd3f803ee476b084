"""Why a time that was promised will not be kept, said in a few words that fit on a card, before it has passed."""

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.lifecycle import State
from app.domain.promise.made import LEAST_MOVE
from app.domain.situation import Situation

_REASONS: Mapping[State, str] = MappingProxyType(
    {
        State.SUBMITTED: "报修较多，客服还在处理",
        State.DISPATCHING: "附近工程师都在忙，仍在为您协调",
        State.OFFERED: "已派给工程师，还在等他确认",
        State.ACCEPTED: "工程师还没有约好时间，已催促他",
        State.SCHEDULED: "工程师还没有出发，会晚一些到",
        State.EN_ROUTE: "工程师路上耽搁了，会晚一些到",
        State.ON_SITE: "现场检测比预计的久",
        State.QUOTE_PENDING: "报价复核比预计的久",
        State.IN_REPAIR: "维修比预计的久",
        State.WAITING_PARTS: "配件还没有到，正在催供货方",
        State.SUSPENDED: "恢复处理比约定的晚，正在安排",
        State.UNRESOLVED: "主管还没有联系上您，会尽快回访",
    }
)
_PLANNED_LATE = "工程师前一单比预计的久，会晚到"


def why_later(s: Situation) -> str:
    if s.attended and s.state is State.SUBMITTED:
        return "技术部门还在处理，需要更多时间"
    if s.state is State.SCHEDULED and planned_late(s):
        return _PLANNED_LATE
    return _REASONS[s.state]


def planned_late(s: Situation) -> bool:
    """The plan of the day has the work begin too long after the window that was promised."""
    visit = s.visit
    return bool(visit and visit.planned and visit.planned.start > visit.window.end + LEAST_MOVE)
