"""A piece of evidence as a fact of the ticket: what it was, byte for byte, and when it came."""

from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import Actor
from app.domain.evidence.items import catalogue
from app.domain.lifecycle import ENDS, State
from app.domain.situation import Purpose, Situation
from app.errors import Conflict
from app.models.tickets import Attachment
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load_by_id
from app.services.tickets.record import Entry

# A clock that is off by more is told to whoever looks at the timeline; the server's time stands.
TOLERANCE = timedelta(minutes=10)
# From here on everything is as the customer confirmed it.
SEALED = frozenset({State.CONFIRMED, State.CLOSED})

_NAMES = {Purpose.BEFORE: "维修前", Purpose.AFTER: "维修后", Purpose.NO_ACCESS: "无人在家"}


class EvidenceSealed(Conflict):
    code, msg = "evidence_sealed", "客户已确认，现场凭证已封存，不能再增加、更换或撤回。"


class TicketMoved(Conflict):
    code, msg = "ticket_ended", "工单已结束，不能再上传照片。"


async def note_evidence(
    connection: asyncpg.Connection, piece: Attachment, *, actor: Actor, now: datetime
) -> None:
    """Gives the piece the visit of this moment. Locks the ticket, so that nothing comes in beside a confirmation.

    Errors: evidence_sealed, ticket_ended when the ticket has moved on while the photo was decoded.
    """
    if piece.ticket_id is None:
        raise ValueError("a fact belongs to a ticket")
    s = await load_by_id(connection, piece.ticket_id, lock=True)
    if s.state in SEALED:
        raise EvidenceSealed
    if s.state in ENDS:
        raise TicketMoved
    piece.visit_id = _visit_of(s, Purpose(piece.purpose))
    item = catalogue().items.get(piece.item)
    what = item.name if item else _NAMES[Purpose(piece.purpose)]
    data = {
        "attachment_id": str(piece.id),
        "purpose": piece.purpose,
        "item": piece.item,
        "sha256": piece.sha256,
        "visit_id": piece.visit_id,
    } | _off(piece.claimed_at, now)
    await add_fact(connection, s, Entry("evidence", f"上传现场凭证：{what}", data), actor=actor, now=now)


def _visit_of(s: Situation, purpose: Purpose) -> int | None:
    """Behind a closed door nothing was done: that visit has the photo of the door, and nothing else."""
    if s.visit is None or (s.nobody_home and purpose is not Purpose.NO_ACCESS):
        return None
    return s.visit.id


def _off(claimed_at: datetime | None, now: datetime) -> dict[str, object]:
    if claimed_at is None or abs(now - claimed_at) <= TOLERANCE:
        return {}
    return {"claimed_at": claimed_at, "off_seconds": int((now - claimed_at).total_seconds())}
