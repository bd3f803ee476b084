"""Where a customer's ticket stands, in few steps, and what comes next or is asked of him: for the eye alone."""

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.lifecycle import State

VISITED = ("已提交", "已接单", "已约时间", "维修中", "服务完成")
REMOTE = ("已提交", "处理中", "服务完成")

_REACHED: Mapping[State, int] = MappingProxyType(
    {
        State.SUBMITTED: 0,
        State.PENDING_INFO: 0,
        State.DISPATCHING: 0,
        State.OFFERED: 0,
        State.ACCEPTED: 1,
        State.SUSPENDED: 1,
        State.SCHEDULED: 2,
        State.EN_ROUTE: 2,
        State.ON_SITE: 3,
        State.QUOTE_PENDING: 3,
        State.IN_REPAIR: 3,
        State.WAITING_PARTS: 3,
        State.COMPLETED: 4,
        State.CONFIRMED: 4,
        State.CLOSED: 4,
    }
)
# In the customer's words. What he has to do himself begins with 请.
_NEXT: Mapping[State, str] = MappingProxyType(
    {
        State.SUBMITTED: "我们正在受理",
        State.PENDING_INFO: "请补充资料",
        State.DISPATCHING: "正在为您找工程师",
        State.OFFERED: "正在为您找工程师",
        State.ACCEPTED: "请确认上门时间",
        State.SCHEDULED: "工程师将按约定时间上门",
        State.EN_ROUTE: "工程师在路上，请准备核销码",
        State.ON_SITE: "工程师正在检测，先报价后维修",
        State.QUOTE_PENDING: "请确认报价",
        State.IN_REPAIR: "工程师正在维修",
        State.WAITING_PARTS: "配件到货后再约时间",
        State.SUSPENDED: "到约定日期自动恢复",
        State.COMPLETED: "请确认是否修好",
        State.CONFIRMED: "请评价这次服务",
        State.UNRESOLVED: "主管会在 24 小时内联系您",
    }
)


def reached(state: State, *, on_site: bool) -> tuple[tuple[str, ...], int] | None:
    """The steps and which of them it is at, from 0; None where it left the way."""
    at = _REACHED.get(state)
    if at is None:
        return None
    if on_site:
        return VISITED, at
    return REMOTE, 2 if at == 4 else min(at, 1)


def next_step(state: State, *, with_us: bool) -> str:
    """What comes next, in the customer's words; empty when nothing does. ``with_us``: a quote that he is not asked
    about yet."""
    return "主管复核后请您确认" if with_us else _NEXT.get(state, "")
