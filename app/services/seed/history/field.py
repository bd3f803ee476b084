"""How an engineer came to a job of the past, and what he did there."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import orjson
from asyncpg import Range

from app.domain.actor import SYSTEM, Actor
from app.domain.lifecycle import Event, Role
from app.domain.notices import reply, staff_notice
from app.domain.situation import Engineer, Offer, Visit, VisitState, Window
from app.domain.waiting import why_it_waits
from app.domain.zone import ZONE
from app.services.dispatch.offer import PATIENCE
from app.services.seed.history.openings import Turn
from app.services.seed.history.player import Player, customer
from app.services.seed.people import FieldEngineer


@dataclass
class Appointment:
    """A visit as it goes; written down when it is over."""

    visit: Visit
    created_at: datetime
    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    started_at: datetime | None = None


def actor_of(engineer: FieldEngineer) -> Actor:
    return Actor(Role.ENGINEER, str(engineer.id))


def card(engineer: FieldEngineer) -> Engineer:
    who = engineer.employee
    return Engineer(str(engineer.id), who.name, engineer.employee_no, "", who.phone)


def after(at: datetime, rng: Random, least: float, most: float) -> datetime:
    """Some minutes later."""
    return at + timedelta(minutes=rng.uniform(least, most))


def offer(p: Player, turn: Turn, at: datetime) -> None:
    engineer = turn.engineer
    made = Offer(p.ledger.next_id("offers"), str(engineer.id), at + PATIENCE[p.s.priority])
    p.step(Event.OFFER, SYSTEM, at, f"已派给{engineer.employee.name}，等待接单", offer=made)


def settle_offer(
    p: Player, turn: Turn, state: str, made_at: datetime, at: datetime | None, reason: str | None = None
) -> None:
    """Must be called while the offer is still the ticket's; ``at`` is None while it is open."""
    made = p.s.offer
    if made is None:
        raise ValueError("nothing is offered")
    way = round(p.rng.uniform(4, 26), 1)
    reasons = orjson.dumps([f"路上多走 {way} 分钟：{way:+.1f}", f"合计：{way} 分钟"]).decode()
    start = turn.window.start
    suggested = Range(start, start + timedelta(minutes=p.s.standard_minutes))
    p.ledger.add(
        "offers", made.id, p.s.id, UUID(made.engineer_id), state, way, reasons, "[]", suggested, reason,
        "system", made_at, made.expires_at, at,
    )  # fmt: skip


def accept(p: Player, turn: Turn, at: datetime) -> None:
    p.step(Event.ACCEPT, actor_of(turn.engineer), at, engineer=card(turn.engineer), offer=None)


def book(p: Player, turn: Turn, at: datetime, event: Event = Event.BOOK) -> Appointment:
    code = f"{p.rng.randrange(10**6):06d}"
    number = p.ledger.next_id("visits")
    visit = Visit(number, str(turn.engineer.id), VisitState.BOOKED, turn.window, code)
    said = "约定上门时间" if event is Event.BOOK else "上门时间改为"
    counted = p.s.rebooked_by_customer + (event is Event.REBOOK)
    text = f"{said}：{spoken(turn.window)}"
    p.step(event, customer(p.s), at, text, visit=visit, rebooked_by_customer=counted, checks=(), proof=None)
    return Appointment(visit, at)


def spoken(window: Window) -> str:
    start, end = window.start.astimezone(ZONE), window.end.astimezone(ZONE)
    return f"{start.month}月{start.day}日 {start:%H:%M}–{end:%H:%M}"


def end_visit(p: Player, appointment: Appointment, state: VisitState, at: datetime, *, seq: int) -> None:
    """``seq`` is that of the event that ends it."""
    visit, address = appointment.visit, p.s.address
    begins = appointment.arrived_at or visit.window.start
    ends = max(at, begins + timedelta(minutes=10)) if appointment.arrived_at else visit.window.end
    p.ledger.add(
        "visits", visit.id, p.s.id, UUID(visit.engineer_id), state.value,
        Range(visit.window.start, visit.window.end), Range(begins, ends),
        address.latitude if address else None, address.longitude if address else None, visit.arrival_code,
        appointment.departed_at, appointment.arrived_at, appointment.started_at,
        at if appointment.arrived_at else None, seq, appointment.created_at,
    )  # fmt: skip


def wait(p: Player, appointment: Appointment) -> None:
    """He has not set out yet, and may do so now. Plans count in whole seconds."""
    visit, address = appointment.visit, p.s.address
    begins = max(visit.window.start, p.now.replace(microsecond=0) + timedelta(minutes=10))
    p.ledger.add(
        "visits", visit.id, p.s.id, UUID(visit.engineer_id), visit.state.value,
        Range(visit.window.start, visit.window.end), Range(begins, begins + timedelta(minutes=40)),
        address.latitude if address else None, address.longitude if address else None, visit.arrival_code,
        None, None, None, None, None, appointment.created_at,
    )  # fmt: skip


def stay(p: Player, appointment: Appointment, arrived: datetime) -> None:
    """He is there still, and will be for a while. Others are planned around it, and plans count in whole seconds."""
    visit, address = appointment.visit, p.s.address
    until = p.now.replace(microsecond=0) + timedelta(minutes=30)
    p.ledger.add(
        "visits", visit.id, p.s.id, UUID(visit.engineer_id), visit.state.value,
        Range(visit.window.start, visit.window.end), Range(arrived, until),
        address.latitude if address else None, address.longitude if address else None, visit.arrival_code,
        appointment.departed_at, arrived, None, None, None, appointment.created_at,
    )  # fmt: skip


def urge(p: Player, at: datetime) -> None:
    """The customer asks where things are; the engineer of the job hears of it."""
    p.let_pass(at)
    s = p.s._replace(urged=p.s.urged + 1)
    reason = why_it_waits(s, at)
    hint = f"客户第{s.urged}次催单，请尽快处理"
    owners = [s.engineer.id] if s.engineer else []
    notices = tuple(
        staff_notice(s, owner, matter=s.service, level="催单", hint=hint, at=at) for owner in owners
    )
    p.note("urged", customer(s), at, f"客户催单。{reason}{s.promise}", notices, urged=s.urged)
    p.urged(reason, at)
    _answer(p, after(at, p.rng, 6, 150))


def _answer(p: Player, at: datetime) -> None:
    """By a word of the engineer's, some too late; where he sets out before, that is the answer."""
    s = p.s
    if s.engineer is None or s.visit is None or at > min(p.now, s.visit.window.start - timedelta(hours=1)):
        return
    p.let_pass(at)
    said = "您好，我会按约定的时间到"
    who = Actor(Role.ENGINEER, s.engineer.id)
    p.note("urging_answered", who, at, f"答复催单：{said}", (reply(p.s, said, at),))


def travel(p: Player, turn: Turn, appointment: Appointment, *, late: bool) -> datetime:
    """To the door; the moment of arrival."""
    window, who = turn.window, actor_of(turn.engineer)
    arrives = (
        after(window.end, p.rng, 3, 25)
        if late
        else window.start + p.rng.uniform(-0.05, 0.9) * (window.end - window.start)
    )
    departs = after(arrives, p.rng, -38, -9)
    appointment.visit = replace(appointment.visit, state=VisitState.EN_ROUTE, departed_at=departs)
    appointment.departed_at = departs
    p.step(Event.DEPART, who, departs, visit=appointment.visit)
    appointment.visit = replace(appointment.visit, state=VisitState.ARRIVED, arrived_at=arrives)
    appointment.arrived_at = arrives
    p.step(Event.ARRIVE, who, arrives, data={"proof": "position"}, visit=appointment.visit)
    return arrives
