"""What the database and the platform say when all is quiet."""

from dataclasses import dataclass

import asyncpg

from app.services.operations.doctor import examine
from app.services.tickets.timeline import FACTS
from tests.harness.sandbox import Sandbox

_PUSHES = """
SELECT o.id, t.number, o.seq, o.recipient_id::text AS recipient, o.kind, o.client_msg_id, o.state, o.reason,
       o.channel
  FROM outbox o JOIN tickets t ON t.id = o.ticket_id ORDER BY o.id
"""
# The n-th change of state made version n.
_STEPS = """
SELECT t.number, e.event,
       count(*) FILTER (WHERE e.event <> ALL ($1::text[]))
           OVER (PARTITION BY e.ticket_id ORDER BY e.seq) AS version
  FROM ticket_events e JOIN tickets t ON t.id = e.ticket_id
"""
_EVENTS = "SELECT t.number, e.seq FROM ticket_events e JOIN tickets t ON t.id = e.ticket_id"
_URGINGS = "SELECT t.number, count(*) FROM urgings u JOIN tickets t ON t.id = u.ticket_id GROUP BY t.number"
_FOLLOWERS = """
SELECT w.openid, count(DISTINCT n.id) AS told, count(DISTINCT w.customer_id) AS customers,
       bool_and(w.follows) AS follows
  FROM wechat_identities w JOIN wechat_inbound n ON n.openid = w.openid AND n.kind = 'subscribe'
 WHERE w.openid LIKE 'o-stranger-%' GROUP BY w.openid
"""
_OVERLAPS = """
SELECT count(*) FROM visits a JOIN visits b
    ON b.engineer_id = a.engineer_id AND b.id > a.id AND a.planned && b.planned
 WHERE a.state IN ('proposed', 'booked', 'customer_confirmed', 'en_route', 'arrived', 'working')
   AND b.state IN ('proposed', 'booked', 'customer_confirmed', 'en_route', 'arrived', 'working')
"""
WAITING = """
SELECT (SELECT count(*) FROM outbox WHERE state IN ('queued', 'leased', 'deferred'))
     + (SELECT count(*) FROM wechat_inbound WHERE handled_at IS NULL)
     -- What the sweeper owes will be told as well.
     + (SELECT count(*) FROM tickets WHERE wake_at <= now())
     + (SELECT count(*) FROM service_levels WHERE next_at <= now())
"""


@dataclass(frozen=True)
class Push:
    """A row of the outbox."""

    id: int
    number: str
    seq: int
    recipient: str
    kind: str
    client_msg_id: str
    state: str
    reason: str | None = None
    channel: str | None = None


@dataclass(frozen=True)
class Seen:
    """A message that the platform accepted, in the order in which it did."""

    client_msg_id: str
    number: str


@dataclass(frozen=True)
class Follower:
    """``told`` counts the kept callbacks, ``customers`` the people they made."""

    told: int
    customers: int
    follows: bool


@dataclass(frozen=True)
class Evidence:
    tickets: dict[str, int]
    """Number of each ticket, and how many idempotency keys name it"""
    steps: frozenset[tuple[str, str, int]]
    events: frozenset[tuple[str, int]]
    pushes: tuple[Push, ...]
    seen: tuple[Seen, ...]
    accepted_calls: int
    token_fetches: int
    urgings: dict[str, int]
    ratings: frozenset[str]
    photos: frozenset[str]
    followers: dict[str, Follower]
    overlaps: int
    findings: tuple[str, ...]


async def gather(connection: asyncpg.Connection, sandbox: Sandbox) -> Evidence:
    messages, calls, stats = await sandbox.messages(), await sandbox.calls(), await sandbox.stats()
    keys = await connection.fetch(
        "SELECT t.number, count(k.key) FROM tickets t LEFT JOIN idempotency_keys k "
        "ON k.response->>'number' = t.number GROUP BY t.number"
    )
    pushes = [
        Push(**(dict(row) | {"client_msg_id": row["client_msg_id"].hex}))
        for row in await connection.fetch(_PUSHES)
    ]
    followers = {
        row["openid"]: Follower(row["told"], row["customers"], row["follows"])
        for row in await connection.fetch(_FOLLOWERS)
    }
    rated = await connection.fetch("SELECT t.number FROM ratings r JOIN tickets t ON t.id = r.ticket_id")
    photos = await connection.fetch("SELECT id::text FROM attachments")
    return Evidence(
        tickets={row[0]: row[1] for row in keys},
        steps=frozenset((row[0], row[1], row[2]) for row in await connection.fetch(_STEPS, list(FACTS))),
        events=frozenset((row[0], row[1]) for row in await connection.fetch(_EVENTS)),
        pushes=tuple(pushes),
        seen=tuple(Seen(message.client_msg_id or "", message.number) for message in messages),
        accepted_calls=sum(call.errcode == 0 for call in calls),
        token_fetches=stats.token_fetches,
        urgings={row[0]: row[1] for row in await connection.fetch(_URGINGS)},
        ratings=frozenset(row[0] for row in rated),
        photos=frozenset(row[0] for row in photos),
        followers=followers,
        overlaps=await connection.fetchval(_OVERLAPS),
        findings=tuple(f"{f.invariant.name}: {', '.join(f.examples)}" for f in await examine(connection)),
    )
