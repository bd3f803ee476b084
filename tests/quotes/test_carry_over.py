"""What an installation had before prices came in versions is version 1, and its open quotes go on."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.harness.databases import copy_name, create_empty, drop, migrate, take_back
from tests.harness.servers import Servers

BEFORE = """
INSERT INTO price_items (code, kind, category, name, unit, unit_price_fen, active, created_at) VALUES
    ('CALL-OUT', 'call_out', '', '上门检测费', '次', 5000, TRUE, '2026-01-02 17:00+00'),
    ('CALL-NIGHT', 'call_out', '', '夜间上门加价', '次', 5000, TRUE, '2026-01-02 17:00+00'),
    ('AC-P-CAP', 'part', '空调', '启动电容', '只', 4500, TRUE, '2026-01-03 17:00+00'),
    ('AC-L-OLD', 'labour', '空调', '旧项目', '次', 9900, FALSE, '2026-01-03 17:00+00');
INSERT INTO customers (id, nickname, phone) VALUES ('00000000-0000-4000-8000-000000000001', '王女士', '');
INSERT INTO staff (id, username, password_hash, role, name, phone, active)
VALUES ('00000000-0000-4000-8000-000000000002', 'e1', '', 'engineer', '陈师傅', '', TRUE);
INSERT INTO engineers (id, employee_no, photo_url, skills, licences, areas, latitude, longitude)
VALUES ('00000000-0000-4000-8000-000000000002', 'EL1', '', '{}', '{}', '{}', 31, 121);
INSERT INTO tickets (number, state, service_type, category, fault, brand, model, serial_number, on_site, priority,
                     warranty, customer_id, created_by, contact_name, contact_phone, preferred_windows, diagnosis,
                     required_skill, promised_at, promise, created_at, entered_at)
VALUES ('HX1', 'quote_pending', 'repair', '空调', '不制冷', '', '', '', TRUE, 'normal', 'unknown',
        '00000000-0000-4000-8000-000000000001', 'x', '王女士', '13800138000', '[]', '{}', '', now(), '', now(), now());
INSERT INTO quotes (ticket_id, version, state, lines, total_fen, engineer_id, created_at, decided_at)
SELECT t.id, n.version, n.state, '[]', n.total, '00000000-0000-4000-8000-000000000002', now(), n.decided
  FROM tickets t,
       (VALUES (1, 'approved', 4500, now()), (2, 'pending', 9000, NULL)) AS n (version, state, total, decided);
"""


@pytest.fixture
async def database(servers: Servers) -> AsyncIterator[tuple[str, asyncpg.Connection]]:
    """As a release before this one has left it."""
    name = copy_name("carried")
    url = await create_empty(servers.postgres_url, name)
    await asyncio.to_thread(migrate, url, "0006")
    connection = await asyncpg.connect(url)
    await connection.execute(BEFORE)
    yield url, connection
    await connection.close()
    await drop(servers.postgres_url, name)


async def test_prices_and_quotes_are_carried_over_and_back(
    database: tuple[str, asyncpg.Connection],
) -> None:
    url, rows = database
    await asyncio.to_thread(migrate, url, "0007")
    await rows.reload_schema_state()
    listed = await rows.fetchrow(
        "SELECT version, valid_from::text, published_at IS NOT NULL FROM price_lists"
    )
    assert tuple(listed) == (1, "2026-01-03", True)
    items = await rows.fetch(
        "SELECT code, kind, warranty_days, part_code, active FROM price_items WHERE list_version = 1 ORDER BY code"
    )
    assert [tuple(item) for item in items] == [
        ("AC-L-OLD", "labour", 90, "", False),
        ("AC-P-CAP", "part", 90, "AC-P-CAP", True),
        ("CALL-NIGHT", "surcharge", 0, "", True),
        ("CALL-OUT", "call_out", 0, "", True),
    ]
    based = "SELECT b.version FROM quotes q JOIN quotes b ON b.id = q.base_id WHERE q.version = 2"
    assert await rows.fetchval(based) == 1
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await rows.execute("UPDATE price_items SET unit_price_fen = 1")
    await asyncio.to_thread(take_back, url, "0006")
    await rows.reload_schema_state()
    kept = await rows.fetch(
        "SELECT code, unit_price_fen FROM price_items WHERE kind = 'call_out' ORDER BY code"
    )
    assert [tuple(item) for item in kept] == [("CALL-NIGHT", 5000), ("CALL-OUT", 5000)]
