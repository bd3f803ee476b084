"""One ticket of the past, moved by the rules that move the living ones.

Table, roles and guards are asked, promises, clocks and messages come from the domain: what is written differs
from what the service would have written only in that nobody waited for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import orjson

from app.domain import lifecycle
from app.domain.actor import SYSTEM, Actor
from app.domain.guards import blockers
from app.domain.lifecycle import Clock, ClockMode, Event, Role, State, clock_modes
from app.domain.membership.rules import Reason
from app.domain.notices import Notice, for_transition, hint, progress, staff_notice
from app.domain.promise.pledge import Pledge
from app.domain.service_levels.clocks import answers
from app.domain.situation import Situation
from app.domain.timeouts import Escalate, Fire, Remind, timeout_at, wake_at
from app.services.promises.promised import promised
from app.services.seed.history.ledger import Ledger

# What WeChat calls the message; ours begin well below those that a platform gives out now.
_FIRST_MSGID = 3_000_000_000_000_000_000
# Time-outs that end a state by themselves; all others mean that somebody should have acted, and here he did.
_SILENT = (Event.CONFIRM, Event.RATE_OR_EXPIRE)
_SILENT_TEXTS = {
    Event.CONFIRM: "48 小时未反馈，系统自动确认",
    Event.RATE_OR_EXPIRE: "评价期已过，工单关闭",
}


class NotPossible(ValueError):
    """The story asks for something that the rules forbid."""


@dataclass(frozen=True)
class _Told:
    seq: int
    first_seq: int
    promised_at: datetime
    promise: str
    pledge: Pledge
    at: datetime

    @property
    def row(self) -> tuple[object, ...]:
        pledge = self.pledge
        inputs = orjson.dumps({**pledge.inputs}).decode()
        words = (pledge.step.value, self.promised_at, self.promise, pledge.basis, inputs)
        return self.seq, self.first_seq, *words, self.at


@dataclass(frozen=True)
class _Urging:
    """One that nobody has answered yet."""

    n: int
    owner: str | None
    reason: str
    promised_at: datetime
    promise: str
    at: datetime

    @property
    def due(self) -> datetime:
        return self.at + timedelta(hours=2)


@dataclass
class Player:
    """``managers`` hear of what is escalated. Nothing happens after ``now``."""

    ledger: Ledger
    rng: Random
    now: datetime
    managers: tuple[str, ...]
    s: Situation
    asset_id: UUID | None
    _wake_step: int = 0
    _open: dict[Clock, tuple[int, ClockMode, datetime]] = field(default_factory=dict)
    _promises: list[_Told] = field(default_factory=list)
    _urgings: list[_Urging] = field(default_factory=list)

    def begin(self, actor: Actor) -> None:
        self.s = promised(self.s, self.s.created_at)
        self._clocks(None, self.s.created_at)
        self._event(Event.SUBMIT, None, actor, self.s.created_at, hint(Event.SUBMIT, self.s), {})
        self._push(for_transition(Event.SUBMIT, None, self.s, actor.id), self.s.created_at)

    def step(
        self, event: Event, actor: Actor, at: datetime, text: str = "", data: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> Situation:  # fmt: skip
        """A change of state; what a time-out does before it happens first."""
        self.let_pass(at)
        before = self.s
        taken = lifecycle.step(before.state, event)
        found = blockers(event, before, actor, at)
        if taken is None or actor.role not in taken.roles or found:
            raise NotPossible(f"{event} from {before.state} by {actor.role}: {found}")
        after = before._replace(**changes)
        after = after._replace(
            state=taken.target, version=before.version + 1, seq=before.seq + 1, entered_at=at
        )
        self.s, self._wake_step = promised(after, at, before=before), 0
        self._clocks(before, at)
        self._event(event, before.state, actor, at, text or hint(event, self.s), data or {})
        self._push(for_transition(event, before, self.s, actor.id), at)
        if event is Event.CONFIRM and actor.role is Role.CUSTOMER:
            self.earn(Reason.CONFIRMED, at, self.s.seq)
        return self.s

    def note(
        self, event: str, actor: Actor, at: datetime, text: str, notices: tuple[Notice, ...], **changes: Any
    ) -> None:
        """A fact beside the state."""
        self.s = self.s._replace(seq=self.s.seq + 1, **changes)
        self._event(event, self.s.state, actor, at, text, {})
        self._push(notices, at)

    def earn(self, reason: Reason, at: datetime, seq: int | None = None) -> None:
        """As the service awards it; nothing of what was played is done over."""
        rules = self.ledger.rules
        if rules is None or not self.s.on_site or not rules.points_for(reason):
            return
        whose, points = UUID(self.s.customer_id), rules.points_for(reason)
        self.ledger.add("member_points", whose, points, reason.value, self.s.id, seq, rules.version, at, at)

    def urged(self, reason: str, at: datetime) -> None:
        """The next that one of us does and the customer hears of answers it."""
        s = self.s
        self._urgings.append(_Urging(s.urged, s.engineer_id, reason, s.promised_at, s.promise, at))

    def let_pass(self, until: datetime) -> None:
        """What the system does by itself until then."""
        while (due := wake_at(self.s, self._wake_step)) is not None and due <= min(until, self.now):
            timeout = timeout_at(self.s, self._wake_step)
            match timeout and timeout.action:
                case Fire(event) if event in _SILENT:
                    self._silence(event, due)
                    continue
                case Remind(who, text):
                    self._remind(who, text, due)
                case Escalate(text):
                    notices = tuple(self._to_staff(who, text, "预警", due) for who in self.managers)
                    self.note("escalated", SYSTEM, due, text, notices)
            self._wake_step += 1

    def end(self) -> None:
        """Write the ticket as the past has left it."""
        self.let_pass(self.now)
        for clock, (seq, mode, started) in self._open.items():
            self.ledger.add("clock_segments", self.s.id, clock.value, seq, mode.value, started, None)
        self.ledger.add("tickets", *self._row())
        self._answered(None, None)
        # Only what still stands is looked at again.
        for told in self._promises:
            stands = told is self._promises[-1] and self.s.pledge is not None
            self.ledger.add("promises", self.s.id, *told.row, told.pledge.look_at if stands else None)

    def _silence(self, event: Event, at: datetime) -> None:
        closed_at = at if event is Event.RATE_OR_EXPIRE else None
        # The step looks at what passes before it, and this very time-out must not be found again.
        self._wake_step = 10**6
        self.step(event, SYSTEM, at, _SILENT_TEXTS[event], closed_at=closed_at)

    def _remind(self, who: str, text: str, at: datetime) -> None:
        self.s = promised(self.s, at)
        notices: tuple[Notice, ...] = ()
        if who == "customer":
            notices = (progress(self.s, hint=text),)
        elif self.s.engineer is not None:
            notices = (self._to_staff(self.s.engineer.id, text, "提醒", at),)
        self.note("reminded", SYSTEM, at, text, notices)

    def _to_staff(self, staff_id: str, text: str, level: str, at: datetime) -> Notice:
        return staff_notice(self.s, staff_id, matter=self.s.service, level=level, hint=text, at=at)

    def _event(
        self, event: str, source: State | None, actor: Actor, at: datetime, text: str, data: Mapping[str, Any]
    ) -> None:
        s, document = self.s, orjson.dumps(data).decode()
        came_from = source.value if source else None
        role = actor.role.value
        self.ledger.add(
            "ticket_events",
            s.id,
            s.seq,
            str(event),
            came_from,
            s.state.value,
            role,
            actor.id,
            text,
            document,
            at,
        )
        if answers(str(event), actor.role):
            self._answered(at, actor.id)
        if s.pledge is not None:
            self._promise(s.pledge, at)

    def _answered(self, at: datetime | None, by: str | None) -> None:
        """Or not, by now."""
        for each in self._urgings:
            late = each.due <= (at or self.now)
            self.ledger.add(
                "urgings", self.s.id, UUID(self.s.customer_id), each.at, each.reason, each.promised_at, each.promise,
                each.n, UUID(each.owner) if each.owner else None, each.due, at, by, each.due if late else None, None,
            )  # fmt: skip
        self._urgings.clear()

    def _promise(self, pledge: Pledge, at: datetime) -> None:
        s, last = self.s, self._promises[-1] if self._promises else None
        same = last is not None and last.pledge.step is pledge.step and not pledge.anew
        if last is None or not same or last.promised_at != s.promised_at:
            first = last.first_seq if last is not None and same else s.seq
            self._promises.append(_Told(s.seq, first, max(s.promised_at, at), s.promise, pledge, at))

    def _clocks(self, before: Situation | None, at: datetime) -> None:
        was = dict.fromkeys(Clock, ClockMode.STOP)
        if before is not None:
            was = clock_modes(before.state, with_us=before.quote_with_us)
        for clock, mode in clock_modes(self.s.state, with_us=self.s.quote_with_us).items():
            if mode is was[clock]:
                continue
            if clock in self._open:
                seq, ran, started = self._open.pop(clock)
                self.ledger.add("clock_segments", self.s.id, clock.value, seq, ran.value, started, at)
            if mode is not ClockMode.STOP:
                self._open[clock] = (self.s.seq, mode, at)

    def _push(self, notices: tuple[Notice, ...], at: datetime) -> None:
        sent = at
        for notice in notices:
            push_id = self.ledger.next_id("outbox")
            begun = sent + timedelta(milliseconds=self.rng.uniform(20, 90))
            sent = begun + timedelta(milliseconds=self.rng.uniform(60, 400))
            settled = sent + timedelta(milliseconds=self.rng.uniform(250, 1500))
            slots = orjson.dumps(dict(notice.slots)).decode()
            self.ledger.add(
                "outbox", push_id, self.s.id, self.s.seq, notice.kind.value, notice.recipient.value,
                UUID(notice.recipient_id), slots, "delivered", at, 1, 1, UUID(int=self.rng.getrandbits(128)),
                str(_FIRST_MSGID + push_id), "", at, settled, "template", settled,
            )  # fmt: skip
            self.ledger.add("push_attempts", push_id, 1, begun, sent, "accepted", "template")

    def _row(self) -> tuple[object, ...]:
        s = self.s
        return (
            s.id, s.number, s.version, s.seq, s.state.value, s.service_type.value, s.category, s.fault, s.brand,
            s.model, s.serial_number, None, s.on_site, s.priority.value, s.warranty.value, UUID(s.customer_id),
            self.asset_id, UUID(s.service_point_id) if s.service_point_id else None, s.customer_id,
            s.contact_name, s.contact_phone, _json(s.address), "[]", _json(s.diagnosis), s.required_skill,
            list(s.required_licences), s.standard_minutes, list(s.missing),
            UUID(s.engineer_id) if s.engineer_id else None, s.visit.id if s.visit else None,
            s.offer.id if s.offer else None, s.quote.id if s.quote else None,
            [UUID(who) for who in s.declined_by], s.rebooked_by_customer, s.reopened, s.urged, s.parts_due,
            s.resume_at, s.merged_into, s.call_out.fee_fen if s.call_out else None,
            list(s.call_out.waived) if s.call_out else [], s.call_out.empty_trip_fen if s.call_out else 0,
            _json(s.decision) if s.decision else None, s.promised_at, s.promise,
            wake_at(s, self._wake_step), self._wake_step, s.created_at, s.entered_at, s.completed_at, s.closed_at,
        )  # fmt: skip


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def customer(s: Situation) -> Actor:
    return Actor(Role.CUSTOMER, s.customer_id)
