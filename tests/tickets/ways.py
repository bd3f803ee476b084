"""How a ticket comes into each state, and what each event needs to be said when it is there."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from app.domain.lifecycle import Event, Role, State
from tests.harness.callers import Caller
from tests.tickets import bodies
from tests.tickets.story import SCORES, Story

Fields = dict[str, Any]

QUOTED = [{"code": "AC-GAS", "quantity": 2}]
PARTS = [{"name": "压缩机", "quantity": 1}]


async def reach(story: Story, state: State) -> None:
    await _WAYS[state](story)
    assert (await story.see(story.agent))["state"] == state


async def valid(story: Story, event: Event) -> Fields:
    """The fields of a request for this event that can succeed; it may take photos and let time pass."""
    saying = _SAYINGS.get(event)
    return await saying(story) if saying else {}


def caller(story: Story, role: Role) -> Caller:
    return {
        Role.CUSTOMER: story.customer,
        Role.ENGINEER: story.engineer,
        Role.AGENT: story.agent,
        Role.MANAGER: story.manager,
    }[role]


async def _pending_info(story: Story) -> None:
    await story.submit()
    await story.step(story.agent, "ask_info", items=["型号", "购买日期"])


async def _dispatching(story: Story) -> None:
    await story.submit()
    await story.step(story.agent, "triage")


async def _en_route(story: Story) -> None:
    await story.scheduled()
    await story.step(story.engineer, "depart")


async def _quote_pending(story: Story) -> None:
    await story.on_site()
    await story.step(story.engineer, "quote", lines=QUOTED)


async def _waiting_parts(story: Story) -> None:
    await story.on_site()
    await story.step(story.engineer, "need_parts", **await valid(story, Event.NEED_PARTS))


async def _suspended(story: Story) -> None:
    await story.accepted()
    await story.step(story.agent, "suspend", **await valid(story, Event.SUSPEND))


async def _confirmed(story: Story) -> None:
    await story.completed()
    await story.step(story.customer, "confirm")


async def _closed(story: Story) -> None:
    await _confirmed(story)
    await story.step(story.customer, "rate_or_expire", **SCORES)


async def _cancelled(story: Story) -> None:
    await story.submit()
    await story.step(story.customer, "cancel", reason_code="changed_mind")


async def _rejected(story: Story) -> None:
    await story.submit()
    await story.step(story.agent, "reject", reason_code="out_of_area")


async def _unresolved(story: Story) -> None:
    await story.on_site()
    await story.step(story.engineer, "fail", reason_code="unsafe")


async def _merged(story: Story) -> None:
    await story.submit()
    await story.step(story.agent, "merge", **await _merge(story))


_WAYS: Mapping[State, Callable[[Story], Awaitable[object]]] = {
    State.SUBMITTED: Story.submit,
    State.PENDING_INFO: _pending_info,
    State.DISPATCHING: _dispatching,
    State.OFFERED: Story.offered,
    State.ACCEPTED: Story.accepted,
    State.SCHEDULED: Story.scheduled,
    State.EN_ROUTE: _en_route,
    State.ON_SITE: Story.on_site,
    State.QUOTE_PENDING: _quote_pending,
    State.IN_REPAIR: Story.in_repair,
    State.WAITING_PARTS: _waiting_parts,
    State.SUSPENDED: _suspended,
    State.COMPLETED: Story.completed,
    State.CONFIRMED: _confirmed,
    State.CLOSED: _closed,
    State.CANCELLED: _cancelled,
    State.REJECTED: _rejected,
    State.UNRESOLVED: _unresolved,
    State.MERGED: _merged,
}


def _said(**fields: Any) -> Callable[[Story], Awaitable[Fields]]:
    async def saying(_: Story) -> Fields:
        return fields

    return saying


async def _book(story: Story) -> Fields:
    return {"window": bodies.window(story.clock.now, hour=16)}


async def _rebook(story: Story) -> Fields:
    return {"window": bodies.window(story.clock.now, days=1), "reason_code": "customer_wish"}


async def _no_access(story: Story) -> Fields:
    calls = [story.clock.now.isoformat(), story.clock.now.isoformat()]
    return {"attachment_ids": [await story.photo(story.engineer, "no_access")], "calls": calls}


async def _engineer_no_show(story: Story) -> Fields:
    story.clock.advance(hours=6, minutes=30)
    return {}


async def _shown(story: Story) -> Fields:
    quote = (await story.see(story.agent))["quote"]
    return {"quote_version": quote["version"] if quote else 1}


async def _variation(story: Story) -> Fields:
    """The pending quote becomes the standing one, and another adds to it."""
    await story.step(story.customer, "approve_quote", **await _shown(story))
    await story.step(story.engineer, "quote", lines=QUOTED)
    return await _shown(story)


async def _start(story: Story) -> Fields:
    await story.covered()
    return {}


async def _need_parts(story: Story) -> Fields:
    return {"parts": PARTS, "due_at": (story.clock.now + timedelta(days=5)).isoformat()}


async def _suspend(story: Story) -> Fields:
    return {
        "reason_code": "customer_away",
        "resume_at": (story.clock.now + timedelta(days=3)).isoformat(),
    }


async def _finish(story: Story) -> Fields:
    quote = (await story.see(story.agent))["quote"]
    await story.photo(story.engineer, "before")
    await story.photo(story.engineer, "after")
    return {
        "fault_code": "F01",
        "solution": "补充冷媒",
        "old_parts": "none",
        "charge_fen": quote["total_fen"] if quote else 0,
    }


async def _dispute(story: Story) -> Fields:
    return {"reason": "还是不制冷", "attachment_ids": [await story.photo(story.customer, "dispute")]}


async def _merge(story: Story) -> Fields:
    mine = story.number
    other = (await story.submit())["number"]
    story.number = mine
    return {"into": other}


_SAYINGS: Mapping[Event, Callable[[Story], Awaitable[Fields]]] = {
    Event.ASK_INFO: _said(items=["型号"]),
    Event.SUPPLY_INFO: _said(text="型号在机身左侧", model="KFR-50"),
    Event.RESOLVE_REMOTE: _said(solution="已电话指导客户重启"),
    Event.REJECT: _said(reason_code="not_our_product"),
    Event.DECLINE: _said(reason_code="too_far"),
    Event.BOOK: _book,
    Event.REBOOK: _rebook,
    Event.REASSIGN: _said(reason="工程师请假"),
    Event.ARRIVE: _said(**bodies.HOME),
    Event.NO_ACCESS: _no_access,
    Event.ENGINEER_NO_SHOW: _engineer_no_show,
    Event.QUOTE: _said(lines=QUOTED),
    Event.REVISE_QUOTE: _said(lines=[{"code": "AC-GAS", "quantity": 1}]),
    Event.APPROVE_QUOTE: _shown,
    Event.DECLINE_QUOTE: _shown,
    Event.DECLINE_VARIATION: _variation,
    Event.START: _start,
    Event.NEED_PARTS: _need_parts,
    Event.SUSPEND: _suspend,
    Event.FINISH: _finish,
    Event.FAIL: _said(reason_code="beyond_repair"),
    Event.DISPUTE: _dispute,
    Event.RATE_OR_EXPIRE: _said(**SCORES),
    Event.REOPEN: _said(reason="又不制冷了"),
    Event.ABORT_VISIT: _said(reason="工程师中途离开"),
    Event.CANCEL: _said(reason_code="changed_mind"),
    Event.MERGE: _merge,
}
