"""What has to be shown of a job in the past: the items of its checklist, and the customer's word where it is needed."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.domain.actor import Actor
from app.domain.evidence.items import Due, Item, Kind
from app.domain.evidence.proof import proof_needed
from app.domain.evidence.standing import missing
from app.domain.situation import Check, Photo, Proof, ProofKind, Purpose
from app.services.seed.history.photos import Pictures
from app.services.seed.history.player import Player


def show_work(p: Player, who: Actor, pictures: Pictures, at: datetime, *due: Due) -> None:
    """Everything that is still missing for these steps."""
    for item in missing(p.s, *due):
        if item.is_picture:
            photograph(
                p, who, item.takes or Purpose.CHECKLIST, pictures, at, item="" if item.takes else item.code
            )
        else:
            _note(p, who, item, at)


def give_word(p: Player, who: Actor, at: datetime) -> None:
    """By the code in his ticket, for the sum that was agreed."""
    s = p.s
    if s.visit is None or not proof_needed(s):
        return
    version = s.quote.version if s.quote and s.quote_approved else None
    p.ledger.add(
        "completion_proofs", s.visit.id, ProofKind.CODE.value, s.approved_fen, version, UUID(who.id), at
    )
    p.s = replace(s, proof=Proof(ProofKind.CODE, s.approved_fen, version))


def photograph(
    p: Player, who: Actor, purpose: Purpose, pictures: Pictures, at: datetime, *, item: str = ""
) -> None:
    """At the visit that is under way."""
    taken, visit_id = pictures.take(p.s.category, purpose), p.s.visit.id if p.s.visit else None
    p.ledger.add(
        "attachments", taken.id, None, UUID(who.id), p.s.id, visit_id, item, purpose.value, taken.sha256,
        "image/jpeg", taken.size, taken.width, taken.height, at,
    )  # fmt: skip
    photo = Photo(str(taken.id), purpose, who.id, item=item, visit_id=visit_id)
    p.s = replace(p.s, photos=(*p.s.photos, photo))


def _note(p: Player, who: Actor, item: Item, at: datetime) -> None:
    assert p.s.visit is not None, "a checklist is that of a visit"  # noqa: S101
    value = None
    if item.kind is Kind.READING and item.low is not None and item.high is not None:
        # Near the better end of what is allowed, as on a good day.
        value = round(item.low + (min(item.high, 500.0) - item.low) * p.rng.uniform(0.2, 0.6), 3)
    p.ledger.add("checklist_entries", p.s.visit.id, item.code, value, UUID(who.id), at)
    p.s = replace(p.s, checks=(*p.s.checks, Check(item.code, value)))
