"""What the customer confirmed stays as it was: the visits' evidence is closed, and a digest of it kept.

The digest is computed by PostgreSQL from the rows themselves, so that ``huixiang doctor`` can do it again.
"""

import asyncpg

from app.services.tickets.change import Change

# Every piece as one line, in an order that depends on nothing but the lines. ``{ticket}`` and ``{seq}`` are SQL.
_PIECES = """
SELECT concat_ws('|', 'attachment', a.id, a.visit_id, a.purpose, a.item, a.sha256, a.staff_id, a.caption,
                 extract(epoch FROM a.created_at), extract(epoch FROM a.withdrawn_at)) AS piece
  FROM visits v JOIN attachments a ON a.visit_id = v.id
 WHERE v.ticket_id = {ticket} AND v.sealed_seq = {seq}
UNION ALL
SELECT concat_ws('|', 'check', c.visit_id, c.item, c.value, c.staff_id, extract(epoch FROM c.noted_at))
  FROM visits v JOIN checklist_entries c ON c.visit_id = v.id
 WHERE v.ticket_id = {ticket} AND v.sealed_seq = {seq}
UNION ALL
SELECT concat_ws('|', 'proof', p.visit_id, p.kind, p.total_fen, p.quote_version, p.attachment_id, p.staff_id,
                 extract(epoch FROM p.proved_at))
  FROM visits v JOIN completion_proofs p ON p.visit_id = v.id
 WHERE v.ticket_id = {ticket} AND v.sealed_seq = {seq}
"""


def digest_of(ticket: str, seq: str, previous: str) -> str:
    """A SELECT of ``digest`` and ``pieces``; the arguments are SQL expressions of ours."""
    pieces = _PIECES.format(ticket=ticket, seq=seq)
    return f"""
SELECT encode(sha256(convert_to(concat_ws(E'\\n', {previous}, string_agg(piece, E'\\n' ORDER BY piece COLLATE "C")),
                                'UTF8')), 'hex') AS digest,
       count(*) AS pieces
  FROM ({pieces}) p
"""


_CLOSE = "UPDATE visits SET sealed_seq = $2 WHERE ticket_id = $1 AND sealed_seq IS NULL RETURNING id"
_PREVIOUS = "SELECT digest FROM evidence_seals WHERE ticket_id = $1 ORDER BY seq DESC LIMIT 1"
_SEAL = f"""
INSERT INTO evidence_seals (ticket_id, seq, previous, digest, pieces, sealed_at)
SELECT $1, $2, $3, d.digest, d.pieces, $4 FROM ({digest_of("$1", "$2", "$3::text")}) d
RETURNING digest
"""

# Seals that no longer say what lies beneath them, or that were not put upon the one before. Of a customer who gave up
# his account the words beneath are gone; the seal stays as what they came to.
BROKEN_SEALS = f"""
SELECT t.number FROM evidence_seals s JOIN tickets t ON t.id = s.ticket_id,
       LATERAL ({digest_of("s.ticket_id", "s.seq", "s.previous")}) d
 WHERE NOT EXISTS (SELECT FROM customers c WHERE c.id = t.customer_id AND c.erased_at IS NOT NULL)
   AND (d.digest <> s.digest OR d.pieces <> s.pieces
    OR s.previous <> coalesce((SELECT b.digest FROM evidence_seals b
                                WHERE b.ticket_id = s.ticket_id AND b.seq < s.seq ORDER BY b.seq DESC LIMIT 1), ''))
"""


async def seal_evidence(change: Change) -> dict[str, str]:
    """For the data of the event that confirms; nothing where nobody was ever there."""
    s, connection, seq = change.before, change.connection, change.before.seq + 1
    if not await connection.fetch(_CLOSE, s.id, seq):
        return {}
    previous = await connection.fetchval(_PREVIOUS, s.id) or ""
    digest: str = await connection.fetchval(_SEAL, s.id, seq, previous, change.now)
    return {"evidence_digest": digest}


async def seal_of(connection: asyncpg.Connection, ticket_id: int) -> asyncpg.Record | None:
    """The newest one."""
    return await connection.fetchrow(
        "SELECT seq, digest, sealed_at FROM evidence_seals WHERE ticket_id = $1 ORDER BY seq DESC LIMIT 1",
        ticket_id,
    )
