"""Take due messages out of the outbox for a while, at most one of a ticket and of a person at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from app.domain.contact_hours import ANYTIME, ContactHours
from app.domain.delivery import History
from app.domain.ladder import Channel, ladder_of
from app.domain.privacy.purposes import MEANINGS, Purpose
from app.models.messages import UNSETTLED
from app.services.notifications.reach import Identity
from app.services.privacy.consents import DECLINED

# Longer than any call may take (see app.wechat.http), so that a lease never ends under a healthy worker.
LEASE = timedelta(seconds=45)

# A change of state of this age leaves the word to a newer one of its ticket, if there is one.
OLD = timedelta(minutes=30)
# As far back as a cap on frequency reaches.
LOOK_BACK = timedelta(days=1)

# Invitations may be declined; whatever tells of the job may not.
_DECLINABLE = ", ".join(f"'{kind}'" for kind in sorted(MEANINGS[Purpose.RATING_INVITATIONS].stops))
_NO = DECLINED.format(customer="l.recipient_id", purpose="'rating_invitations'")

# After a long calm the planner believes that nothing is ever unsettled; all its indexes of such rows look alike to it,
# and whatever it may look up for each row of the first backlog, it looks up in the wrong one: with joins or subqueries
# over the lanes, two thousand messages cost a second for each lease. So the backlog is read once, whole: that is linear
# whatever the statistics say (6 ms for two thousand).
# A row in "leased" is due again when its lease has ended: the worker died, and nobody knows how the try ended.
_LEASE = f"""
WITH in_hand AS MATERIALIZED (
    SELECT recipient_id FROM outbox WHERE state = 'leased' AND lease_until > $1
), heads AS MATERIALIZED (
    SELECT DISTINCT ON (ticket_id) id, recipient_id, available_at FROM outbox WHERE {UNSETTLED} ORDER BY ticket_id, id
), candidates AS MATERIALIZED (
    SELECT id, recipient_id, available_at FROM heads
     WHERE available_at <= $1 AND recipient_id <> ALL (ARRAY(SELECT recipient_id FROM in_hand))
     ORDER BY available_at, id LIMIT $2 * 4
), firsts AS MATERIALIZED (
    SELECT DISTINCT ON (recipient_id) id FROM candidates ORDER BY recipient_id, available_at, id
), due AS (
    -- Asked again of the locked row: another relay may have taken it since the statement began.
    SELECT o.id FROM outbox o
     WHERE o.id = ANY (ARRAY(SELECT id FROM firsts)) AND o.{UNSETTLED} AND o.available_at <= $1
     ORDER BY o.available_at, o.id
     LIMIT $2 FOR UPDATE OF o SKIP LOCKED
), leased AS (
    UPDATE outbox o
       SET state = 'leased', fence = fence + 1, attempts = attempts + 1, lease_until = $1 + $3::interval,
           available_at = $1 + $3::interval,
           uncertain_since = CASE WHEN o.state = 'leased' THEN coalesce(o.uncertain_since, o.lease_until - $3::interval)
                                  ELSE o.uncertain_since END
      FROM due WHERE o.id = due.id
 RETURNING o.*
), started AS (
    -- The rung is known before anything is sent: should this process die, the next one must know what may be repeated.
    INSERT INTO push_attempts (push_id, fence, started_at, channel)
    SELECT id, fence, $1, coalesce(channel, 'template') FROM leased
)
SELECT l.id, l.fence, l.ticket_id, l.seq, l.kind, l.recipient, l.recipient_id, l.slots, l.client_msg_id,
       l.attempts, l.created_at, l.uncertain_since, l.trace_id, l.channel, l.appid, l.bundle, l.reason, t.number,
       CASE WHEN l.recipient = 'customer' AND l.channel = 'sms'
            THEN (SELECT c.phone FROM customers c WHERE c.id = l.recipient_id) END AS phone,
       CASE WHEN l.kind IN ({_DECLINABLE}) THEN {_NO} ELSE FALSE END AS declined,
       CASE WHEN l.created_at < $4
            THEN (SELECT count(*) FROM outbox n WHERE n.ticket_id = l.ticket_id AND n.{UNSETTLED} AND n.id > l.id
                     AND n.recipient_id = l.recipient_id AND n.kind = l.kind) ELSE 0 END AS newer,
       (SELECT jsonb_agg(jsonb_build_object(
                   'appid', w.appid, 'openid', w.openid, 'follows', w.follows, 'why', w.unreachable_reason,
                   'active', extract(epoch FROM greatest(w.followed_at,
                       (SELECT max(r.opened_at) FROM reply_windows r WHERE r.appid = w.appid AND r.openid = w.openid))),
                   'consents', (SELECT jsonb_object_agg(c.template_id, c.available) FROM consent_balances c
                                 WHERE c.appid = w.appid AND c.openid = w.openid AND c.available > 0),
                   'windows', (SELECT jsonb_object_agg(r.kind, r.remaining) FROM reply_windows r
                                WHERE r.appid = w.appid AND r.openid = w.openid AND r.until > $1 AND r.remaining > 0))
                   ORDER BY w.id DESC)
          FROM wechat_identities w
         WHERE w.customer_id = l.recipient_id OR w.staff_id = l.recipient_id) AS identities
  FROM leased l
  JOIN tickets t ON t.id = l.ticket_id
 ORDER BY l.id
"""
# How often somebody was disturbed lately by messages that need not come at once, and when he wishes to be. Asked
# for those alone.
_PACE = """
SELECT l.id, (SELECT c.preferences->'contact_hours' FROM customers c WHERE c.id = l.recipient_id) AS hours,
       ARRAY(SELECT o.settled_at FROM (SELECT * FROM outbox r WHERE r.recipient_id = l.recipient_id
                                                ORDER BY r.id DESC LIMIT 500) o
                    WHERE o.kind = l.kind AND o.id <> l.id AND o.settled_at > $2
                      AND (l.slots->>'level' IS NULL OR o.slots->>'level' = l.slots->>'level')
                      AND o.state IN ('accepted', 'delivered', 'in_review')
                    ORDER BY o.settled_at DESC) AS sent
  FROM outbox l WHERE l.id = ANY ($1)
"""
# What a relay shows the server as its name, by which the others know that it lives.
RELAY = "huixiang-relay"
# A relay that finds itself alone takes over at once what the dead have left. Should it be wrong, nothing is seen
# twice: the fence keeps the other's outcome out, and WeChat knows the client_msg_id.
_RECLAIM = f"""
UPDATE outbox SET lease_until = $1, available_at = $1,
       uncertain_since = coalesce(uncertain_since, lease_until - $3::interval)
 WHERE state = 'leased' AND id <> ALL ($2::bigint[])
   AND NOT EXISTS (SELECT FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = '{RELAY}' AND pid <> pg_backend_pid())
"""


@dataclass(frozen=True)
class Leased:
    """One message in the hands of this worker. ``fence`` proves later that it still is."""

    id: int
    fence: int
    ticket_id: int
    seq: int
    number: str
    kind: str
    recipient: str
    recipient_id: str
    slots: dict[str, str]
    client_msg_id: str
    # What the lease stands for: a try on this rung, or none yet.
    channel: Channel | None
    appid: str | None
    bundle: int
    reason: str | None
    phone: str | None
    identities: tuple[Identity, ...]
    # He does not want what it asks (any more).
    declined: bool
    # Later news of the same ticket wait for the same person.
    newer: bool
    # When others of this kind went to this person lately, newest first; only for kinds that must not come too often.
    sent: tuple[datetime, ...]
    # When a customer wishes to be disturbed by what can wait; only for such kinds.
    hours: ContactHours
    history: History
    trace_id: str


@dataclass(frozen=True)
class _Pace:
    sent: tuple[datetime, ...] = ()
    hours: ContactHours = ANYTIME


async def lease(connection: asyncpg.Connection, *, limit: int, now: datetime) -> list[Leased]:
    """Due messages, oldest first, with an attempt written for each before anything is sent."""
    rows = await connection.fetch(_LEASE, now, limit, LEASE, now - OLD)
    paced = [row["id"] for row in rows if _needs_pace(row)]
    found = await connection.fetch(_PACE, paced, now - LOOK_BACK) if paced else []
    pace = {row["id"]: _Pace(tuple(row["sent"]), ContactHours.read(row["hours"] or ())) for row in found}
    return [_leased(row, pace.get(row["id"], _Pace()), now) for row in rows]


async def reclaim(connection: asyncpg.Connection, *, keep: Sequence[int], now: datetime) -> None:
    """End the leases of dead relays, if no other relay is connected; ``keep`` are those of this one."""
    await connection.execute(_RECLAIM, now, list(keep), LEASE)


def _needs_pace(row: asyncpg.Record) -> bool:
    ladder = ladder_of(row["kind"], row["slots"])
    return ladder is not None and (not ladder.urgent or ladder.coalesce is not None or ladder.cap is not None)


def _leased(row: asyncpg.Record, pace: _Pace, now: datetime) -> Leased:
    return Leased(
        id=row["id"],
        fence=row["fence"],
        ticket_id=row["ticket_id"],
        seq=row["seq"],
        number=row["number"],
        kind=row["kind"],
        recipient=row["recipient"],
        recipient_id=str(row["recipient_id"]),
        slots=row["slots"],
        client_msg_id=row["client_msg_id"].hex,
        channel=Channel(row["channel"]) if row["channel"] else None,
        appid=row["appid"],
        bundle=row["bundle"],
        reason=row["reason"],
        phone=row["phone"],
        identities=_identities(row["identities"] or []),
        declined=row["declined"],
        newer=row["newer"] > 0,
        sent=pace.sent,
        hours=pace.hours,
        history=History(row["created_at"], now, row["attempts"], row["uncertain_since"]),
        trace_id=row["trace_id"],
    )


def _identities(found: list[dict[str, Any]]) -> tuple[Identity, ...]:
    """The most recently active first."""
    found.sort(key=lambda each: each["active"] or 0, reverse=True)
    return tuple(
        Identity(
            each["appid"],
            each["openid"],
            each["follows"],
            each["why"],
            each["consents"] or {},
            each["windows"] or {},
        )
        for each in found
    )
