"""Ask the customer for what is missing, take what he sends, give up after three days."""

import orjson

from app.domain.situation import Purpose
from app.schemas.transitions import AskInfo, Step, SupplyInfo
from app.services.attachments.attach import attach
from app.services.tickets.change import Change, Outcome

_FILL = """
UPDATE tickets
   SET brand = coalesce(nullif($2, ''), brand), model = coalesce(nullif($3, ''), model),
       serial_number = coalesce(nullif($4, ''), serial_number), address = coalesce($5::jsonb, address),
       fault = CASE WHEN $6 = '' THEN fault ELSE left(fault || E'\\n补充：' || $6, 4000) END,
       service_point_id = CASE WHEN $5 IS NULL THEN service_point_id ELSE
           (SELECT id FROM service_points WHERE city = $7 AND $8 = ANY (districts) LIMIT 1) END
 WHERE id = $1
RETURNING fault, service_point_id::text
"""


async def ask_info(change: Change, body: AskInfo) -> Outcome:
    after = change.before._replace(missing=tuple(body.items))
    return Outcome(after, f"请补充：{'、'.join(body.items)}", {"items": body.items})


async def supply_info(change: Change, body: SupplyInfo) -> Outcome:
    """Any answer resumes the ticket; whether it is enough is for the next triage to say."""
    s = change.before
    place = body.address.kept() if body.address else None
    filled = await change.connection.fetchrow(
        _FILL,
        s.id,
        body.brand,
        body.model,
        body.serial_number,
        orjson.dumps(place).decode() if place else None,
        body.text,
        place.city if place else "",
        place.district if place else "",
    )
    photos = await attach(
        change.connection,
        ids=body.attachment_ids,
        ticket_id=s.id,
        actor=change.actor,
        purpose=Purpose.REPORT,
    )
    after = s._replace(
        missing=(),
        brand=body.brand or s.brand,
        model=body.model or s.model,
        serial_number=body.serial_number or s.serial_number,
        address=place or s.address,
        fault=filled["fault"],
        service_point_id=filled["service_point_id"],
    )
    return Outcome(after.with_photos(photos), data={"text": body.text})


async def expire_info(change: Change, _: Step) -> Outcome:
    return Outcome(change.before._replace(closed_at=change.now), data={"reason_code": "info_expired"})
