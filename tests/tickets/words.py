"""What people say with an event when they may do whatever they like: mostly right, now and then a little wrong."""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import asyncpg

from tests.tickets import bodies

SAID: dict[str, dict[str, Any]] = {
    "ask_info": {"items": ["型号"]},
    "supply_info": {"text": "在阳台", "address": bodies.ADDRESS},
    "resolve_remote": {"solution": "已经说明"},
    "reject": {"reason_code": "other"},
    "decline": {"reason_code": "no_time"},
    "reassign": {"reason": "请假"},
    "arrive": bodies.HOME,
    "fail": {"reason_code": "unsafe"},
    "reopen": {"reason": "又坏了"},
    "abort_visit": {"reason": "离开"},
    "cancel": {"reason_code": "other"},
    "rate_or_expire": {"attitude": 5, "expertise": 4, "timeliness": 3, "conduct": 2},
}
_PHOTO = """
INSERT INTO attachments (id, customer_id, staff_id, ticket_id, visit_id, purpose, sha256, media_type, size, width,
                         height, created_at)
SELECT $1::uuid, $2::uuid, $3::uuid, t.id, CASE WHEN $3 IS NULL THEN NULL ELSE t.visit_id END, $5, '', 'image/webp', 1,
       1, 1, $6
  FROM (SELECT 1) one LEFT JOIN tickets t ON t.number = $4
  LEFT JOIN visits v ON v.id = t.visit_id
 WHERE v.sealed_seq IS NULL
"""

# Takes a photo for this purpose, and gives its id.
Photograph = Callable[[str], Awaitable[str]]


async def words(
    event: str,
    seen: dict[str, Any],
    now: datetime,
    dice: Random,
    *,
    photograph: Photograph,
    others: Sequence[str],
) -> dict[str, Any]:
    """The body of ``event`` on the ticket ``seen``, without event and version; ``others`` may be merged with."""
    match event:
        case "book" | "rebook":
            days, hour = dice.randint(0, 3), dice.choice([9, 14, 16])
            window = {"window": bodies.window(now, days=days, hour=hour)}
            return window | ({"reason_code": "customer_wish"} if event == "rebook" else {})
        case "approve_quote" | "decline_quote" | "decline_variation":
            version = seen["quote"]["version"] if seen["quote"] else 1
            return {"quote_version": dice.choice([version, version, version, version + 1])}
        case "quote" | "revise_quote":
            line = {"code": "AC-GAS", "quantity": dice.choice([1, 2, 50])}
            return {"lines": [line | dice.choice([{}, {"not_covered": "misuse"}])]}
        case "finish":
            right = seen["quote"]["total_fen"] if seen["quote"] else 0
            charge = dice.choice([right, right, right, right + 1])
            work = {"fault_code": "F01", "solution": "修好了", "old_parts": "none"}
            return work | {"charge_fen": charge}
        case "no_access":
            calls = [now.isoformat(), now.isoformat()]
            return {"attachment_ids": [await photograph("no_access")], "calls": calls}
        case "dispute":
            return {"reason": "没修好", "attachment_ids": [await photograph("dispute")]}
        case "need_parts":
            due = now + timedelta(days=dice.randint(1, 9))
            return {"parts": [{"name": "主板"}], "due_at": due.isoformat()}
        case "suspend":
            until = now + timedelta(days=dice.randint(1, 9))
            return {"reason_code": "weather", "resume_at": until.isoformat()}
        case "merge":
            return {"into": dice.choice(others)}
        case "triage":
            return dice.choice([{}, {"warranty": "in"}, {"priority": "urgent"}])
    return SAID.get(event, {})


async def take_photo(
    rows: asyncpg.Connection,
    now: datetime,
    *,
    customer: str | None = None,
    staff: str | None = None,
    purpose: str,
    number: str = "",
) -> str:
    """As an upload leaves it, without the picture."""
    photo = str(uuid.uuid4())
    await rows.execute(_PHOTO, photo, customer, staff, number, purpose, now)
    return photo
