"""The measurement that ``python -m bench`` makes: hot paths against their bars, sizes against each other."""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from app.wechat.templates import TEMPLATES
from bench import databases, relay
from bench.field import Field, Size
from bench.relay import Relayed, Sandbox
from bench.rounds import Run, Slice, Spread, cpu_ratios, interleave, rate_ratios, spread
from devstack import Stack

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".huixiang" / "bench"
OPERATIONS = ("submit", "state", "read", "list")
BARS = {"submit": "three inserts", "state": "state in SQL", "read": "bare route", "list": "bare route"}
# The size at which the product is held against its bars, unless the plan has only smaller ones.
USUAL = 200_000
FLOORS = {"submit": 0.30, "state": 0.30, "read": 0.40, "list": 0.30}


@dataclass(frozen=True)
class Plan:
    sizes: tuple[int, ...]
    rounds: int
    seconds: float
    relay_seconds: float
    parts: tuple[str, ...] = ("hot", "relay")

    @property
    def judged(self) -> int:
        return max(size for size in self.sizes if size <= USUAL)


@dataclass(frozen=True)
class Found:
    """Everything that a run has found: runs by "operation size" and by the name of the bar."""

    plan: Plan
    runs: dict[str, list[Run]]
    relayed: Relayed | None

    def ours(self, operation: str, tickets: int) -> list[Run]:
        return self.runs[f"{operation} {tickets}"]

    def against_bar(self, operation: str) -> Spread:
        return rate_ratios(self.ours(operation, self.plan.judged), self.runs[BARS[operation]])

    def growth(self, operation: str, tickets: int) -> Spread:
        return cpu_ratios(self.ours(operation, tickets), self.ours(operation, self.plan.sizes[0]))

    def slowdown(self, operation: str, tickets: int) -> Spread:
        return rate_ratios(self.ours(operation, self.plan.sizes[0]), self.ours(operation, tickets))

    def as_json(self) -> dict[str, object]:
        return {
            "plan": asdict(self.plan),
            "bars": {operation: asdict(self.against_bar(operation)) for operation in OPERATIONS if self.runs},
            "growth": {
                f"{operation} {tickets}": {
                    "cpu": asdict(self.growth(operation, tickets)),
                    "time": asdict(self.slowdown(operation, tickets)),
                }
                for operation in OPERATIONS
                for tickets in self.plan.sizes[1:]
                if self.runs
            },
            "runs": {
                name: {
                    "rate": asdict(spread([run.rate for run in runs])),
                    "server_ms": asdict(spread([run.server_ms for run in runs])),
                    "database_ms": asdict(spread([run.database_ms for run in runs])),
                    "p50_ms": asdict(spread([run.tally.p50 for run in runs])),
                    "p99_ms": asdict(spread([run.tally.p99 for run in runs])),
                }
                for name, runs in self.runs.items()
            },
            "relay": asdict(self.relayed) if self.relayed else None,
        }


async def measure(stack: Stack, plan: Plan) -> Found:
    field = Field(stack, FOLDER)
    try:
        relayed = await _relay(field, plan) if "relay" in plan.parts else None
        if "hot" not in plan.parts:
            return Found(plan, {}, relayed)
        bare = field.bare()
        sizes = [await field.open(tickets, str(tickets)) for tickets in plan.sizes]
        for size in sizes:
            await interleave(_operations(field, size, 1.0), 1)
        judged = sizes[plan.sizes.index(plan.judged)]
        bars: dict[str, Slice] = {
            "three inserts": partial(field.submit_sql, judged, plan.seconds),
            "state in SQL": partial(field.state_sql, judged, plan.seconds),
            "bare route": partial(field.http, "ping", bare, [], plan.seconds),
        }
        ours = {size.tickets: _operations(field, size, plan.seconds) for size in sizes}
        return Found(plan, await interleave(_in_order(bars, ours, plan), plan.rounds), relayed)
    finally:
        field.stop()


def _in_order(bars: dict[str, Slice], ours: dict[int, dict[str, Slice]], plan: Plan) -> dict[str, Slice]:
    """What is held against the bare route runs next to it: a machine is not the same a little later. What writes
    keeps away from the bars of bare SQL, in whose wake the database is still writing."""
    order = dict(bars)
    for operation in sorted(OPERATIONS, key=lambda operation: BARS[operation] != "bare route"):
        for tickets in sorted(ours, key=lambda tickets: tickets != plan.judged):
            name = f"{operation} {tickets}"
            order[name] = ours[tickets][name]
    return order


def _operations(field: Field, size: Size, seconds: float) -> dict[str, Slice]:
    return {
        f"submit {size.tickets}": partial(field.http, "submit", size.api, field.people(), seconds),
        f"state {size.tickets}": partial(field.state, size, seconds),
        f"read {size.tickets}": partial(field.http, "read", size.api, field.owned(size.tickets), seconds),
        f"list {size.tickets}": partial(field.http, "list", size.api, field.pages(), seconds),
    }


async def _relay(field: Field, plan: Plan) -> Relayed:
    """With everything at work: the API takes the callbacks that the sandbox owes for each message."""
    size = await field.open(plan.sizes[0], "relay")
    platform = field.start(
        "sandbox",
        [sys.executable, "-m", "sandbox", "--port", "{port}"],
        SANDBOX_SECRET=field.secret("sandbox"),
        SANDBOX_CALLBACK_BASE=size.api.url,
        HUIXIANG_ENVIRONMENT="test",
    )
    platform.wait_ready("/favicon.ico")
    sandbox = Sandbox(platform.url, field.secret("sandbox"))
    openids = await relay.followers(size.url, sandbox)
    worker = field.start(
        "worker",
        [sys.executable, "-m", "bench.serve"],
        HUIXIANG_DATABASE_URL=size.url,
        HUIXIANG_WECHAT_API_BASE=platform.url,
        HUIXIANG_TEMPLATE_IDS=json.dumps({kind.value: card.template_id for kind, card in TEMPLATES.items()}),
    )
    try:
        return await relay.measure(size.url, sandbox, openids, plan.relay_seconds)
    finally:
        for service in (worker, platform, size.api):
            await asyncio.to_thread(service.stop)
        await databases.drop(size.url.rpartition("/")[0] + "/postgres", "bench_run_relay")
