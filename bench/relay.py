"""From COMMIT to WeChat: how long a single message takes, and how fast a backlog is sent.

Rows are put into the outbox as the product's statements put them, with their NOTIFY; the sandbox notes when
each request reached it.
"""

import asyncio
import json
import time
import urllib.request
from dataclasses import dataclass

import asyncpg

from app.bell import Topic, ring_sql
from bench.bare_client import bare_rate
from bench.rows import WITH_A_PAGE, customer_of, id_of
from sandbox.defaults import OFFICIAL_APPID
from sandbox.templates import PATH

PACE, BACKLOG, BARE = 30, 2000, 1000
# Milliseconds that the platform takes for an answer; 60 is what the real one was seen to take.
LATENCIES = (0, 60)
PATIENCE = 60.0

_PUSH = f"""
WITH pushed AS (
    INSERT INTO outbox (ticket_id, seq, kind, recipient, recipient_id, slots, available_at, client_msg_id, created_at)
    SELECT t, $2, 'ticket_progress', 'customer', r,
           '{{"number": "HX2601010000000000", "service": "空调维修", "state": "已接单", "time": "2026年1月5日 14:00",
             "hint": "已收到您的报修"}}', now(), gen_random_uuid(), now()
      FROM unnest($1::bigint[], $3::uuid[]) AS n (t, r)
    RETURNING client_msg_id, ticket_id
)
SELECT client_msg_id, {ring_sql(Topic.TICKET, "ticket_id")} FROM pushed
"""

# Every follower has passed every event, and no day of the trends was left out.
_CAUGHT_UP = """
SELECT NOT EXISTS (SELECT FROM event_cursors c
                    WHERE EXISTS (SELECT FROM ticket_events e
                                   WHERE (e.xact, e.ticket_id, e.seq) > (c.xact, c.ticket_id, c.seq)))
   AND (SELECT max(day) - min(day) > 120 AND count(*) = max(day) - min(day) + 1 FROM trend_days)
"""


@dataclass(frozen=True)
class Relayed:
    """Milliseconds from the commit to the request's arrival, and messages per second of a backlog."""

    count: int
    p50: float
    p99: float
    drains: tuple["Drain", ...]


@dataclass(frozen=True)
class Drain:
    """Messages a second at one latency of the platform: a backlog of the relay, and the bare client beside it."""

    latency_ms: int
    relay: float
    client: float


@dataclass(frozen=True)
class Sandbox:
    url: str
    secret: str

    def call(self, method: str, path: str, body: object = None) -> dict[str, object]:
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}/_sandbox/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.secret}"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - loopback
            answer: dict[str, object] = json.load(response)
            return answer

    def arrivals(self) -> dict[str, float]:
        """When each message first reached the platform, by its client_msg_id."""
        found: dict[str, float] = {}
        since = 0
        while True:
            page = self.call("GET", f"requests?path={PATH}&since={since}&limit=10000")
            items = page["items"]
            if not isinstance(items, list) or not items:
                return found
            for item in items:
                found.setdefault(item["client_msg_id"], item["at"])
            since = items[-1]["id"]


async def followers(url: str, sandbox: Sandbox) -> list[str]:
    """The customers of the first pages become people of the sandbox who follow the account."""
    users = [{"nickname": f"客户{n}", "follows": True} for n in range(WITH_A_PAGE)]
    made = sandbox.call("POST", "seed", {"users": users})["users"]
    if not isinstance(made, list):
        raise TypeError("the sandbox answered something unexpected")
    openids = [user["openids"][OFFICIAL_APPID] for user in made]
    connection = await asyncpg.connect(url)
    await connection.execute(
        "INSERT INTO wechat_identities (appid, openid, customer_id, follows)"
        " SELECT $1, o, c, TRUE FROM unnest($2::text[], $3::uuid[]) AS n (o, c)",
        OFFICIAL_APPID,
        openids,
        [id_of(f"customer{n}") for n in range(WITH_A_PAGE)],
    )
    await connection.close()
    return openids


async def measure(url: str, sandbox: Sandbox, openids: list[str], seconds: float) -> Relayed:
    connection = await asyncpg.connect(url)
    try:
        await _at_rest(connection)
        await _push(connection, [1], seq=99)
        await _arrived(sandbox, 1)
        committed = await _paced(connection, seconds)
        arrived = await _arrived(sandbox, 1 + len(committed))
        waits = sorted((arrived[key] - at) * 1000 for key, at in committed.items())
        drains = []
        for place, latency in enumerate(LATENCIES):
            sandbox.call("POST", "settings", {"latency_ms": latency})
            before = int(str(sandbox.call("GET", "stats")["template_calls"]))
            rate = await _drain(connection, sandbox, before, seq=500 + place)
            drains.append(Drain(latency, rate, await bare_rate(sandbox.url, openids, BARE)))
    finally:
        await connection.close()
    return Relayed(len(waits), waits[len(waits) // 2], waits[int(len(waits) * 0.99)], tuple(drains))


async def _at_rest(connection: asyncpg.Connection) -> None:
    """A worker that has run for a while: the history that was loaded at one go is behind it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if await connection.fetchval(_CAUGHT_UP):
            return
        await asyncio.sleep(0.5)
    raise SystemExit(f"after {PATIENCE:.0f} s the worker has not caught up with the history")


async def _paced(connection: asyncpg.Connection, seconds: float) -> dict[str, float]:
    committed: dict[str, float] = {}
    start = time.monotonic()
    for n in range(int(seconds * PACE)):
        await asyncio.sleep(max(0.0, start + n / PACE - time.monotonic()))
        (key,) = await _push(connection, [1 + n % 4000], seq=100 + n // 4000)
        committed[key] = time.time()
    return committed


async def _drain(connection: asyncpg.Connection, sandbox: Sandbox, before: int, *, seq: int) -> float:
    keys = await _push(connection, range(1, BACKLOG + 1), seq=seq)
    committed = time.time()
    arrived = await _arrived(sandbox, before + BACKLOG)
    return BACKLOG / (max(arrived[key] for key in keys) - committed)


async def _push(connection: asyncpg.Connection, tickets: range | list[int], *, seq: int) -> list[str]:
    recipients = [id_of(f"customer{customer_of(ticket)}") for ticket in tickets]
    rows = await connection.fetch(_PUSH, list(tickets), seq, recipients)
    return [row["client_msg_id"].hex for row in rows]


async def _arrived(sandbox: Sandbox, count: int) -> dict[str, float]:
    """Looks seldom: each look costs the sandbox time that it should have for the messages."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        stats = await asyncio.to_thread(sandbox.call, "GET", "stats")
        if int(str(stats["template_calls"])) >= count:
            return await asyncio.to_thread(sandbox.arrivals)
        await asyncio.sleep(0.25)
    raise SystemExit(f"after {PATIENCE:.0f} s the sandbox has not seen {count} messages")
