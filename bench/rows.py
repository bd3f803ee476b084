"""A database full of believable rows, made by the server itself: a million tickets in about two minutes.

Everything is a function of the row's number, so that other parts of the bench know ids without asking.
Tickets 1 to 5,000 belong to two hundred customers, of whom each has a full first page at every size.
"""

import hashlib
import uuid
from collections.abc import Sequence

import asyncpg

from app.services.tickets.words import REMEMBERED

CUSTOMERS = 10_000
WITH_A_PAGE = 200
TICKETS_OF_THOSE = 5_000
ENGINEERS = 50
MANAGER = 0

_CUSTOMER = "CASE WHEN n <= 5000 THEN n % 200 ELSE n % 10000 END"
# One in twelve is under way with an engineer, the rest is history.
_OPEN = "n % 12 = 0"

_PEOPLE = (
    """
    INSERT INTO customers (id, nickname, phone)
    SELECT md5('customer' || n)::uuid, '王女士', '138' || lpad(n::text, 8, '0') FROM generate_series(0, 9999) n
    """,
    """
    INSERT INTO service_points (id, name, city, districts, phone, latitude, longitude)
    SELECT md5('point' || n)::uuid, '服务站' || n, CASE n WHEN 0 THEN '上海市' ELSE '城市' || n END,
           ARRAY['浦东新区', '黄浦区'], '021-58881234', 31.2, 121.5 FROM generate_series(0, 49) n
    """,
    """
    INSERT INTO staff (id, username, password_hash, role, name, phone, active)
    SELECT md5('staff' || n)::uuid, 'staff' || n, '', CASE n WHEN 0 THEN 'manager' ELSE 'engineer' END,
           '陈师傅' || n, '13900139000', TRUE FROM generate_series(0, 50) n
    """,
    """
    INSERT INTO engineers (id, employee_no, photo_url, skills, licences, areas, latitude, longitude)
    SELECT md5('staff' || n)::uuid, 'E' || n, '', ARRAY['空调', '洗衣机'], ARRAY['制冷', '电工'], ARRAY['浦东新区'],
           31.2, 121.5 FROM generate_series(1, 50) n
    """,
    # What he reports again is known; what he reports for the first time is remembered.
    """
    INSERT INTO assets (id, customer_id, kind, category, brand, model, serial_number, plate_number)
    SELECT md5('asset' || n || category)::uuid, md5('customer' || n)::uuid, 'appliance', category, '回声', 'KFR-35GW',
           '', ''
      FROM generate_series(0, 9999) n, unnest(ARRAY['空调', '冰箱']) category
    """,
    """
    INSERT INTO sessions (id, audience, customer_id, staff_id, expires_at, created_at)
    SELECT md5('session customer' || n)::uuid, 'customer', md5('customer' || n)::uuid, NULL::uuid,
           now() + interval '10 years', now() FROM generate_series(0, 1999) n
     UNION ALL
    SELECT md5('session staff0')::uuid, 'staff', NULL, md5('staff0')::uuid, now() + interval '10 years', now()
    """,
)

_TICKETS = f"""
INSERT INTO tickets (id, number, version, seq, state, service_type, category, fault, brand, model,
                     serial_number, occurred_at, on_site, priority, warranty, customer_id, service_point_id,
                     created_by, contact_name, contact_phone, address, preferred_windows, diagnosis,
                     required_skill, required_licences, standard_minutes, engineer_id, visit_id, promised_at,
                     promise, wake_at, created_at, entered_at, completed_at, closed_at)
SELECT n, 'HX260101' || lpad(upper(to_hex(n * 2654435761 % 4294967296)), 10, '0'), 4, 4,
       CASE WHEN {_OPEN} THEN 'accepted' ELSE 'closed' END, 'repair', '空调', '开了半小时吹出来还是热风，一点不制冷',
       '回声', 'KFR-35GW', '', NULL, TRUE, 'normal', 'unknown', md5('customer' || {_CUSTOMER})::uuid,
       md5('point0')::uuid, md5('customer' || {_CUSTOMER}), '王女士', '13800138000',
       '{{"province": "上海市", "city": "上海市", "district": "浦东新区", "detail": "世纪大道 100 号 8 栋 1201 室",
          "latitude": 31.231, "longitude": 121.544}}', '[]',
       '{{"category": "空调", "fault": "制冷制热失效", "urgency": "普通", "parts": ["R32 冷媒", "四通阀"],
          "prepare": ["请清空空调周围一米"], "advice": [], "reasons": ["提到“不制冷”"], "rules": "1"}}',
       '空调', ARRAY['制冷'], 75, md5('staff' || (1 + n % 50))::uuid,
       CASE WHEN n % 5 = 1 AND NOT {_OPEN} THEN n END, $2::timestamptz + interval '1 day', '预计明天 10:00 前完成',
       CASE WHEN {_OPEN} THEN $2::timestamptz + interval '60 days' END, at, at + interval '3 hours',
       CASE WHEN NOT {_OPEN} THEN at + interval '3 hours' END, CASE WHEN NOT {_OPEN} THEN at + interval '3 hours' END
  FROM (SELECT n, $2::timestamptz - n % 200 * interval '1 day' AS at FROM generate_series(1, $1::bigint) n) t
"""
_EVENTS = f"""
INSERT INTO ticket_events (ticket_id, seq, event, from_state, state, actor_role, actor_id, text, data, at)
SELECT n, seq, event, source, CASE WHEN seq = 4 AND NOT {_OPEN} THEN 'closed' ELSE target END,
       CASE seq WHEN 4 THEN 'engineer' ELSE 'system' END,
       CASE seq WHEN 4 THEN md5('staff' || (1 + n % 50))::uuid::text ELSE 'system' END,
       '正在为您找合适的工程师', '{{"category": "空调"}}',
       $2::timestamptz - n % 200 * interval '1 day' + seq * interval '1 hour'
           + CASE seq WHEN 4 THEN n * 7919 % 3600 ELSE 0 END * interval '1 second'
  FROM generate_series(1, $1::bigint) n,
       (VALUES (1, 'submit', NULL, 'submitted'), (2, 'triage', 'submitted', 'dispatching'),
               (3, 'offer', 'dispatching', 'offered'), (4, 'accept', 'offered', 'accepted'))
           AS e (seq, event, source, target)
"""
_CLOCKS = f"""
INSERT INTO clock_segments (ticket_id, clock, from_seq, mode, started_at, ended_at)
SELECT n, clock, 1, 'run', at, CASE WHEN clock = 'response' OR NOT {_OPEN} THEN at + interval '3 hours' END
  FROM (SELECT n, $2::timestamptz - n % 200 * interval '1 day' AS at FROM generate_series(1, $1::bigint) n) t,
       unnest(ARRAY['response', 'resolution', 'legal']) AS clock
"""
_OUTBOX = f"""
INSERT INTO outbox (id, ticket_id, seq, kind, recipient, recipient_id, slots, state, available_at, fence,
                    attempts, client_msg_id, msgid, created_at, settled_at)
SELECT n * 2 - 2 + seq, n, seq, 'ticket_progress', 'customer', md5('customer' || {_CUSTOMER})::uuid,
       '{{"number": "HX2601010000000000", "service": "空调维修", "state": "已接单", "time": "2026年1月5日 14:00",
          "hint": "已收到您的报修"}}',
       'delivered', at, 1, 1, gen_random_uuid(), (3264000000000000000 + n * 2 + seq)::text, at, at
  FROM (SELECT n, $2::timestamptz - n % 200 * interval '1 day' AS at FROM generate_series(1, $1::bigint) n) t,
       generate_series(1, 2) seq
"""
_ATTEMPTS = """
INSERT INTO push_attempts (push_id, fence, started_at, finished_at, outcome, errcode)
SELECT n, 1, $2, $2, 'accepted', 0 FROM generate_series(1, $1::bigint * 2) n
"""
_VISITS = f"""
INSERT INTO visits (id, ticket_id, engineer_id, state, promised, planned, arrival_code, arrived_at, finished_at,
                    created_at)
SELECT n, n, md5('staff' || (1 + n % 50))::uuid, 'done', tstzrange(at, at + interval '2 hours'),
       tstzrange(at, at + interval '1 hour'), '123456', at, at + interval '1 hour', at
  FROM (SELECT n, $2::timestamptz - n % 200 * interval '1 day' AS at FROM generate_series(1, $1::bigint) n) t
 WHERE n % 5 = 1 AND NOT {_OPEN}
"""
_COMPLETIONS = f"""
INSERT INTO completions (ticket_id, seq, visit_id, engineer_id, fault_code, solution, parts, old_parts, charge_fen,
                         finished_at)
SELECT n, 4, n, md5('staff' || (1 + n % 50))::uuid, 'F01', '更换电容', '[]', 'none', 0,
       $2::timestamptz - n % 200 * interval '1 day' + interval '1 hour'
  FROM generate_series(1, $1::bigint) n WHERE n % 5 = 1 AND NOT {_OPEN}
"""
_RATINGS = f"""
INSERT INTO ratings (ticket_id, customer_id, engineer_id, attitude, expertise, timeliness, conduct, comment,
                     created_at)
SELECT n, md5('customer' || {_CUSTOMER})::uuid, md5('staff' || (1 + n % 50))::uuid, 5, 4, 5, 5, '很专业', $2
  FROM generate_series(1, $1::bigint) n WHERE n % 3 = 1 AND NOT {_OPEN}
"""
_FACTS = (_TICKETS, _EVENTS, _CLOCKS, _OUTBOX, _ATTEMPTS, _VISITS, _COMPLETIONS, _RATINGS)
_WORDS = f"INSERT INTO ticket_words (ticket_id, pairs) SELECT id, pairs_of({REMEMBERED}) FROM tickets"
_FILLED = (
    "tickets",
    "ticket_words",
    "ticket_events",
    "clock_segments",
    "outbox",
    "push_attempts",
    "visits",
    "completions",
    "ratings",
)

# Built after the rows: a tenth of the time. Those behind a constraint stay.
_INDEXES = """
SELECT i.indexname AS name, i.indexdef AS definition FROM pg_indexes i
 WHERE i.schemaname = 'public' AND i.tablename = ANY ($1)
   AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = i.indexname)
"""
_SEQUENCES = """
SELECT setval(pg_get_serial_sequence(name, 'id'), $1::bigint) FROM unnest(ARRAY['tickets', 'outbox', 'visits']) name
"""


async def fill(connection: asyncpg.Connection, tickets: int) -> None:
    """Into an empty, migrated database, as a superuser: the rows are known to refer to each other rightly."""
    await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
    await connection.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '64MB'")
    for statement in _PEOPLE:
        await connection.execute(statement)
    indexes = await connection.fetch(_INDEXES, list(_FILLED))
    for index in indexes:
        await connection.execute(f'DROP INDEX "{index["name"]}"')
    now = await connection.fetchval("SELECT now()")
    for statement in _FACTS:
        await connection.execute(statement, tickets, now, timeout=900)
    await connection.execute(_WORDS, timeout=900)
    for index in indexes:
        await connection.execute(index["definition"], timeout=900)
    await connection.execute(_SEQUENCES, tickets * 2 + 1000)
    await connection.execute("VACUUM (ANALYZE)", timeout=900)


def number_of(ticket: int) -> str:
    return "HX260101" + f"{ticket * 2654435761 % 4294967296:X}".rjust(10, "0")


def customer_of(ticket: int) -> int:
    return ticket % WITH_A_PAGE if ticket <= TICKETS_OF_THOSE else ticket % CUSTOMERS


def id_of(name: str) -> uuid.UUID:
    return uuid.UUID(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest())


def under_way(tickets: int, count: int) -> Sequence[int]:
    """Some that an engineer has accepted, spread over the whole table."""
    step = max(1, tickets // (count * 12)) * 12
    return range(step, tickets + 1, step)[:count]
