"""Which messages an event of the main job must cause, told apart as a person with a phone would tell them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from app.integrations.sandbox import Card

CUSTOMER, ENGINEER = "customer", "engineer"
PROGRESS, OFFER, INVITATION, NOTICE = (
    "tpl-ticket-progress",
    "tpl-engineer-offer",
    "tpl-rating-invitation",
    "tpl-staff-notice",
)
NUMBER, STATE, LEVEL = "工单编号", "当前状态", "级别"

# What the card of progress says after each event.
_STATES: Mapping[str, str] = MappingProxyType(
    {
        "submit": "已提交",
        "triage": "派单中",
        "offer": "派单中",
        "decline": "派单中",
        "accept": "已接单",
        "book": "已预约",
        "announced": "已预约",
        "depart": "已出发",
        "arrive": "检测中",
        "quote": "待您确认",
        "approve_quote": "维修中",
        "finish": "服务完成",
        "confirm": "已确认",
        "rate_or_expire": "已完成",
    }
)
# What else it causes, after the customer's card.
_FURTHER: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "offer": (ENGINEER, OFFER, ""),
        "book": (ENGINEER, NOTICE, "工单变更"),
        "urged": (ENGINEER, NOTICE, "催单"),
        "approve_quote": (ENGINEER, NOTICE, "工单变更"),
        "finish": (CUSTOMER, INVITATION, ""),
    }
)
# Sent when something takes long: they may come, and nobody waits for them.
_BY_THE_CLOCK = frozenset({"提醒", "预警"})


@dataclass(frozen=True)
class Sign:
    """What makes a message this one and no other: for whom, which card, and the word that it shows."""

    who: str
    template: str
    word: str


@dataclass(frozen=True)
class Expected:
    seq: int
    event: str
    at: datetime
    sign: Sign


def expected(timeline: Sequence[Mapping[str, Any]], announced_at: str | None = None) -> list[Expected]:
    """The messages of a timeline, in the order in which they must arrive.

    ``announced_at`` is when the customer was told who comes: the ticket's ``visit.announced_at``.
    """
    told_at = datetime.fromisoformat(announced_at) if announced_at else None
    return [
        Expected(entry["seq"], entry["event"], at, sign)
        for entry in timeline
        for at in [datetime.fromisoformat(entry["at"])]
        for sign in _signs(entry["event"], told=told_at is not None and told_at <= at)
    ]


def sign_of(card: Card, customer: str) -> Sign:
    who = CUSTOMER if card.user_id == customer else ENGINEER
    return Sign(who, card.template_id, card.row(STATE) or card.row(LEVEL))


def by_the_clock(card: Card) -> bool:
    return card.template_id == NOTICE and card.row(LEVEL) in _BY_THE_CLOCK


def _signs(event: str, *, told: bool) -> Iterator[Sign]:
    if event in _STATES:
        yield Sign(CUSTOMER, PROGRESS, _STATES[event])
    if event in _FURTHER:
        yield Sign(*_FURTHER[event])
    if event == "replanned":
        # Who came before, who comes now, and the customer if he knew a name.
        yield from [Sign(ENGINEER, NOTICE, "行程调整")] * 2
        if told:
            yield Sign(CUSTOMER, PROGRESS, _STATES["book"])
