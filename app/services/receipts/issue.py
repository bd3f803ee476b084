"""Write the receipt of an event, in its transaction: nothing is charged that no receipt names."""

import hashlib
from dataclasses import replace

import orjson

from app.domain.receipt import Finished, Receipt, as_told, for_empty_trip, for_inspection, for_work
from app.services.prices.current import complaint_phone
from app.services.tickets.change import Change
from app.services.warranties.warrant_work import work_warranty

_INSERT = """
INSERT INTO receipts (ticket_id, seq, document, sha256, total_fen, call_out_fen, agreed_fen, issued_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def issue_receipt(change: Change, work: Finished) -> None:
    """For finished work, whose warranty has been written; what the customer approved is what may be charged."""
    good_for = await work_warranty(change.connection, change.before.id, change.now)
    work = replace(work, warranties=tuple(map(as_told, good_for)))
    receipt = for_work(change.before, work, await _phone(change))
    await _write(change, receipt, agreed_fen=sum(line.amount_fen for line in work.agreed))


async def issue_inspection_receipt(change: Change, fee_fen: int) -> None:
    """For having come, where the repair was declined: the fee as it was told before the booking."""
    told = change.before.call_out
    receipt = for_inspection(change.before, fee_fen, change.now, await _phone(change))
    await _write(change, receipt, agreed_fen=told.fee_fen if told else 0)


async def issue_empty_trip_receipt(change: Change, fee_fen: int) -> None:
    """For having come in vain: the fee as it was told before the booking."""
    told = change.before.call_out
    receipt = for_empty_trip(change.before, fee_fen, change.now, await _phone(change))
    await _write(change, receipt, agreed_fen=told.empty_trip_fen if told else 0)


async def _phone(change: Change) -> str:
    address = change.before.address
    return await complaint_phone(change.connection, city=address.city if address else "", now=change.now)


async def _write(change: Change, receipt: Receipt, *, agreed_fen: int) -> None:
    document, digest = sealed(receipt)
    await change.connection.execute(
        _INSERT,
        change.before.id,
        change.before.seq + 1,
        document,
        digest,
        receipt.total_fen,
        receipt.call_out_fen,
        agreed_fen,
        change.now,
    )


def sealed(receipt: Receipt) -> tuple[str, str]:
    """The document, and its SHA-256."""
    document = orjson.dumps(receipt.document())
    return document.decode(), hashlib.sha256(document).hexdigest()
