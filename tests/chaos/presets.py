"""Each fault preset under load, and one table of what became of everything.

API, worker and sandbox run as processes; a town of customers and engineers reports, repairs and rates meanwhile. When
a preset is over, all that was to be told must have reached the person, lie in his inbox, or be dead for a reason.
"""

import asyncio
import random
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
import httpx

from tests.chaos.checker import check
from tests.chaos.client import Client
from tests.chaos.customers import Customer
from tests.chaos.engineers import Engineer
from tests.chaos.evidence import WAITING, Evidence, gather
from tests.chaos.house import House
from tests.chaos.ledger import Ledger
from tests.chaos.report import quantile
from tests.chaos.run import Connection, settings_of
from tests.chaos.town import CUSTOMERS, Town, settle_town
from tests.harness.sandbox import SECRET, Sandbox
from tests.harness.servers import ROOT

FOLDER = ROOT / ".huixiang" / "presets"
LONG = 20.0
DRAIN_WITHIN = 120.0

# As a person would afterwards: everybody follows again, what was broken is mended.
_MENDED = """
UPDATE wechat_identities SET follows = TRUE, unreachable_reason = NULL WHERE NOT follows
"""
_CLOSED = "UPDATE alarms SET closed_at = now(), closed_by = 'test' WHERE closed_at IS NULL"
_ALARMS = "SELECT kind, sum(times) AS times FROM alarms WHERE closed_at IS NULL GROUP BY kind ORDER BY kind"
_REFUSED = """
SELECT count(*) AS calls, count(*) FILTER (WHERE outcome NOT IN ('accepted', 'review')) AS troubled
  FROM push_attempts WHERE push_id > $1 AND outcome <> 'not_sent'
"""
# Told by WeChat within seconds, or lost: nothing here may lose a report.
_UNREPORTED = """
SELECT count(*) FROM outbox WHERE state IN ('accepted', 'in_review') AND coalesce(channel, 'template') = 'template'
"""
_KEPT = """
SELECT n.result, n.attempts, n.handled_at IS NOT NULL AS handled FROM outbox o
  JOIN wechat_inbound n ON n.raw LIKE '%' || o.msgid || '%' WHERE o.id = $1
"""
# What was kept for tomorrow is sent when tomorrow comes.
_TOMORROW = "UPDATE outbox SET available_at = now() WHERE state = 'deferred'"
# A short run does not wait until a minute's quota is new either.
_NEXT_MINUTE = "UPDATE outbox SET available_at = now() WHERE state = 'queued'"
_BY_CHAT = "SELECT count(*) FROM outbox WHERE channel = 'custom' AND state = 'delivered'"


@dataclass(frozen=True)
class Row:
    preset: str
    acked: int
    pushes: int
    ends: Counter[str]
    calls: int
    troubled: int
    alarms: str
    lost: int
    inversions: int
    doubled: int
    p99_ms: float
    drain_s: float
    broken: tuple[str, ...]


async def run(seconds: float, names: Sequence[str], seed: int = 1) -> list[Row]:
    async with House(FOLDER / f"seed-{seed}") as house:
        settings = settings_of(house)
        headers = {"Authorization": f"Bearer {SECRET}"}
        async with (
            httpx.AsyncClient(base_url=house.wechat, headers=headers, trust_env=False, timeout=20) as control,
            httpx.AsyncClient(base_url=house.api, trust_env=False, timeout=8) as http,
            Connection(house.database_url) as connection,
        ):
            sandbox = Sandbox(house.wechat, control)
            await sandbox.call_back(f"{house.api}/wechat/{settings.official_appid}/callback")
            town = await settle_town(settings, sandbox)
            stage = _Stage(connection, sandbox, town, http, seed)
            return [await stage.play(name, seconds) for name in names]


@dataclass
class _Stage:
    connection: asyncpg.Connection
    sandbox: Sandbox
    town: Town
    http: httpx.AsyncClient
    seed: int

    def __post_init__(self) -> None:
        # One for all presets: what was promised under the first must hold after the last.
        self._ledger = Ledger()

    async def play(self, name: str, seconds: float) -> Row:
        newest = await self.connection.fetchval("SELECT coalesce(max(id), 0) FROM outbox")
        acked, answered = self._ledger.acked, len(self._ledger.answered)
        if name == "用户拒收":
            await self._open_windows()
        await self.sandbox.control("POST", "presets", {"name": name})
        await self._live(name, seconds)
        await self.sandbox.heal()
        alarms = ", ".join(f"{r['kind']}×{r['times']}" for r in await self.connection.fetch(_ALARMS))
        await self.connection.execute(_CLOSED)
        await self.connection.execute(_TOMORROW)
        if seconds < LONG:
            await self.connection.execute(_NEXT_MINUTE)
        drain = await self._drain()
        evidence = await gather(self.connection, self.sandbox)
        verdict = check(self._ledger, evidence)
        fresh = [push for push in evidence.pushes if push.id > newest]
        tries = await self.connection.fetchrow(_REFUSED, newest)
        await self.connection.execute(_MENDED)
        return Row(
            preset=name,
            acked=self._ledger.acked - acked,
            pushes=len(fresh),
            ends=Counter(_end(push.state, push.channel) for push in fresh),
            calls=tries["calls"],
            troubled=tries["troubled"],
            alarms=alarms or "–",
            lost=verdict.acked_lost + verdict.push_lost,
            inversions=verdict.inversions,
            doubled=verdict.dup_visible,
            p99_ms=quantile([took for _, took in self._ledger.answered[answered:]], 0.99),
            drain_s=drain,
            broken=(*verdict.broken, *await self._more(evidence)),
        )

    async def _live(self, name: str, seconds: float) -> None:
        until = time.monotonic() + seconds

        def running() -> bool:
            return time.monotonic() < until

        def somebody(who: str, token: str) -> tuple[Client, random.Random]:
            return Client(self.http, self._ledger, token), random.Random(f"{self.seed} {name} {who}")

        async with asyncio.TaskGroup() as lives:
            for number, token in enumerate(self.town.customers):
                lives.create_task(Customer(*somebody(f"c{number}", token), running).live())
            for number, token in enumerate(self.town.engineers):
                lives.create_task(Engineer(*somebody(f"e{number}", token), running).live())

    async def _open_windows(self) -> None:
        """Half of the customers write to the account, so that the chat is open to them."""
        for number in range(0, CUSTOMERS, 2):
            await self.sandbox.act(f"u-c{number:02d}", "send_text", text="你好")

    async def _drain(self) -> float:
        began = time.monotonic()
        while time.monotonic() - began < DRAIN_WITHIN:
            pending = (await self.sandbox.stats()).callbacks_pending
            waiting = await self.connection.fetchval(WAITING)
            if not pending and not waiting and not await self.connection.fetchval(_UNREPORTED):
                break
            await asyncio.sleep(0.1)
        return round(time.monotonic() - began, 1)

    async def _more(self, evidence: Evidence) -> list[str]:
        """What the general check cannot know: every end is one, and the chat has what it was told, once."""
        unreported = [push for push in evidence.pushes if push.state in ("accepted", "in_review")]
        kept = {push.id: await self.connection.fetch(_KEPT, push.id) for push in unreported}
        found = [
            f"push {push.id} is {push.state}; callbacks about it: {[tuple(row) for row in kept[push.id]]}"
            for push in unreported
        ]
        page = await self.sandbox.control("GET", "messages", query={"channel": "custom", "limit": 10_000})
        seen, sent = len(page["items"]), await self.connection.fetchval(_BY_CHAT)
        return found + ([] if seen == sent else [f"the chats have {seen} messages, {sent} were sent"])


_ENDS = {
    "delivered": "送达",
    "inbox": "收件箱",
    "parked": "收件箱",
    "superseded": "被更新取代",
    "dead": "失败有因",
}


def _end(state: str, channel: str | None) -> str:
    return "客服消息" if (state, channel) == ("delivered", "custom") else _ENDS.get(state, f"未了结 {state}")


def table(rows: Sequence[Row], seconds: float) -> str:
    """For people: what was written, where it went, what was broken."""
    heads = (
        "场景",
        "写入",
        "推送",
        "去向",
        "调用/受阻",
        "告警",
        "丢失",
        "乱序",
        "重复",
        "p99",
        "排空",
        "结论",
    )
    lines = [heads, *(_cells(row) for row in rows)]
    widths = [max(_width(line[place]) for line in lines) for place in range(len(heads))]
    body = [
        "  ".join(cell + " " * (w - _width(cell)) for cell, w in zip(line, widths, strict=True))
        for line in lines
    ]
    return "\n".join([f"故障预设，每个 {seconds:g} 秒，负载中：", *body])


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.preset,
        str(row.acked),
        str(row.pushes),
        " ".join(f"{end} {count}" for end, count in row.ends.most_common()),
        f"{row.calls}/{row.troubled}",
        row.alarms,
        str(row.lost),
        str(row.inversions),
        str(row.doubled),
        f"{row.p99_ms:.0f} ms",
        f"{row.drain_s} s",
        f"{len(row.broken)} 处不符" if row.broken else "通过",
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
