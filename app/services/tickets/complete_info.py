"""Ask the customer for what is missing, take what he sends, give up after three days."""

from dataclasses import replace
from typing import Any

import orjson

from app.domain.situation import Address, Purpose
from app.schemas.transitions import AskInfo, Step, SupplyInfo
from app.services.attachments.attach import attach
from app.services.tickets.change import Change, Outcome

_FILL = """
UPDATE tickets
   SET brand = coalesce(nullif($2, ''), brand), model = coalesce(nullif($3, ''), model),
       serial_number = coalesce(nullif($4, ''), serial_number), address = coalesce($5::jsonb, address),
       fault = CASE WHEN $6 = '' THEN fault ELSE left(fault || E'\\n补充：' || $6, 4000) END
 WHERE id = $1
"""


async def ask_info(change: Change, body: AskInfo) -> Outcome:
    after = replace(change.before, missing=tuple(body.items))
    return Outcome(after, f"请补充：{'、'.join(body.items)}", {"items": body.items})


async def supply_info(change: Change, body: SupplyInfo) -> Outcome:
    """Any answer resumes the ticket; whether it is enough is for the next triage to say."""
    s = change.before
    address: dict[str, Any] | None = body.address.model_dump() if body.address else None
    document = orjson.dumps(address).decode() if address else None
    await change.connection.execute(
        _FILL, s.id, body.brand, body.model, body.serial_number, document, body.text
    )
    await attach(
        change.connection,
        ids=body.attachment_ids,
        ticket_id=s.id,
        actor=change.actor,
        purpose=Purpose.REPORT,
    )
    after = replace(
        s,
        missing=(),
        brand=body.brand or s.brand,
        model=body.model or s.model,
        serial_number=body.serial_number or s.serial_number,
        address=Address(**address) if address else s.address,
    )
    return Outcome(after, data={"text": body.text})


async def expire_info(change: Change, _: Step) -> Outcome:
    return Outcome(replace(change.before, closed_at=change.now), data={"reason_code": "info_expired"})
