"""The receipts of a ticket: one for each time that something was finished or charged."""

import asyncpg
import orjson

from app.domain.actor import Actor
from app.domain.situation import Situation
from app.errors import NotFound
from app.schemas.receipts import ReceiptOut
from app.services.tickets.load import load

_ALL = """
SELECT r.document, r.sha256, r.issued_at, row_number() OVER (ORDER BY r.seq) AS issue, count(*) OVER () AS issues,
       e.waived_at, e.waived_reason
  FROM receipts r LEFT JOIN empty_trips e ON e.ticket_id = r.ticket_id AND e.seq = r.seq
 WHERE r.ticket_id = $1 ORDER BY r.seq
"""
_ANY = "SELECT EXISTS (SELECT FROM receipts WHERE ticket_id = $1)"


class NoReceipt(NotFound):
    code, msg = "no_receipt", "服务完成后才有收据。"


async def read_receipt(
    connection: asyncpg.Connection, number: str, *, actor: Actor, issue: int | None = None
) -> ReceiptOut:
    """The newest, or that of number ``issue``, counted from 1: a rework has a receipt of its own."""
    s = await load(connection, number, actor)
    rows = await connection.fetch(_ALL, s.id)
    index = len(rows) if issue is None else issue
    if not 1 <= index <= len(rows):
        raise NoReceipt
    row = rows[index - 1]
    told = orjson.loads(row["document"])
    return ReceiptOut(
        **told,
        due_fen=0 if row["waived_at"] else told["total_fen"],
        waived_at=row["waived_at"],
        waived_reason=row["waived_reason"] or "",
        issue=row["issue"],
        issues=row["issues"],
        sha256=row["sha256"],
        issued_at=row["issued_at"],
    )


async def has_receipt(connection: asyncpg.Connection, s: Situation) -> bool:
    there: bool = await connection.fetchval(_ANY, s.id)
    return there
