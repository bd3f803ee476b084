"""The repair itself: price, consent, evidence, completion; or why there was none."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import orjson

from app.domain.actor import Actor
from app.domain.call_out import due, fee_in_words
from app.domain.evidence.items import Due
from app.domain.evidence.proof import proof_needed
from app.domain.evidence.standing import missing
from app.domain.lifecycle import Event
from app.domain.pricing import Wanted, called_out, priced
from app.domain.receipt import Finished, Receipt, as_told, for_inspection, for_work
from app.domain.situation import (
    Check,
    Photo,
    Proof,
    ProofKind,
    Purpose,
    Quote,
    QuoteLine,
    QuoteState,
    Situation,
    VisitState,
    Warranty,
)
from app.domain.warranty.cover import Cover, of_work
from app.domain.warranty.policy import policy_on
from app.domain.warranty.work import done_of
from app.domain.zone import ZONE
from app.services.receipts.issue import sealed
from app.services.seed.catalogue import Catalogue
from app.services.seed.history.field import Appointment, actor_of, after, end_visit
from app.services.seed.history.openings import Turn
from app.services.seed.history.photos import Pictures
from app.services.seed.history.player import Player, customer
from app.services.seed.history.stories import Story
from app.services.seed.warranties import load_policies

CALL_OUT = "CALL-OUT"
EMPTY_TRIP = "CALL-EMPTY"


def needs_quote(p: Player, story: Story) -> bool:
    """In warranty, only what is not a repair costs something."""
    return bool(story.lines) and (p.s.warranty is not Warranty.IN or story.service_type != "repair")


def quote(
    p: Player, turn: Turn, wanted: Sequence[Wanted], catalogue: Catalogue, at: datetime, *, limit_fen: int
) -> Quote:
    lines = _lines(p.s, wanted, catalogue)
    total = sum(line.amount_fen for line in lines)
    reviewed = total > limit_fen
    state = QuoteState.IN_REVIEW if reviewed else QuoteState.PENDING
    made = Quote(p.ledger.next_id("quotes"), 1, state, total, lines)
    text = "报价已提交，正在由主管复核" if reviewed else f"报价 {total / 100:.2f} 元，请您确认"
    who, data = actor_of(turn.engineer), {"version": 1, "total_fen": total}
    p.step(Event.QUOTE, who, at, text, data, quote=made)
    return made


def _lines(s: Situation, wanted: Sequence[Wanted], catalogue: Catalogue) -> tuple[QuoteLine, ...]:
    """The call-out fee where one was told, and the work."""
    city, told = s.address.city if s.address else "", s.call_out
    lines = [priced(catalogue.published(each.code, city), each, covered=s.covered) for each in wanted]
    if told is not None and told.fee_fen:
        fee, left = catalogue.published(CALL_OUT, city), due(told, covered=s.covered, repaired=True)
        lines.insert(0, called_out(fee, Wanted(CALL_OUT, 1), told_fen=told.fee_fen, due_fen=left))
    return tuple(lines)


def decide(
    p: Player, made: Quote, quoted_at: datetime, at: datetime, catalogue: Catalogue, *, agrees: bool
) -> None:
    state = QuoteState.APPROVED if agrees else QuoteState.DECLINED
    event = Event.APPROVE_QUOTE if agrees else Event.DECLINE_QUOTE
    decided, told = replace(made, state=state), p.s.call_out
    fee = 0 if agrees or told is None else due(told, covered=p.s.covered, repaired=False)
    text = f"客户同意报价 {made.total_fen / 100:.2f} 元" if agrees else f"客户未同意报价{fee_in_words(fee)}"
    p.step(event, customer(p.s), at, text, {"version": 1}, quote=decided)
    keep_quote(p, decided, quoted_at, at)
    if fee and told is not None:
        receipt = for_inspection(p.s, fee, at, catalogue.complaint_phone)
        give_receipt(p, receipt, agreed_fen=told.fee_fen, at=at)


def keep_quote(p: Player, made: Quote, quoted_at: datetime, decided_at: datetime | None) -> None:
    lines = orjson.dumps([asdict(line) for line in made.lines]).decode()
    p.ledger.add(
        "quotes", made.id, p.s.id, made.version, made.state.value, lines, made.total_fen,
        UUID(p.s.engineer_id), quoted_at, decided_at,
    )  # fmt: skip


def give_receipt(p: Player, receipt: Receipt, *, agreed_fen: int, at: datetime) -> None:
    """For the step that was just taken."""
    document, digest = sealed(receipt)
    p.ledger.add(
        "receipts", p.s.id, p.s.seq, document, digest, receipt.total_fen, receipt.call_out_fen, agreed_fen, at
    )


def supply(p: Player, who: Actor, pictures: Pictures, at: datetime, *due: Due) -> None:
    """What the job's checklist still asks for, and at its end the customer's word where that is needed."""
    visit = p.s.visit
    if visit is None:
        return
    for item in missing(p.s, *due):
        if item.is_picture:
            purpose = item.takes or Purpose.CHECKLIST
            photograph(p, who, purpose, pictures, at, "" if item.takes else item.code)
            continue
        value = (
            None if item.low is None or item.high is None else round(item.low + (item.high - item.low) / 4, 3)
        )
        p.ledger.add("checklist_entries", visit.id, item.code, value, UUID(who.id), at)
        p.s = p.s._replace(checks=(*p.s.checks, Check(item.code, value)))
    if Due.FINISH in due and proof_needed(p.s):
        proof = Proof(ProofKind.CODE, p.s.approved_fen, p.s.approved_version)
        p.ledger.add(
            "completion_proofs", visit.id, proof.kind.value, proof.total_fen, proof.quote_version, None,
            UUID(who.id), at,
        )  # fmt: skip
        p.s = p.s._replace(proof=proof)


def photograph(
    p: Player, who: Actor, purpose: Purpose, pictures: Pictures, at: datetime, item: str = ""
) -> None:
    taken = pictures.take(p.s.category, purpose)
    visit_id = p.s.visit.id if p.s.visit else None
    p.ledger.add(
        "attachments", taken.id, None, UUID(who.id), p.s.id, visit_id, purpose.value, item, taken.sha256, "image/jpeg",
        taken.size, taken.width, taken.height, at,
    )  # fmt: skip
    photo = Photo(str(taken.id), purpose, who.id, item, visit_id)
    p.s = p.s._replace(photos=(*p.s.photos, photo))


def finish(
    p: Player, turn: Turn, appointment: Appointment, story: Story, catalogue: Catalogue, at: datetime
) -> None:
    who, charge = actor_of(turn.engineer), p.s.approved_fen
    parts = [
        {"name": catalogue.price(code).name, "quantity": 1}
        for code in story.lines
        if catalogue.price(code).kind == "part"
    ]
    old_parts = p.rng.choice(("returned_to_customer", "taken_back")) if parts else "none"
    data = {"fault_code": story.fault_code, "charge_fen": charge, "old_parts": old_parts}
    p.step(Event.FINISH, who, at, f"维修完成：{story.solution}", data, completed_at=at)
    p.ledger.add(
        "completions", p.s.id, p.s.seq, appointment.visit.id, turn.engineer.id, story.fault_code,
        story.solution, orjson.dumps(parts).decode(), old_parts, charge, at,
    )  # fmt: skip
    agreed = p.s.quote.lines if p.s.quote and p.s.quote_approved else ()
    good_for = _warranted(p, agreed, [str(part["name"]) for part in parts], at)
    finished = Finished(
        at,
        story.fault_code,
        story.solution,
        agreed,
        charge,
        "",
        parts,
        old_parts,
        tuple(map(as_told, good_for)),
    )
    give_receipt(p, for_work(p.s, finished, catalogue.complaint_phone), agreed_fen=charge, at=at)
    end_visit(p, appointment, VisitState.DONE, at, seq=p.s.seq)


def _warranted(
    p: Player, agreed: Sequence[QuoteLine], parts: Sequence[str], at: datetime
) -> tuple[Cover, ...]:
    today = at.astimezone(ZONE).date()
    began = of_work(
        done_of(p.s.diagnosis.fault, agreed, parts), (), policy_on(load_policies(), today), today, p.s.number
    )
    for cover in began:
        p.ledger.add(
            "warranties", p.asset_id, cover.kind.value, cover.component, cover.fault, cover.begins_on,
            cover.ends_on, cover.policy_version, cover.source.value, p.s.id, at,
        )  # fmt: skip
    return began


def order_parts(
    p: Player, turn: Turn, appointment: Appointment, part: str, at: datetime, due: datetime
) -> None:
    """The visit ends; the next one waits for the part."""
    data = {"parts": [{"name": part, "quantity": 1}], "due_at": due.isoformat()}
    end_visit(p, appointment, VisitState.DONE, at, seq=p.s.seq + 1)
    text = f"需订购配件：{part}"
    p.step(Event.NEED_PARTS, actor_of(turn.engineer), at, text, data, visit=None, parts_due=due)


def receive_parts(
    p: Player, agent: Actor, turn: Turn, part: str, ordered_at: datetime, due: datetime
) -> datetime:
    arrived = due - timedelta(hours=p.rng.uniform(1, 6))
    p.ledger.add("part_orders", p.s.id, part, 1, turn.engineer.id, ordered_at, due, arrived, "arrived")
    p.step(Event.PARTS_READY, agent, arrived, parts_due=None)
    return arrived


def time_at_work(minutes: int, rng: Random, begin: datetime) -> datetime:
    return after(begin, rng, 0.5 * minutes, 1.25 * minutes)
