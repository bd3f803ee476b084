"""All that a customer may take with him: his appliances with their lives, his tickets, what was said, the photos."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import VIEWS, State
from app.domain.situation import SERVICE_LABELS, ServiceType
from app.errors import TooManyRequests
from app.schemas.assets import ArchiveOut
from app.services.assets.archive import archive_of
from app.services.attachments.urls import Variant
from app.services.customers.preferences import preferences_of
from app.services.membership.look import ledger_of
from app.services.privacy.consents import standing_of
from app.services.privacy.looks import looks_at

# More than anybody has; a bound all the same.
TICKETS = 2000
MOST_A_DAY = 5

_LATELY = """
SELECT count(*) FROM audit_log WHERE action = 'export_own_data' AND actor_id = $1 AND at > $2
"""
_AUDIT = """
INSERT INTO audit_log (at, actor_role, actor_id, action, subject, reason)
VALUES ($1, $2, $3, 'export_own_data', $3, '')
"""
_ME = "SELECT nickname, phone, created_at FROM customers WHERE id = $1::uuid"
# Only what is his own: what his household shows him is its owner's to take along.
_ASSETS = "SELECT id FROM assets WHERE customer_id = $1::uuid ORDER BY created_at, id"
_TICKETS = """
SELECT t.number, t.service_type, t.category, t.brand, t.model, t.serial_number, t.fault, t.state, t.contact_name,
       t.contact_phone, t.address, t.created_at, t.completed_at, t.closed_at,
       (SELECT sum(r.total_fen)::bigint FROM receipts r
         WHERE r.ticket_id = t.id
           AND NOT EXISTS (SELECT FROM empty_trips e
                            WHERE e.ticket_id = r.ticket_id AND e.seq = r.seq AND e.waived_at IS NOT NULL)
       ) AS charged_fen,
       (SELECT jsonb_build_object('attitude', g.attitude, 'expertise', g.expertise, 'timeliness', g.timeliness,
                                  'conduct', g.conduct, 'comment', g.comment)
          FROM ratings g WHERE g.ticket_id = t.id) AS rating,
       (SELECT jsonb_agg(jsonb_build_object('author', m.author, 'text', m.text, 'at', m.sent_at) ORDER BY m.id)
          FROM ticket_messages m WHERE m.ticket_id = t.id AND m.text <> '') AS messages
  FROM tickets t WHERE t.customer_id = $1::uuid ORDER BY t.id DESC LIMIT $2
"""
_PHOTOS = """
SELECT p.id, p.media_type FROM attachments p JOIN tickets t ON t.id = p.ticket_id
 WHERE t.customer_id = $1::uuid AND p.withdrawn_at IS NULL
UNION
SELECT p.id, p.media_type FROM attachments p JOIN assets a ON a.id = p.asset_id
 WHERE a.customer_id = $1::uuid AND (a.acquired_at IS NULL OR p.created_at > a.acquired_at)
 ORDER BY 1
"""


class TooManyExports(TooManyRequests):
    msg = "今天导出的次数太多了，请明天再试。"


@dataclass(frozen=True)
class Picture:
    """A photo or a video: where it lies in our store, and what it is called in the export."""

    id: UUID
    variant: Variant
    name: str


@dataclass(frozen=True)
class Export:
    made_at: datetime
    me: dict[str, Any]
    archives: tuple[ArchiveOut, ...]
    tickets: tuple[dict[str, Any], ...]
    pictures: tuple[Picture, ...]

    def document(self) -> dict[str, Any]:
        """As JSON; photos are named by their file."""
        return {
            "exported_at": self.made_at,
            "me": self.me,
            "assets": [archive.model_dump(exclude={"mine", "offered_until"}) for archive in self.archives],
            "tickets": self.tickets,
        }


async def gather(connection: asyncpg.Connection, *, actor: Actor, now: datetime) -> Export:
    """Logged, and not without end: whoever has his phone for a minute should not empty the store. Errors:
    too_many_requests."""
    if await connection.fetchval(_LATELY, actor.id, now - timedelta(days=1)) >= MOST_A_DAY:
        raise TooManyExports(retry_after=3600)
    await connection.execute(_AUDIT, now, actor.role.value, actor.id)
    pictures = [_picture(row) for row in await connection.fetch(_PHOTOS, actor.id)]
    return Export(
        made_at=now,
        me=await _me(connection, actor, now),
        archives=tuple(await _archives(connection, actor, now, {str(p.id): p.name for p in pictures})),
        tickets=tuple(_ticket(row) for row in await connection.fetch(_TICKETS, actor.id, TICKETS)),
        pictures=tuple(pictures),
    )


async def _me(connection: asyncpg.Connection, actor: Actor, now: datetime) -> dict[str, Any]:
    row = await connection.fetchrow(_ME, actor.id)
    preferences = await preferences_of(connection, actor.id)
    looks, looked = await looks_at(connection, actor.id)
    consents = await standing_of(connection, actor.id)
    return {
        **row,
        "preferences": preferences.model_dump(by_alias=True),
        "points": [each.model_dump() for each in await ledger_of(connection, actor.id, now)],
        "consents": [each.model_dump() for each in consents],
        "number_looked_at": looked,
        "looks": [each.model_dump() for each in looks],
    }


async def _archives(
    connection: asyncpg.Connection, actor: Actor, now: datetime, names: dict[str, str]
) -> list[ArchiveOut]:
    def file_of(photo_id: str, _variant: str, _viewer: str) -> str:
        # A photo of a former owner's time is seen in the archive and not taken along.
        return names.get(photo_id, "")

    owned = await connection.fetch(_ASSETS, actor.id)
    return [await archive_of(connection, row["id"], actor=actor, now=now, sign_url=file_of) for row in owned]


def _ticket(row: asyncpg.Record) -> dict[str, Any]:
    return {
        **row,
        "service": SERVICE_LABELS[ServiceType(row["service_type"])],
        "label": VIEWS[State(row["state"])].label,
        "messages": row["messages"] or [],
    }


def _picture(row: asyncpg.Record) -> Picture:
    kind, _, container = row["media_type"].partition("/")
    if kind == "video":
        return Picture(row["id"], Variant(container), f"photos/{row['id']}.{container}")
    return Picture(row["id"], Variant.FULL, f"photos/{row['id']}.jpg")
