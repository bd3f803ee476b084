"""By which ways each kind of message reaches a person, in which order, and how long each may wait: data.

A message goes down its ladder until a rung carries it. The last rung is the inbox of the app, which is always
there: whatever else happens, the person finds what he was told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, Protocol

from app.domain.lifecycle import State
from app.domain.notices import BULLETIN, PHRASES, Kind


class Channel(StrEnum):
    TEMPLATE = "template"  # a card in the chat of the service account, for followers
    SUBSCRIBE = "subscribe"  # a notice of the mini-program, one for each consent
    CUSTOM = "custom"  # words in the chat, while the window is open that the person opened
    SMS = "sms"
    INBOX = "inbox"


# WeChat keeps a repeated template message apart by its client_msg_id; the others would be seen twice.
RESENDABLE = frozenset({Channel.TEMPLATE})
# What these accept has arrived, as far as anybody will ever tell.
FINAL = frozenset({Channel.CUSTOM, Channel.SMS})

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Cap:
    """At most so many of a kind to one person in so long."""

    count: int
    period: timedelta


@dataclass(frozen=True)
class Ladder:
    channels: tuple[Channel, ...]
    # Goes at any hour, and rather by a lower rung now than by a higher one tomorrow.
    urgent: bool
    # After this age nobody is disturbed any more: it stays in the inbox.
    patience: timedelta = _DAY
    # After this age it is left to a newer one of its ticket, if that waits behind it.
    overtaken_after: timedelta | None = None
    # A burst to one person within so long becomes one card. Never for changes of state.
    coalesce: timedelta | None = None
    cap: Cap | None = None
    # Answers of people use the replies that automatic messages leave to them.
    by_people: bool = False
    # A question with answers to tap, which only the chat of a service account can show.
    menu: bool = False
    # The words of "state" that are worth an SMS.
    sms_states: frozenset[str] = frozenset()

    def below(self, channel: Channel) -> tuple[Channel, ...]:
        """The rungs under this one."""
        if channel not in self.channels:
            return ()
        return self.channels[self.channels.index(channel) + 1 :]

    def since(self, channel: Channel | None) -> tuple[Channel, ...]:
        """The rungs from this one on; all of them before the first try."""
        if channel is None:
            return self.channels
        return (channel, *self.below(channel)) if channel in self.channels else ()


_CUSTOMER = (Channel.TEMPLATE, Channel.SUBSCRIBE, Channel.CUSTOM, Channel.SMS)
_STAFF = (Channel.TEMPLATE,)

# What somebody at home must know even without WeChat: an answer is awaited, or somebody is coming.
_WORTH_AN_SMS = frozenset(
    PHRASES[state]
    for state in (
        State.PENDING_INFO,
        State.SCHEDULED,
        State.EN_ROUTE,
        State.QUOTE_PENDING,
        State.COMPLETED,
        State.UNRESOLVED,
        State.CANCELLED,
    )
)

LADDERS: Mapping[Kind, Ladder] = MappingProxyType(
    {
        Kind.TICKET_PROGRESS: Ladder(
            _CUSTOMER, urgent=True, overtaken_after=30 * _MINUTE, sms_states=_WORTH_AN_SMS
        ),
        # The offer itself ends after a quarter of an hour.
        Kind.ENGINEER_OFFER: Ladder(_STAFF, urgent=True, patience=30 * _MINUTE),
        Kind.RATING_INVITATION: Ladder(_CUSTOMER, urgent=False, patience=3 * _DAY, cap=Cap(3, _DAY)),
        Kind.STAFF_NOTICE: Ladder(_STAFF, urgent=True),
        # The chat in which the question was asked comes first.
        Kind.CONVERSATION_REPLY: Ladder(
            (Channel.CUSTOM, Channel.SUBSCRIBE, Channel.TEMPLATE), urgent=True, by_people=True
        ),
        # Asked while the talk is still in mind, or not at all.
        Kind.CONVERSATION_SURVEY: Ladder((Channel.CUSTOM,), urgent=True, patience=_HOUR, menu=True),
    }
)
# Notices to staff that tell of no change and come in flocks, by their level.
_BURSTS = frozenset({"提醒", "预警"})
_ROUTINE = frozenset({"提醒"})
_BURST = timedelta(seconds=5)
_REMINDERS = Cap(60, _HOUR)


def ladder_of(kind: str, slots: Mapping[str, str]) -> Ladder | None:
    """None for a kind that nobody has declared."""
    try:
        ladder = LADDERS[Kind(kind)]
    except ValueError:
        return None
    if kind == Kind.TICKET_PROGRESS and slots.get("state") == BULLETIN:
        return replace(ladder, urgent=False, overtaken_after=None)
    level = slots.get("level") if kind == Kind.STAFF_NOTICE else None
    if level in _BURSTS:
        ladder = replace(ladder, coalesce=_BURST)
    if level in _ROUTINE:
        ladder = replace(ladder, urgent=False, cap=_REMINDERS)
    return ladder


class Quiet(Protocol):
    """When nobody is disturbed for what can wait: the hours of the night, or the customer's own word."""

    reason: ClassVar[str]

    def until(self, now: datetime) -> datetime | None:
        """When it ends; None while it is not quiet."""


@dataclass(frozen=True)
class Hold:
    until: datetime
    reason: str


def hold(
    ladder: Ladder,
    sent: tuple[datetime, ...],
    quiet: Quiet | None,
    now: datetime,
    *,
    capped: bool = True,
) -> Hold | None:
    """Whether a message had better wait; ``sent`` is when the person got others of its kind, newest first."""
    if quiet is not None and not ladder.urgent and (over := quiet.until(now)) is not None:
        return Hold(over, quiet.reason)
    if ladder.coalesce is not None and sent and (end := sent[0] + ladder.coalesce) > now:
        return Hold(end, "burst")
    if capped and ladder.cap is not None and len(sent) >= ladder.cap.count:
        end = sent[ladder.cap.count - 1] + ladder.cap.period
        return Hold(end, "frequency_cap") if end > now else None
    return None
