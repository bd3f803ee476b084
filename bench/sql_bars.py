"""What the database alone can do: the bars that the product is held against.

Reports are written by pgbench, the same three rows in three prepared statements. Changes of state are the
product's own two statements with the product's own arguments, sent by asyncpg without anything around them.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

import asyncpg
import uvloop
from asyncpg.transaction import Transaction

from app.connection import SERVER_SETTINGS, speak_json
from app.domain.actor import Actor
from app.domain.lifecycle import Event, Role
from app.schemas.transitions import Resume, Suspend
from app.services.tickets.load import load
from app.services.tickets.transition import transition
from bench.client import Tally
from bench.rows import MANAGER, id_of
from devstack.binaries import postgres_bin

MANAGER_ACTOR = Actor(Role.MANAGER, str(id_of(f"staff{MANAGER}")))

THREE_INSERTS = """
\\set c random(0, 9999)
BEGIN;
INSERT INTO tickets (number, state, service_type, category, brand, model, serial_number, customer_id,
                     service_point_id, created_by, fault, on_site, priority, contact_name, contact_phone, address,
                     preferred_windows, diagnosis, required_skill, required_licences, standard_minutes,
                     promised_at, promise, wake_at, created_at, entered_at, warranty)
VALUES ('HX261122' || upper(left(md5(random()::text), 10)), 'submitted', 'repair', '空调', '回声', 'KFR-35GW', '',
        md5('customer' || :c)::uuid, md5('point0')::uuid, md5('customer' || :c), '开了半小时吹出来还是热风，一点不制冷',
        TRUE, 'normal', '王女士', '13800138000',
        '{"province": "上海市", "city": "上海市", "district": "浦东新区", "detail": "世纪大道 100 号 8 栋 1201 室",
          "latitude": 31.231, "longitude": 121.544}', '[]',
        '{"category": "空调", "fault": "制冷制热失效", "urgency": "普通", "parts": ["R32 冷媒", "四通阀"],
          "prepare": ["请清空空调周围一米"], "advice": [], "reasons": ["提到“不制冷”"], "rules": "1"}',
        '空调', ARRAY['制冷'], 75, now() + interval '2 hours', '预计明天 10:00 前联系您', now(), now(), now(),
        'unknown')
RETURNING id AS ticket \\gset
INSERT INTO ticket_events (ticket_id, seq, event, state, actor_role, actor_id, text, data, at)
VALUES (:ticket, 1, 'submit', 'submitted', 'customer', md5('customer' || :c), '已收到您的报修，马上为您安排',
        '{}', now());
INSERT INTO outbox (ticket_id, seq, kind, recipient, recipient_id, slots, available_at, client_msg_id, created_at)
VALUES (:ticket, 1, 'ticket_progress', 'customer', md5('customer' || :c)::uuid,
        '{"number": "HX2611220000000000", "service": "空调维修", "state": "已提交", "time": "2026年11月22日 14:00",
          "hint": "已收到您的报修，马上为您安排"}', now(), gen_random_uuid(), now());
COMMIT;
"""

Ticket: TypeAlias = tuple[str, int]


def three_inserts(url: str, *, connections: int, seconds: float, folder: Path) -> Tally:
    script = folder / "submit.pgbench"
    script.write_text(THREE_INSERTS, encoding="utf-8")
    address = urlsplit(url)
    command = [str(postgres_bin() / "pgbench"), "-n", "-M", "prepared", "-c", str(connections), "-j", "1"]
    command += ["-T", str(max(1, round(seconds))), "-f", str(script), "-h", str(address.hostname)]
    command += ["-p", str(address.port), "-U", str(address.username), address.path.lstrip("/")]
    env = os.environ | {"PGPASSWORD": unquote(address.password or "")}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)  # noqa: S603
    if done.returncode != 0:
        raise SystemExit(f"pgbench: {done.stderr[-800:]}")
    count = _number(r"actually processed: (\d+)", done.stdout)
    tps = _number(r"tps = ([\d.]+) \(without", done.stdout)
    latency = _number(r"latency average = ([\d.]+)", done.stdout)
    return Tally(int(count), 0, count / tps, latency, 0.0, 0.0)


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise SystemExit(f"pgbench said something unexpected: {text[-400:]}")
    return float(found.group(1))


@dataclass
class Statement:
    method: str
    text: str
    values: list[Any]


class Recorder:
    """Stands where a connection stands, and keeps what the product sent."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self.sent: list[Statement] = []

    async def fetchrow(self, text: str, *values: Any) -> Any:
        self.sent.append(Statement("fetchrow", text, list(values)))
        return await self._connection.fetchrow(text, *values)

    async def fetchval(self, text: str, *values: Any) -> Any:
        self.sent.append(Statement("fetchval", text, list(values)))
        return await self._connection.fetchval(text, *values)

    async def execute(self, text: str, *values: Any) -> Any:
        self.sent.append(Statement("execute", text, list(values)))
        return await self._connection.execute(text, *values)

    def transaction(self) -> Transaction:
        """Not recorded: whoever repeats the statements opens one himself."""
        return self._connection.transaction()


async def state_changes(url: str, tickets: Sequence[Ticket], seconds: float) -> Tally:
    """One connection for each ticket; each goes back and forth between two states."""
    pool = await asyncpg.create_pool(
        url, min_size=len(tickets), max_size=len(tickets), init=speak_json, server_settings=SERVER_SETTINGS
    )
    times: list[float] = []
    async with asyncio.TaskGroup() as preparing:
        rows = [preparing.create_task(_recorded(pool, *ticket)) for ticket in tickets]
    started, cpu = time.perf_counter(), time.process_time()
    async with asyncio.TaskGroup() as running:
        for row in rows:
            running.create_task(_repeat(pool, *row.result(), started + seconds, times))
    lasted, cpu = time.perf_counter() - started, time.process_time() - cpu
    await pool.close()
    times.sort()
    p50, p99 = times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000
    return Tally(len(times), 0, lasted, p50, p99, cpu)


async def _recorded(
    pool: asyncpg.Pool, number: str, version: int
) -> tuple[list[Statement], list[Statement], int]:
    """What the product sends to put this ticket aside, and to take it up again."""
    now = datetime.now(UTC)
    resume_at = now + timedelta(days=20)
    suspend = Suspend(event=Event.SUSPEND, version=version, reason_code="customer_away", resume_at=resume_at)
    sent: list[list[Statement]] = []
    async with pool.acquire() as connection, connection.transaction():
        for body in (suspend, Resume(event=Event.RESUME, version=version + 1)):
            recorder = Recorder(connection)
            await transition(recorder, number, body, actor=MANAGER_ACTOR, now=now)
            sent.append(recorder.sent)
        after = await load(connection, number, MANAGER_ACTOR)
    return sent[0], sent[1], after.version


async def _repeat(
    pool: asyncpg.Pool,
    there: list[Statement],
    back: list[Statement],
    version: int,
    deadline: float,
    times: list[float],
) -> None:
    async with pool.acquire() as connection:
        turn = 0
        # Back and forth to the end, so that the next round finds the ticket where this one found it.
        while time.perf_counter() < deadline or turn % 2:
            began = time.perf_counter()
            statements = there if turn % 2 == 0 else back
            async with connection.transaction():
                for statement in statements:
                    if statement is statements[-1]:
                        statement.values[2], statement.values[4] = version, version + 1
                    done = await getattr(connection, statement.method)(statement.text, *statement.values)
                if done is None:
                    raise SystemExit("the ticket is no longer where the bench left it")
            version, turn = version + 1, turn + 1
            times.append(time.perf_counter() - began)


def main() -> None:
    order = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    tally = uvloop.run(state_changes(order["url"], order["tickets"], order["seconds"]))
    print(json.dumps(asdict(tally)))


if __name__ == "__main__":
    main()
