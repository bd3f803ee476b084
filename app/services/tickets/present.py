"""A ticket as one caller may see it, ready to be written as JSON.

The shape is ``app.schemas.tickets.TicketOut``; a test holds every answer against it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.domain.actor import Actor
from app.domain.call_out import due, in_words
from app.domain.guards import allowed_events
from app.domain.journey import next_step, reached
from app.domain.lifecycle import SETTLED, VIEWS, WITH_ENGINEER, Role, State
from app.domain.parts import ORDER_LABELS
from app.domain.pricing import why_charged
from app.domain.situation import CallOut, Engineer, Quote, QuoteState, Situation, WarrantyDecision
from app.domain.travel import eta_band
from app.domain.urging import LOUD
from app.schemas.common import mask_phone
from app.services.promises.book import book
from app.services.tickets.visible import in_hands_of

# (attachment id, variant, viewer id) -> a URL that works for this viewer for some minutes
SignUrl = Callable[[str, str, str], str]


def present(s: Situation, actor: Actor, now: datetime, sign_url: SignUrl) -> dict[str, Any]:
    return {
        "number": s.number,
        "version": s.version,
        "seq": s.seq,
        "channel": s.channel,
        "service_type": s.service_type,
        "category": s.category,
        "brand": s.brand,
        "model": s.model,
        "serial_number": s.serial_number,
        "asset_id": s.asset_id,
        "fault": s.fault,
        "state": s.state,
        "label": label(s.state, staff=actor.is_staff, with_us=s.quote_with_us),
        "promised_at": s.promised_at,
        "promise": s.promise,
        "journey": _journey(s),
        "next": next_step(s.state, with_us=s.quote_with_us),
        "known_fault": _known_fault(s, now),
        "priority": s.priority,
        "warranty": s.warranty,
        "warranty_decision": warranty_decision(s.decision),
        "missing": s.missing,
        "contact": _contact(s, actor),
        "address": _address(s, actor),
        "preferred_windows": [{"start": w.start, "end": w.end} for w in s.preferred],
        "engineer": _engineer(s, s.engineer),
        "crew": s.crew,
        "companion": _engineer(s, s.companion),
        "visit": _visit(s, actor),
        "offer": _offer(s, actor),
        "diagnosis": _diagnosis(s, actor),
        "parts_waiting": _parts(s),
        "quote": _quote(s, actor),
        "call_out": call_out(s.call_out, covered=s.covered),
        "attachments": _attachments(s, actor, sign_url),
        "rating": _rating(s),
        "urged": s.urged,
        "complaint_risk": s.urged >= LOUD and s.state not in SETTLED if actor.is_staff else None,
        "allowed_events": _allowed(s, actor, now),
        "created_at": s.created_at,
        "completed_at": s.completed_at,
        "closed_at": s.closed_at,
    }


def at_the_job(s: Situation, actor: Actor) -> bool:
    """Whether the caller needs what only those at the job need: in the pool, nobody needs a door number."""
    if actor.role not in (Role.ENGINEER, Role.CONTRACTOR) or in_hands_of(s, actor):
        return True
    # Whoever worked here before sees the ticket too, but the offer is not his.
    return s.state is State.OFFERED and s.offer is not None and s.offer.engineer_id == actor.id


def label(state: State, *, staff: bool, with_us: bool) -> str:
    """What a state is called; ``with_us``: a quote is pending that the customer is not asked about yet."""
    if with_us:
        return "待复核报价" if staff else "报价复核中"
    view = VIEWS[state]
    return view.name if staff else view.label


def _journey(s: Situation) -> dict[str, Any] | None:
    found = reached(s.state, on_site=s.on_site)
    return {"steps": found[0], "at": found[1]} if found else None


def _known_fault(s: Situation, now: datetime) -> dict[str, Any] | None:
    known = book().known_fault(s, now)
    return {"text": known.text, "promised_at": known.promised_at} if known else None


def _parts(s: Situation) -> list[dict[str, Any]]:
    return [
        {
            "name": part.name,
            "quantity": part.quantity,
            "due_at": part.due_at,
            "state": part.state,
            "label": ORDER_LABELS[part.state],
            "carrier": part.carrier,
            "tracking_number": part.tracking_number,
        }
        for part in (s.awaited if s.state is State.WAITING_PARTS else ())
    ]


def _attachments(s: Situation, actor: Actor, sign_url: SignUrl) -> list[dict[str, Any]]:
    if not at_the_job(s, actor):
        return []
    return [
        {
            "id": photo.id,
            "purpose": photo.purpose,
            "url": sign_url(photo.id, "full", actor.id),
            "thumbnail_url": sign_url(photo.id, "thumbnail", actor.id),
            "video_url": sign_url(photo.id, photo.media_type.removeprefix("video/"), actor.id)
            if photo.is_video
            else None,
        }
        for photo in s.photos
    ]


def _allowed(s: Situation, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "event": allowed.event,
            "label": allowed.label,
            "blockers": [{"code": b.code, "next_step": b.next_step} for b in allowed.blockers],
        }
        for allowed in allowed_events(s, actor, now)
    ]


def _contact(s: Situation, actor: Actor) -> dict[str, str]:
    name = s.contact_name if at_the_job(s, actor) else f"{s.contact_name[:1]}**"
    return {"name": name, "phone_masked": mask_phone(s.contact_phone)}


def _address(s: Situation, actor: Actor) -> dict[str, Any] | None:
    if s.address is None:
        return None
    near = at_the_job(s, actor)
    return {
        "province": s.address.province,
        "city": s.address.city,
        "district": s.address.district,
        "detail": s.address.detail if near else None,
        "latitude": s.address.latitude if near else None,
        "longitude": s.address.longitude if near else None,
        "accuracy_m": s.address.accuracy_m if near else None,
    }


def _engineer(s: Situation, engineer: Engineer | None) -> dict[str, str] | None:
    if engineer is None or (s.state not in WITH_ENGINEER and s.state is not State.CLOSED):
        return None
    return {
        "name": engineer.name,
        "employee_no": engineer.employee_no,
        "photo_url": engineer.photo_url,
        "phone_masked": mask_phone(engineer.phone),
    }


def _visit(s: Situation, actor: Actor) -> dict[str, Any] | None:
    if s.visit is None or s.nobody_home:
        return None
    # The code proves to the customer who stands at his door; the one who has to be proven does not get it.
    code = s.visit.arrival_code if actor.role is Role.CUSTOMER else None
    band = s.visit.band
    return {
        "start": s.visit.window.start,
        "end": s.visit.window.end,
        "state": s.visit.state,
        "arrival_code": code,
        "completion_code": s.visit.completion_code if _may_prove(s, actor) else None,
        "announced_at": s.visit.announced_at,
        "band": band and {"start": band.start, "end": band.end},
        "confirmed_at": s.visit.confirmed_at,
        # Until the engineer sets out; the link of the card is another one once the visit is.
        "link": s.visit.link if actor.role is Role.CUSTOMER and s.state is State.SCHEDULED else None,
        "eta": _eta(s),
    }


def _eta(s: Situation) -> dict[str, Any] | None:
    """``band_minutes`` is how much sooner or later it may well be."""
    visit = s.visit
    if s.state is not State.EN_ROUTE or visit is None or visit.eta is None or visit.eta_at is None:
        return None
    way = (visit.eta - visit.eta_at).total_seconds() / 60
    late = (visit.eta - visit.window.end).total_seconds() / 60
    return {
        "at": visit.eta,
        "band_minutes": eta_band(way),
        "updated_at": visit.eta_at,
        "late_minutes": max(0, round(late)),
    }


def _may_prove(s: Situation, actor: Actor) -> bool:
    return actor.role is Role.CUSTOMER and s.state is State.IN_REPAIR


def _offer(s: Situation, actor: Actor) -> dict[str, Any] | None:
    if s.offer is None or s.state is not State.OFFERED or actor.role is Role.CUSTOMER:
        return None
    return {"expires_at": s.offer.expires_at}


def _diagnosis(s: Situation, actor: Actor) -> dict[str, Any]:
    d = s.diagnosis
    return {
        "category": d.category,
        "fault": d.fault,
        "urgency": d.urgency,
        "advice": d.advice,
        "prepare": d.prepare,
        "parts": d.parts if actor.is_staff else None,
        "reasons": d.reasons if actor.is_staff else None,
    }


def warranty_decision(decision: WarrantyDecision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "state": decision.state,
        "reason": decision.reason,
        "policy_version": decision.policy_version,
        "covers": decision.covers,
        "component": decision.component,
        "ends_on": decision.ends_on,
        "remaining_days": decision.remaining_days,
        "next_step": decision.next_step,
        "rework_of": decision.rework_of or None,
    }


def call_out(told: CallOut | None, *, covered: bool) -> dict[str, Any] | None:
    if told is None:
        return None
    fee = due(told, covered=covered, repaired=False)
    return {
        "fee_fen": fee,
        "waived_when": told.waived,
        "empty_trip_fen": told.empty_trip_fen,
        "text": in_words(told, covered=covered),
    }


def _quote(s: Situation, actor: Actor) -> dict[str, Any] | None:
    quote = s.quote
    if quote is not None and s.quote_with_us and not actor.is_staff:
        # What a manager has yet to look at is not the customer's to worry about; what he approved stands.
        quote = _standing(quote)
    if quote is None:
        return None
    return {
        "version": quote.version,
        "state": quote.state,
        "total_fen": quote.total_fen,
        "variation": quote.is_variation,
        "review_note": quote.review_note if actor.is_staff else None,
        "lines": [
            {
                "code": line.code,
                "name": line.name,
                "kind": line.kind,
                "unit": line.unit,
                "quantity": line.quantity,
                "unit_price_fen": line.unit_price_fen,
                "discount_fen": line.discount_fen,
                "discount_reason": line.discount_reason,
                "not_covered": line.not_covered or None,
                "not_covered_text": why_charged(line),
                "amount_fen": line.amount_fen,
                "warranty_days": line.warranty_days,
                "part_code": line.part_code,
                "approved_before": line.approved_in > 0,
            }
            for line in quote.lines
        ],
    }


def _standing(quote: Quote) -> Quote | None:
    """Of a variation, the approved quote that it adds to."""
    lines = tuple(line for line in quote.lines if line.approved_in)
    if not lines:
        return None
    total = sum(line.amount_fen for line in lines)
    version = max(line.approved_in for line in lines)
    return Quote(quote.id, version, QuoteState.APPROVED, total, lines)


def _rating(s: Situation) -> dict[str, Any] | None:
    if s.rating is None:
        return None
    scores = {dimension.value: stars for dimension, stars in s.rating.scores.by_dimension.items()}
    return scores | {"comment": s.rating.comment, "created_at": s.rating.created_at}
