"""The screen of one job: what is next, what it needs, and the forms of the steps that may come while offline."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from fastapi.responses import HTMLResponse

from app.domain.actor import Actor
from app.domain.evidence.proof import proof_needed, proof_stands
from app.domain.evidence.standing import checklist
from app.domain.guards import blockers
from app.domain.late import at_the_job
from app.domain.lifecycle import EVENT_LABELS, VIEWS, Event, Role, State, Transition, step, steps
from app.domain.pricing import NOT_COVERED_LABELS, PriceKind
from app.domain.situation import PRIORITY_LABELS, SERVICE_LABELS, Purpose, Situation
from app.pages.render import page
from app.routers.event_forms import fields
from app.routers.event_steps import Step, lost, steps_of, windows_of
from app.routers.field.bodies import OWN_FIELDS
from app.routers.refused import NOTHING, Refused
from app.services.parts.of_ticket import parts_of
from app.services.prices.current import published
from app.services.quotes.limit import limit_of
from app.services.stock.read import read_catalogue
from app.services.tickets.load import load
from app.services.tickets.present import SignUrl, present
from app.services.tickets.timeline import timeline
from app.services.tickets.visible import in_hands_of
from app.services.visits.history import visits_of

_QUOTING = frozenset({Event.QUOTE, Event.REVISE_QUOTE})
_QUOTED_IN = tuple(state for state in State if any(step(state, event) for event in _QUOTING))
_PHOTOS = {Purpose.BEFORE: "服务前", Purpose.AFTER: "服务后", Purpose.NO_ACCESS: "到访未遇"}
_AT_WORK = (State.ON_SITE, State.QUOTE_PENDING, State.IN_REPAIR)
_CALLS = {
    "no_answer": "无人接听",
    "busy": "占线",
    "switched_off": "关机",
    "rejected": "挂断",
    "wrong_number": "号码有误",
}
# A shelf of them is carried in one visit; what is more is another form.
_ROWS = 4

_ONWARD = (Event.ACCEPT, Event.BOOK, Event.DEPART, Event.ARRIVE, Event.START, Event.FINISH, Event.RESUME)


@dataclass(frozen=True)
class Stage:
    """What may be done in a state to which the engineer's own steps lead."""

    state: State
    label: str
    steps: tuple[Step, ...]


async def screen(
    connection: asyncpg.Connection,
    number: str,
    actor: Actor,
    now: datetime,
    sign_url: SignUrl,
    *,
    said: str = "",
    refused: Refused = NOTHING,
    phone: str = "",
    map_link: str = "",
) -> HTMLResponse:
    s = await load(connection, number, actor)
    his = s.engineer_id == actor.id
    found = steps_of(s, actor, now)
    stages = _ahead(s.state) if his else ()
    states = {s.state, *(stage.state for stage in stages)}
    city = s.address.city if s.address else ""
    quoting = his and not states.isdisjoint(_QUOTED_IN)
    prices = await published(connection, category=s.category, city=city, now=now) if quoting else None
    near = in_hands_of(s, actor)
    fitting = his and not states.isdisjoint(_AT_WORK)
    return page(
        "field/job",
        who=actor,
        said=said,
        ticket=present(s, actor, now, sign_url),
        service=SERVICE_LABELS[s.service_type],
        priority_label=PRIORITY_LABELS[s.priority],
        his=his,
        near=near,
        steps=sorted(
            (each for each in found if each.event not in _QUOTING), key=lambda each: _rank(each.event)
        ),
        own_fields=OWN_FIELDS,
        targets=_targets(states),
        jump=_jump(s, actor, now),
        stages=stages,
        may_quote=any(each.event in _QUOTING for each in found),
        quoted_in=[state for state in _QUOTED_IN if state in states],
        prices=[item for item in prices.items if item["kind"] != PriceKind.EMPTY_TRIP] if prices else (),
        limit_fen=await limit_of(connection, s, actor.role) if quoting else 0,
        covered=s.covered,
        not_covered=NOT_COVERED_LABELS,
        parts=await parts_of(connection, s) if near else None,
        catalogue=(await read_catalogue(connection, s.category, "")).items if fitting else (),
        rows=range(_ROWS),
        calls=_CALLS,
        checks=checklist(s) if fitting else (),
        at_work=s.state in _AT_WORK,
        proof=_proof(s) if his else None,
        visits=await visits_of(connection, number, actor, sign_url) if near else (),
        refused=refused,
        lost=lost(refused, found),
        slots=await windows_of(connection, s, found, now),
        photos=_PHOTOS,
        events=await timeline(connection, number, actor),
        phone=phone,
        map=_map(s, map_link) if near else "",
    )


def _ahead(state: State) -> tuple[Stage, ...]:
    """From here on, in the order in which they are reached; the first one is the present state."""
    reached = [state]
    for each in reached:
        for taken in _own(each):
            if taken.target not in reached:
                reached.append(taken.target)
    return tuple(
        Stage(each, VIEWS[each].name, tuple(_step(t.event) for t in _own(each)))
        for each in reached
        if _own(each)
    )


def _own(state: State) -> list[Transition]:
    own = (taken for taken in steps(state, Role.ENGINEER) if at_the_job(taken.event))
    return sorted(own, key=lambda taken: _rank(taken.event))


def _rank(event: Event | str) -> int:
    """What takes the job on stands first, under his thumb; what changes or ends it otherwise, below."""
    return _ONWARD.index(event) if event in _ONWARD else len(_ONWARD)


def _step(event: Event) -> Step:
    """Nobody knows yet what will stand in its way: the phone sends, and is told then."""
    return Step(event, EVENT_LABELS[event], (), fields(event))


def _targets(states: Iterable[State]) -> Mapping[Event, State]:
    """Where each step leads, for the phone to go on from while it cannot ask."""
    return {taken.event: taken.target for state in states for taken in steps(state, Role.ENGINEER)}


def _jump(s: Situation, actor: Actor, now: datetime) -> str:
    """Where on the page the first thing is that still stands in the way of going on."""
    asked = (
        {each.code for each in blockers(Event.START, s, actor, now)} if s.state is State.ON_SITE else set()
    )
    if "quote_needed" in asked:
        return "quote"
    missing = any(not each.done for each in checklist(s))
    return "checks" if missing else "proof" if proof_needed(s) else ""


def _proof(s: Situation) -> Mapping[str, object] | None:
    """What the customer is shown before he says that the work is done; None where nobody asks him."""
    if not proof_needed(s) or s.state is not State.IN_REPAIR:
        return None
    return {
        "total_fen": s.approved_fen,
        "quote_version": s.approved_version,
        "stands": proof_stands(s),
        "kind": s.proof.kind if s.proof else "",
    }


def _map(s: Situation, link: str) -> str:
    place = s.address
    if place is None or place.latitude is None or place.longitude is None or not link:
        return ""
    return link.format(latitude=f"{place.latitude:.6f}", longitude=f"{place.longitude:.6f}")
