"""A burst becomes a proposal: its tickets are gathered, and the managers of the area hear of it."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import asyncpg
import orjson

from app.domain.actor import SYSTEM
from app.domain.incidents.burst import WINDOW, Burst
from app.domain.incidents.duties import Severity
from app.domain.zone import ZONE
from app.models.incidents import Attached, EntryKind
from app.services.incidents.entries import Line, add_line
from app.services.incidents.find import Found, Key
from app.services.incidents.tell import managers_of_area, tell_staff
from app.services.tickets.load import load_by_id

# As that of tickets: nothing in it is mistaken for something else when read aloud.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_SYMBOLS = 6
# In the order of their ids, as all who change several do.
_LOCK = "SELECT id FROM tickets WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE"
_INSERT = """
INSERT INTO incidents (number, state, category, fault, service_point_id, title, severity, evidence, anchor_id, since,
                       swept_at, proposed_at)
VALUES ($1, 'proposed', $2, $3, $4::uuid, $5, $6, $7, $8, $9, $10, $10)
ON CONFLICT DO NOTHING RETURNING id
"""
_GATHER = """
INSERT INTO incident_tickets (incident_id, ticket_id, how, attached_by, attached_at)
SELECT $1, id, $3, $4, $5 FROM unnest($2::bigint[]) AS t (id)
ON CONFLICT DO NOTHING RETURNING ticket_id
"""


async def propose(connection: asyncpg.Connection, found: Found, now: datetime) -> bool:
    """False when another worker was first. The caller gives a transaction and commits it."""
    await connection.fetch(_LOCK, list(found.tickets))
    number, burst = new_number(now), found.burst
    evidence = asdict(burst) | {"minutes": WINDOW.total_seconds() // 60}
    incident_id = await connection.fetchval(
        _INSERT,
        number,
        found.key.category,
        found.key.fault,
        found.key.service_point_id,
        title_of(found.key),
        Severity.WIDE.value,
        orjson.dumps(evidence).decode(),
        found.tickets[0],
        found.since,
        now,
    )
    if incident_id is None:
        return False
    await gather(connection, incident_id, found.tickets, Attached.BURST, by=SYSTEM.id, now=now)
    why = Line(EntryKind.PROPOSED, reason_of(burst), evidence)
    await add_line(connection, incident_id, why, actor=SYSTEM, now=now)
    anchor = await load_by_id(connection, found.tickets[0])
    managers = await managers_of_area(connection, found.key.service_point_id)
    # As much as a card of WeChat holds.
    text = f"1小时内{burst.observed}位客户，平时{burst.expected:.1f}位"
    await tell_staff(connection, anchor, managers, number=number, text=text, now=now)
    return True


async def gather(
    connection: asyncpg.Connection,
    incident_id: int,
    tickets: Sequence[int],
    how: Attached,
    *,
    by: str,
    now: datetime,
) -> int:
    """How many came. The tickets are locked by the caller; one that belongs to an incident already stays there."""
    return len(await connection.fetch(_GATHER, incident_id, list(tickets), how.value, by, now))


def reason_of(burst: Burst) -> str:
    """What was counted against what, for whoever decides."""
    usual = f"{burst.expected:.1f}" if burst.expected >= 0.05 else "不到0.1"
    days = round(burst.days)
    often = "一年难遇一次" if days > 365 else f"约{days}天一次" if days > 1 else "几乎每天都有"
    return f"1小时内{burst.observed}位客户；前14天这个时段平均每小时{usual}位，偶然到这个数{often}"


def title_of(key: Key) -> str:
    return f"{key.area} {key.category}{key.fault}集中报修"


def new_number(now: datetime) -> str:
    dice = secrets.randbits(5 * _RANDOM_SYMBOLS)
    tail = "".join(_ALPHABET[dice >> 5 * place & 31] for place in range(_RANDOM_SYMBOLS))
    return f"ZA{now.astimezone(ZONE):%y%m%d}{tail}"
