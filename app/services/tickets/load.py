"""One statement that gathers all there is to know about a ticket, for whoever may see it.

Hand-written because it stands on every hot path; ``tests/tickets/test_load.py`` holds it against the ORM.
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import State
from app.domain.parts import OrderState
from app.domain.rating import Scores
from app.domain.situation import (
    Address,
    AwaitedPart,
    CallOut,
    Channel,
    Check,
    Covers,
    Diagnosis,
    Engineer,
    Offer,
    Photo,
    Priority,
    Proof,
    ProofKind,
    Purpose,
    Review,
    ServiceType,
    Situation,
    Visit,
    VisitState,
    Warranty,
    WarrantyDecision,
    Window,
)
from app.errors import NotFound
from app.services.quotes.read import quote_in
from app.services.tickets.visible import VISIBLE, Sight, binds, sight

COLUMNS = """t.id, t.number, t.version, t.seq, t.state, t.service_type, t.category, t.fault, t.on_site, t.priority,
       t.warranty, t.customer_id, t.contact_name, t.contact_phone, t.address, t.created_at, t.entered_at,
       t.promised_at, t.promise, t.missing, t.preferred_windows, t.diagnosis, t.required_skill,
       t.required_licences, t.standard_minutes, t.brand, t.model, t.serial_number, t.asset_id,
       t.service_point_id, t.declined_by, t.rebooked_by_customer, t.reopened, t.urged, t.parts_due,
       t.resume_at, t.completed_at, t.closed_at, t.merged_into, t.engineer_id, t.call_out_fen, t.call_out_waived,
       t.empty_trip_fen,
       t.warranty_decision, t.channel,
       s.name AS engineer_name, s.phone AS engineer_phone, e.employee_no, e.photo_url, s.contractor_id,
       v.id AS visit_id, v.engineer_id AS visit_engineer_id, v.state AS visit_state,
       lower(v.promised) AS window_start, upper(v.promised) AS window_end, v.arrival_code, v.departed_at,
       v.arrived_at, v.completion_code, v.announced_at, lower(v.planned) AS planned_start,
       upper(v.planned) AS planned_end,
       v.link, v.confirmed_at, v.eta, v.eta_at,
       o.id AS offer_id, o.engineer_id AS offer_engineer_id, o.expires_at AS offer_expires_at,
       q.id AS quote_id, q.version AS quote_version, q.state AS quote_state, q.total_fen, q.lines,
       q.base_id AS quote_base_id, q.reviewed_at AS quote_reviewed_at, q.review_note,
       p.kind AS proof_kind, p.total_fen AS proof_total_fen, p.quote_version AS proof_quote_version,
       r.attitude, r.expertise, r.timeliness, r.conduct, r.comment, r.created_at AS rated_at,
       (SELECT jsonb_agg(jsonb_build_array(a.id, a.purpose, coalesce(a.customer_id, a.staff_id), a.item, a.visit_id,
                                           a.media_type) ORDER BY a.created_at, a.id)
          FROM attachments a WHERE a.ticket_id = t.id AND a.withdrawn_at IS NULL) AS photos,
       (SELECT jsonb_agg(jsonb_build_array(c.item, c.value) ORDER BY c.item)
          FROM checklist_entries c WHERE c.visit_id = t.visit_id) AS checks,
       CASE WHEN t.state = 'waiting_parts' THEN
           (SELECT jsonb_agg(jsonb_build_array(w.name, w.quantity, w.due_at, w.state, w.carrier, w.tracking_number)
                             ORDER BY w.id)
              FROM part_orders w WHERE w.ticket_id = t.id AND w.state IN ('ordered', 'shipped', 'backordered'))
       END AS awaited,
       -- Only what needs no visit waits for its answer and its solution in one state.
       CASE WHEN NOT t.on_site AND t.state IN ('submitted', 'pending_info') THEN
           EXISTS (SELECT FROM ticket_events h WHERE h.ticket_id = t.id AND h.event IN ('message', 'ask_info')
                      AND h.actor_role NOT IN ('customer', 'system'))
       ELSE FALSE END AS attended,
       t.crew,
       CASE WHEN t.crew > 1 THEN
           (SELECT jsonb_build_array(w.engineer_id, m.name, g.employee_no, g.photo_url, m.phone, m.contractor_id)
              FROM visits w JOIN engineers g ON g.id = w.engineer_id JOIN staff m ON m.id = w.engineer_id
             WHERE w.accompanies = t.visit_id ORDER BY w.id DESC LIMIT 1)
       END AS companion
"""
JOINED = """
  LEFT JOIN engineers e ON e.id = t.engineer_id
  LEFT JOIN staff s ON s.id = t.engineer_id
  LEFT JOIN visits v ON v.id = t.visit_id
  LEFT JOIN completion_proofs p ON p.visit_id = t.visit_id
  LEFT JOIN offers o ON o.id = t.offer_id
  LEFT JOIN quotes q ON q.id = t.quote_id
  LEFT JOIN ratings r ON r.ticket_id = t.id
"""

_GATHER = f"""
SELECT {COLUMNS}, (SELECT seen.seq FROM tickets seen WHERE seen.id = t.id) AS seen_seq
  FROM tickets t
{JOINED}"""
_BY_NUMBER: Mapping[Sight, str] = MappingProxyType(
    {whose: f"{_GATHER} WHERE t.number = $1 AND {clause}" for whose, clause in VISIBLE.items()}
)
_BY_ID = f"{_GATHER} WHERE t.id = $1"
_LOCKED = " FOR NO KEY UPDATE OF t"


async def load(connection: asyncpg.Connection, number: str, actor: Actor, *, lock: bool = False) -> Situation:
    """The ticket of this number as far as ``actor`` may see it; NotFound when he may not.

    ``lock`` keeps others from changing it until the transaction ends.
    """
    return await _gather(connection, _BY_NUMBER[sight(actor)], number, *binds(actor), lock=lock)


async def load_by_id(connection: asyncpg.Connection, ticket_id: int, *, lock: bool = False) -> Situation:
    return await _gather(connection, _BY_ID, ticket_id, lock=lock)


async def _gather(connection: asyncpg.Connection, statement: str, *values: object, lock: bool) -> Situation:
    if lock:
        statement += _LOCKED
    row = await connection.fetchrow(statement, *values)
    if row is not None and row["seen_seq"] != row["seq"]:
        # It waited for somebody who moved the ticket: PostgreSQL then shows the new row of the ticket beside
        # the old ones of visit, offer and quote. The lock is ours now, so a second look sees all of it.
        row = await connection.fetchrow(statement, *values)
    if row is None:
        raise NotFound("没有找到这张工单。")
    return situation(row)


# To ask an enumeration for its member costs four times as much as to look it up, five times a ticket.
_STATES = {each.value: each for each in State}
_SERVICE_TYPES = {each.value: each for each in ServiceType}
_PRIORITIES = {each.value: each for each in Priority}
_WARRANTIES = {each.value: each for each in Warranty}
_CHANNELS = {each.value: each for each in Channel}


def situation(row: asyncpg.Record) -> Situation:
    return Situation(
        id=row["id"],
        number=row["number"],
        version=row["version"],
        seq=row["seq"],
        state=_STATES[row["state"]],
        service_type=_SERVICE_TYPES[row["service_type"]],
        category=row["category"],
        fault=row["fault"],
        on_site=row["on_site"],
        priority=_PRIORITIES[row["priority"]],
        warranty=_WARRANTIES[row["warranty"]],
        customer_id=str(row["customer_id"]),
        contact_name=row["contact_name"],
        contact_phone=row["contact_phone"],
        address=_address(row["address"]),
        created_at=row["created_at"],
        entered_at=row["entered_at"],
        promised_at=row["promised_at"],
        promise=row["promise"],
        missing=tuple(row["missing"]),
        preferred=_windows(row["preferred_windows"]) if row["preferred_windows"] else (),
        diagnosis=_diagnosis(row["diagnosis"]),
        required_skill=row["required_skill"],
        required_licences=tuple(row["required_licences"]),
        standard_minutes=row["standard_minutes"],
        brand=row["brand"],
        model=row["model"],
        serial_number=row["serial_number"],
        asset_id=_text(row["asset_id"]),
        service_point_id=_text(row["service_point_id"]),
        declined_by=tuple(map(str, row["declined_by"])),
        rebooked_by_customer=row["rebooked_by_customer"],
        reopened=row["reopened"],
        urged=row["urged"],
        parts_due=row["parts_due"],
        awaited=_awaited(row["awaited"]) if row["awaited"] else (),
        resume_at=row["resume_at"],
        completed_at=row["completed_at"],
        closed_at=row["closed_at"],
        merged_into=row["merged_into"],
        engineer=_engineer(row),
        crew=row["crew"],
        attended=row["attended"],
        companion=Engineer(*row["companion"]) if row["companion"] else None,
        visit=_visit(row),
        offer=_offer(row),
        quote=None if row["quote_id"] is None else quote_in(row),
        channel=_CHANNELS[row["channel"]],
        call_out=_call_out(row),
        decision=_decision(row["warranty_decision"]),
        rating=_rating(row),
        photos=_photos(row["photos"]) if row["photos"] else (),
        proof=_proof(row),
        checks=tuple(Check(item, value) for item, value in row["checks"]) if row["checks"] else (),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _address(document: dict[str, Any] | None) -> Address | None:
    return None if document is None else Address(**document)


def _windows(document: list[dict[str, str]]) -> tuple[Window, ...]:
    return tuple(
        Window(datetime.fromisoformat(w["start"]), datetime.fromisoformat(w["end"])) for w in document
    )


def _diagnosis(loaded: dict[str, Any]) -> Diagnosis:
    return Diagnosis(
        category=loaded["category"],
        fault=loaded["fault"],
        urgency=loaded["urgency"],
        parts=tuple(loaded["parts"]),
        prepare=tuple(loaded["prepare"]),
        advice=tuple(loaded["advice"]),
        reasons=tuple(loaded["reasons"]),
        rules=loaded["rules"],
    )


def _engineer(row: asyncpg.Record) -> Engineer | None:
    if row["engineer_id"] is None:
        return None
    return Engineer(
        id=str(row["engineer_id"]),
        name=row["engineer_name"],
        employee_no=row["employee_no"],
        photo_url=row["photo_url"],
        phone=row["engineer_phone"],
        contractor_id=_text(row["contractor_id"]),
    )


def _visit(row: asyncpg.Record) -> Visit | None:
    if row["visit_id"] is None:
        return None
    return Visit(
        id=row["visit_id"],
        engineer_id=str(row["visit_engineer_id"]),
        state=VisitState(row["visit_state"]),
        window=Window(row["window_start"], row["window_end"]),
        arrival_code=row["arrival_code"],
        departed_at=row["departed_at"],
        arrived_at=row["arrived_at"],
        planned=Window(row["planned_start"], row["planned_end"]),
        announced_at=row["announced_at"],
        completion_code=row["completion_code"],
        link=row["link"],
        confirmed_at=row["confirmed_at"],
        eta=row["eta"],
        eta_at=row["eta_at"],
    )


def _awaited(document: list[list[Any]]) -> tuple[AwaitedPart, ...]:
    return tuple(
        AwaitedPart(name, quantity, datetime.fromisoformat(due), OrderState(state), carrier, tracking)
        for name, quantity, due, state, carrier, tracking in document
    )


def _offer(row: asyncpg.Record) -> Offer | None:
    if row["offer_id"] is None:
        return None
    return Offer(row["offer_id"], str(row["offer_engineer_id"]), row["offer_expires_at"])


def _decision(document: dict[str, Any] | None) -> WarrantyDecision | None:
    if document is None:
        return None
    ends = document["ends_on"]
    words = document | {
        "state": Warranty(document["state"]),
        "covers": Covers(document["covers"]),
        "ends_on": date.fromisoformat(ends) if ends else None,
    }
    return WarrantyDecision(**words)


def _call_out(row: asyncpg.Record) -> CallOut | None:
    fee = row["call_out_fen"]
    return None if fee is None else CallOut(fee, tuple(row["call_out_waived"]), row["empty_trip_fen"])


def _rating(row: asyncpg.Record) -> Review | None:
    if row["rated_at"] is None:
        return None
    scores = Scores(row["attitude"], row["expertise"], row["timeliness"], row["conduct"])
    return Review(scores, row["comment"], row["rated_at"])


def _proof(row: asyncpg.Record) -> Proof | None:
    if row["proof_kind"] is None:
        return None
    return Proof(ProofKind(row["proof_kind"]), row["proof_total_fen"], row["proof_quote_version"])


def _photos(document: list[tuple[str, str, str, str, int | None, str]]) -> tuple[Photo, ...]:
    return tuple(
        Photo(i, Purpose(purpose), uploader, item, visit_id, media_type)
        for i, purpose, uploader, item, visit_id, media_type in document
    )
