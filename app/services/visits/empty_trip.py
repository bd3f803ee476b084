"""The fee for coming in vain: charged with its receipt, and let off by a manager who says why."""

from datetime import datetime

import asyncpg

from app.domain.notices import progress
from app.domain.situation import Visit
from app.errors import Conflict, NotFound
from app.schemas.visits import EmptyTripOut, WaiverIn
from app.services.idempotency import Once
from app.services.receipts.issue import issue_empty_trip_receipt
from app.services.tickets.change import Change
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load
from app.services.tickets.record import Entry

_CHARGE = """
INSERT INTO empty_trips (visit_id, ticket_id, seq, fee_fen, charged_at) VALUES ($1, $2, $3, $4, $5)
"""
_FIND = """
SELECT fee_fen, charged_at, waived_at FROM empty_trips WHERE visit_id = $1 AND ticket_id = $2 FOR NO KEY UPDATE
"""
_WAIVE = "UPDATE empty_trips SET waived_at = $2, waived_by = $3::uuid, waived_reason = $4 WHERE visit_id = $1"


class NoSuchTrip(NotFound):
    msg = "没有找到这笔空跑费。"


class WaivedBefore(Conflict):
    code, msg = "empty_trip_waived", "这笔空跑费已经免收。"


async def charge_empty_trip(change: Change, visit: Visit, fee_fen: int) -> None:
    """Once a visit, with the receipt of the event that ended it."""
    seq = change.before.seq + 1
    await change.connection.execute(_CHARGE, visit.id, change.before.id, seq, fee_fen, change.now)
    await issue_empty_trip_receipt(change, fee_fen)


async def waive_empty_trip(
    connection: asyncpg.Connection, number: str, trip_id: int, body: WaiverIn, *, once: Once, now: datetime
) -> EmptyTripOut:
    """The receipt stays what it was and says from now on that nothing is due. Errors: not_found, empty_trip_waived."""
    actor = once.actor
    s = await load(connection, number, actor, lock=True)
    if earlier := await once.earlier(connection, now):
        return EmptyTripOut.model_validate(earlier)
    row = await connection.fetchrow(_FIND, trip_id, s.id)
    if row is None:
        raise NoSuchTrip
    if row["waived_at"]:
        raise WaivedBefore
    await connection.execute(_WAIVE, trip_id, now, actor.id, body.reason)
    yuan = f"{row['fee_fen'] / 100:.2f}"
    entry = Entry(
        "empty_trip_waived", f"免收上门空跑费 {yuan} 元：{body.reason}", {"fee_fen": row["fee_fen"]}
    )
    notices = [progress(s, hint=f"空跑费{row['fee_fen'] / 100:g}元已为您免收")]
    await add_fact(connection, s, entry, actor=actor, now=now, notices=notices)
    answer = EmptyTripOut(
        id=str(trip_id),
        fee_fen=row["fee_fen"],
        charged_at=row["charged_at"],
        waived_at=now,
        waived_reason=body.reason,
    )
    # With its number, by which it goes when the customer goes.
    await once.keep(connection, {"number": number} | answer.model_dump(mode="json"))
    return answer
