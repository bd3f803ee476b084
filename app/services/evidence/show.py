"""The work as it looked before and after, visit by visit, for the customer and for whoever looks into it."""

from collections.abc import Callable, Iterable

import asyncpg

from app.domain.actor import Actor
from app.domain.evidence.items import Side, catalogue
from app.domain.situation import Purpose, Situation
from app.errors import Forbidden
from app.schemas.evidence import EvidenceOut, PieceOut, ReadingOut, VisitEvidenceOut
from app.services.evidence.seal import seal_of
from app.services.tickets.load import load
from app.services.tickets.present import SignUrl, at_the_job

_VISITS = """
SELECT v.id, s.name AS engineer, v.arrived_at, v.sealed_seq
  FROM visits v JOIN staff s ON s.id = v.engineer_id
 WHERE v.ticket_id = $1 AND (EXISTS (SELECT FROM attachments a WHERE a.visit_id = v.id)
                             OR EXISTS (SELECT FROM checklist_entries c WHERE c.visit_id = v.id))
 ORDER BY v.created_at, v.id
"""
_PIECES = """
SELECT a.id::text, a.visit_id, a.purpose, a.item, a.caption, a.created_at, a.sha256, a.withdrawn_reason
  FROM attachments a
 WHERE a.ticket_id = $1 AND a.visit_id IS NOT NULL AND (a.withdrawn_at IS NULL OR $2)
 ORDER BY a.created_at, a.id
"""
_CHECKS = """
SELECT c.visit_id, c.item, c.value, c.noted_at FROM checklist_entries c JOIN visits v ON v.id = c.visit_id
 WHERE v.ticket_id = $1 ORDER BY c.noted_at, c.item
"""
# (attachment id, variant) -> a URL for this viewer
Address = Callable[[str, str], str]

_SIDES = {Purpose.BEFORE: Side.BEFORE, Purpose.AFTER: Side.AFTER}


async def show_evidence(
    connection: asyncpg.Connection, number: str, sign_url: SignUrl, *, actor: Actor
) -> EvidenceOut:
    s = await load(connection, number, actor)
    if not at_the_job(s, actor):
        raise Forbidden
    return await evidence_of(connection, s, sign_url, actor=actor)


async def evidence_of(
    connection: asyncpg.Connection, s: Situation, sign_url: SignUrl, *, actor: Actor
) -> EvidenceOut:
    """What was withdrawn is for staff only, and marked."""
    visits = await connection.fetch(_VISITS, s.id)
    pieces = await connection.fetch(_PIECES, s.id, actor.is_staff)
    checks = await connection.fetch(_CHECKS, s.id)
    seal = await seal_of(connection, s.id)
    return EvidenceOut(
        number=s.number,
        sealed_at=seal["sealed_at"] if seal else None,
        digest=seal["digest"] if seal else None,
        visits=[
            _visit(
                visit,
                [piece for piece in pieces if piece["visit_id"] == visit["id"]],
                [check for check in checks if check["visit_id"] == visit["id"]],
                lambda photo, variant: sign_url(photo, variant, actor.id),
            )
            for visit in visits
        ],
    )


def _visit(
    visit: asyncpg.Record, pieces: Iterable[asyncpg.Record], checks: Iterable[asyncpg.Record], url: Address
) -> VisitEvidenceOut:
    sides: dict[Side, list[PieceOut]] = {side: [] for side in Side}
    for piece in pieces:
        sides[_side(piece)].append(_piece(piece, url))
    return VisitEvidenceOut(
        engineer=visit["engineer"],
        arrived_at=visit["arrived_at"],
        sealed=visit["sealed_seq"] is not None,
        before=sides[Side.BEFORE],
        after=sides[Side.AFTER],
        beside=sides[Side.BESIDE],
        readings=[_reading(check) for check in checks],
    )


def _side(piece: asyncpg.Record) -> Side:
    item = catalogue().items.get(piece["item"])
    return item.side if item else _SIDES.get(Purpose(piece["purpose"]), Side.BESIDE)


def _piece(piece: asyncpg.Record, url: Address) -> PieceOut:
    return PieceOut(
        id=piece["id"],
        purpose=Purpose(piece["purpose"]),
        item=piece["item"],
        caption=piece["caption"],
        taken_at=piece["created_at"],
        sha256=piece["sha256"],
        url=url(piece["id"], "full"),
        thumbnail_url=url(piece["id"], "thumbnail"),
        withdrawn_reason=piece["withdrawn_reason"],
    )


def _reading(check: asyncpg.Record) -> ReadingOut:
    item = catalogue().items.get(check["item"])
    return ReadingOut(
        item=check["item"],
        name=item.name if item else check["item"],
        unit=item.unit if item else "",
        value=check["value"],
        noted_at=check["noted_at"],
    )
