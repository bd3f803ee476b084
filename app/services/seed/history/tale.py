"""One ticket of the past from its opening to wherever it had come by now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from app.domain.actor import SYSTEM, Actor
from app.domain.call_out import decide_call_out
from app.domain.dispatch.slots import windows_of
from app.domain.evidence.items import Due
from app.domain.lifecycle import Event
from app.domain.pricing import Wanted
from app.domain.receipt import Finished, for_work
from app.domain.situation import Purpose, VisitState, Warranty, Window
from app.domain.zone import ZONE
from app.services.quotes.limit import STANDING_FEN
from app.services.seed.catalogue import Catalogue
from app.services.seed.history import field, work
from app.services.seed.history.aftermath import Impression, conclude
from app.services.seed.history.openings import SETTLED, Diary, Opening, Turn
from app.services.seed.history.photos import Pictures
from app.services.seed.history.player import Player, customer
from app.services.seed.history.stories import Stories
from app.services.seed.people import FieldEngineer
from app.services.seed.warranties import decision_of

_LATE_EVERY = 15


@dataclass(frozen=True)
class Stage:
    """What all tales share."""

    catalogue: Catalogue
    stories: Stories
    diary: Diary
    pictures: Pictures
    agent: Actor
    # Their numbers, as they come.
    visits: Iterator[int]


def tell(p: Player, opening: Opening, stage: Stage) -> None:
    p.begin(customer(p.s))
    if opening.turn is None:
        _settle_remotely(p, opening, stage)
    else:
        _send_somebody(p, opening, opening.turn, stage)
    p.end()


def _settle_remotely(p: Player, opening: Opening, stage: Stage) -> None:
    at = field.after(opening.created_at, p.rng, 4, 95)
    story = opening.story
    p.step(Event.RESOLVE_REMOTE, stage.agent, at, f"远程解决：{story.solution}", completed_at=at)
    p.ledger.add("completions", p.s.id, p.s.seq, None, None, "远程", story.solution, "[]", "none", 0, at)
    finished = Finished(at, "远程", story.solution, (), 0)
    work.give_receipt(p, for_work(p.s, finished, stage.catalogue.complaint_phone), agreed_fen=0, at=at)
    conclude(p, Impression(None, 0.8, late=False), stage.stories, at)


def _send_somebody(p: Player, opening: Opening, turn: Turn, stage: Stage) -> None:
    at = opening.created_at + timedelta(seconds=p.rng.uniform(0.3, 1.5))
    triage(p, opening, stage.catalogue, at)
    offered = at + timedelta(seconds=p.rng.uniform(0.2, 1.2))
    field.offer(p, turn, offered)
    if p.rng.random() < 0.03:
        _cancel_offered(p, turn, offered)
        return
    # Whoever gets an urgent offer has three minutes.
    patience = 0.9 * (p.s.offer.expires_at - offered).total_seconds() / 60 if p.s.offer else 1
    accepted = field.after(offered, p.rng, 0.3, min(9, patience))
    field.settle_offer(p, turn, "accepted", offered, accepted)
    field.accept(p, turn, accepted)
    _agree(p, turn, stage, opening, accepted)


def triage(p: Player, opening: Opening, catalogue: Catalogue, at: datetime) -> None:
    """In or out of warranty, and what coming costs."""
    decision = decision_of(p.s, opening.belonging, at)
    decided = p.s._replace(warranty=decision.state, decision=decision)
    city = decided.address.city if decided.address else ""
    fees = (catalogue.published(code, city) for code in (work.CALL_OUT, work.EMPTY_TRIP))
    told = decide_call_out(decided, *fees)
    p.step(Event.TRIAGE, SYSTEM, at, warranty=decided.warranty, decision=decision, call_out=told)


def _cancel_offered(p: Player, turn: Turn, offered: datetime) -> None:
    at = field.after(offered, p.rng, 0.4, 2.5)
    field.settle_offer(p, turn, "withdrawn", offered, at)
    text = "已取消：问题已自行解决"
    p.step(Event.CANCEL, customer(p.s), at, text, {"reason_code": "solved_itself"}, offer=None, closed_at=at)


def _agree(p: Player, turn: Turn, stage: Stage, opening: Opening, accepted: datetime) -> None:
    room = (turn.window.start - accepted).total_seconds() / 60 - 150
    at = field.after(accepted, p.rng, 1, max(2, min(45, room)))
    if p.rng.random() < 0.05:
        at, appointment = _rebooked(p, turn, stage, at)
    else:
        appointment = field.book(p, turn, at)
    if p.rng.random() < 0.03 and turn.window.start - at > timedelta(hours=3):
        _cancel_booked(p, appointment, at)
        return
    if p.rng.random() < 0.09:
        field.urge(p, at + p.rng.uniform(0.3, 0.8) * (turn.window.start - at))
    _visit(p, turn, appointment, stage, opening)


def _rebooked(p: Player, turn: Turn, stage: Stage, at: datetime) -> tuple[datetime, field.Appointment]:
    """First another day, then the one that it became."""
    later = turn.window.start + timedelta(days=1)
    first = stage.diary.again(turn.engineer, Window(later, later + timedelta(hours=2)))
    appointment = field.book(p, first or turn, at)
    if first is None:
        return at, appointment
    changed = field.after(at, p.rng, 1, 20)
    field.end_visit(p, appointment, VisitState.RESCHEDULED, changed, seq=p.s.seq + 1)
    return changed, field.book(p, turn, changed, Event.REBOOK)


def _cancel_booked(p: Player, appointment: field.Appointment, at: datetime) -> None:
    gone = field.after(at, p.rng, 2, 30)
    field.end_visit(p, appointment, VisitState.CANCELLED, gone, seq=p.s.seq + 1)
    text = "已取消：不需要了"
    p.step(
        Event.CANCEL, customer(p.s), gone, text, {"reason_code": "changed_mind"}, visit=None, closed_at=gone
    )


def _visit(p: Player, turn: Turn, appointment: field.Appointment, stage: Stage, opening: Opening) -> None:
    # By turns, not by chance: a short past has somebody who came late, and has his reasons, whatever the day.
    late = next(stage.visits) % _LATE_EVERY == _LATE_EVERY // 2
    arrived = field.travel(p, turn, appointment, late=late)
    work.photograph(p, field.actor_of(turn.engineer), Purpose.BEFORE, stage.pictures, arrived)
    if opening.story.lines and p.rng.random() < 0.06:
        again = _second_turn(turn, stage.diary, arrived, p.now)
        if again is not None:
            appointment, turn, arrived = _wait_for_parts(p, turn, again, appointment, stage, opening, arrived)
    _repair(p, turn, appointment, stage, opening, arrived, late)


def _second_turn(turn: Turn, diary: Diary, arrived: datetime, now: datetime) -> Turn | None:
    for days in (3, 4, 5):
        for window in windows_of((arrived + timedelta(days=days)).astimezone(ZONE).date()):
            if window.end_at < now - SETTLED:
                found = diary.again(turn.engineer, Window(window.start_at, window.end_at))
                if found:
                    return found
    return None


def _wait_for_parts(
    p: Player, turn: Turn, again: Turn, appointment: field.Appointment, stage: Stage, opening: Opening,
    arrived: datetime,
) -> tuple[field.Appointment, Turn, datetime]:  # fmt: skip
    ordered = field.after(arrived, p.rng, 15, 40)
    due = again.window.start - timedelta(hours=12)
    part = stage.catalogue.price(opening.story.lines[-1]).name
    work.order_parts(p, turn, appointment, part, ordered, due)
    ready = work.receive_parts(p, stage.agent, turn, part, ordered, due)
    second = field.book(p, again, field.after(ready, p.rng, 3, 60))
    return second, again, field.travel(p, again, second, late=False)


def _repair(
    p: Player, turn: Turn, appointment: field.Appointment, stage: Stage, opening: Opening, arrived: datetime,
    late: bool,
) -> None:  # fmt: skip
    who, story = field.actor_of(turn.engineer), opening.story
    looked = field.after(arrived, p.rng, 8, 25)
    if work.needs_quote(p, story) or p.s.warranty is not Warranty.IN:
        wanted = [Wanted(code, 1) for code in story.lines]
        quoted = work.quote(p, turn, wanted, stage.catalogue, looked, limit_fen=STANDING_FEN)
        began = field.after(looked, p.rng, 1, 18)
        agrees = p.rng.random() > 0.04
        work.decide(p, quoted, looked, began, stage.catalogue, agrees=agrees)
        if not agrees:
            _leave_it(p, appointment, began)
            return
    else:
        began = looked
        work.supply(p, who, stage.pictures, began, Due.START)
        p.step(Event.START, who, began)
    appointment.started_at = began
    done = work.time_at_work(p.s.standard_minutes, p.rng, began)
    work.supply(p, who, stage.pictures, done - timedelta(minutes=1), Due.START, Due.FINISH)
    work.finish(p, turn, appointment, story, stage.catalogue, done)
    conclude(p, Impression(turn.engineer.id, usual_quality(turn.engineer), late), stage.stories, done)


def _leave_it(p: Player, appointment: field.Appointment, at: datetime) -> None:
    """The price was too high: he knows, and the ticket ends."""
    field.end_visit(p, appointment, VisitState.DONE, at, seq=p.s.seq)
    closed = field.after(at, p.rng, 5, 240)
    if closed < p.now:
        p.step(Event.ACCEPT_FAIL, customer(p.s), closed, closed_at=closed)


def usual_quality(engineer: FieldEngineer) -> float:
    """Some are better than others, so that the figures have something to show."""
    return 0.68 + Random(engineer.number).random() * 0.26  # noqa: S311 - a town, not a secret
