"""The steps of a job for which a time is promised. A promise is kept when its step is done in time."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from app.domain.lifecycle import State


class Step(StrEnum):
    RESPONSE = "response"
    # What needs no visit is answered first, and then solved.
    SOLVE = "solve"
    ASSIGN = "assign"
    BOOK = "book"
    VISIT = "visit"
    INSPECT = "inspect"
    REVIEW = "review"
    WORK = "work"
    PARTS = "parts"
    RESUME = "resume"
    CALL_BACK = "call_back"
    # It is the customer's turn: what he reads is his own deadline, no promise of ours.
    CUSTOMER = "customer"


STEP_LABELS: Mapping[Step, str] = MappingProxyType(
    {
        Step.RESPONSE: "受理",
        Step.SOLVE: "远程处理",
        Step.ASSIGN: "安排工程师",
        Step.BOOK: "约定上门时间",
        Step.VISIT: "上门",
        Step.INSPECT: "检测",
        Step.REVIEW: "报价复核",
        Step.WORK: "维修",
        Step.PARTS: "配件到货",
        Step.RESUME: "恢复处理",
        Step.CALL_BACK: "主管回访",
        Step.CUSTOMER: "等客户",
    }
)
_BY_STATE: Mapping[State, Step] = MappingProxyType(
    {
        State.SUBMITTED: Step.RESPONSE,
        State.PENDING_INFO: Step.CUSTOMER,
        State.DISPATCHING: Step.ASSIGN,
        State.OFFERED: Step.ASSIGN,
        State.ACCEPTED: Step.BOOK,
        State.SCHEDULED: Step.VISIT,
        State.EN_ROUTE: Step.VISIT,
        State.ON_SITE: Step.INSPECT,
        State.QUOTE_PENDING: Step.CUSTOMER,
        State.IN_REPAIR: Step.WORK,
        State.WAITING_PARTS: Step.PARTS,
        State.SUSPENDED: Step.RESUME,
        State.COMPLETED: Step.CUSTOMER,
        State.CONFIRMED: Step.CUSTOMER,
        State.UNRESOLVED: Step.CALL_BACK,
    }
)
# Those that are done at the desk, while it is open; what happens at a customer's is done at any hour.
AT_THE_DESK = frozenset({Step.RESPONSE, Step.SOLVE, Step.ASSIGN, Step.BOOK, Step.CALL_BACK})
# Those of which it is measured how long they take; the others rest on what was agreed.
MEASURED = AT_THE_DESK | {Step.INSPECT, Step.WORK}


def step_of(state: State, *, with_us: bool = False, attended: bool = False) -> Step | None:
    """``with_us``: a quote is pending that the customer is not asked about yet; ``attended``: somebody of ours has
    answered what needs no visit. None of a ticket that has ended."""
    if attended and state is State.SUBMITTED:
        return Step.SOLVE
    if with_us and state is State.QUOTE_PENDING:
        return Step.REVIEW
    return _BY_STATE.get(state)


def states_of(step: Step) -> frozenset[State]:
    """A job that is in none of them any more has done that step."""
    if step is Step.REVIEW:
        return frozenset({State.QUOTE_PENDING})
    return frozenset(state for state, of in _BY_STATE.items() if of is step)
