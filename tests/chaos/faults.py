"""What goes wrong, and when: drawn from a seed, so that a bad run can be run again."""

import asyncio
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from os import kill

from redis.asyncio import Redis
from redis.exceptions import RedisError

from tests.chaos.house import House
from tests.harness.sandbox import Do, Sandbox

# The first three are what the house stands on; a run that has time for six faults has had them all.
KILLS = ("kill_api", "kill_worker", "kill_postgres", "kill_valkey", "flushall", "stop_worker")
# (name, weight, what the sandbox is told, how often it happens)
WECHAT: tuple[tuple[str, Do, int], ...] = (
    ("slow", {"slow": 300}, 30),
    ("busy", {"errcode": -1}, 10),
    ("bad_gateway", {"http": 502}, 10),
    ("drop_after_accept", "drop_after_accept", 6),
    ("hang", {"hang": 8}, 3),
    ("cb_duplicate", {"cb_duplicate": 2}, 20),
    ("cb_delay", {"cb_delay": 2}, 20),
)
_CALLBACKS = frozenset({"cb_duplicate", "cb_delay"})
_FROZEN_SECONDS = 3.0


class Saboteur:
    def __init__(self, house: House, sandbox: Sandbox, seed: int) -> None:
        self._house, self._sandbox = house, sandbox
        self._rng = random.Random(seed)
        self.done: Counter[str] = Counter()
        # Moments after which the service had to come back by itself.
        self.kills: list[tuple[str, float]] = []
        self._thaws: set[asyncio.Task[None]] = set()

    async def rage(self, until: float) -> None:
        deck: list[str] = []
        while (pause := self._rng.uniform(1, 3)) + time.monotonic() < until:
            await asyncio.sleep(pause)
            if not deck:
                deck = self._shuffled()
            await self._do(deck.pop())

    def _shuffled(self) -> list[str]:
        """Each kind once before any comes twice, the last first; every other one is a kill."""
        first, more, others = (
            list(KILLS[:3]),
            list(KILLS[3:]),
            [*(name for name, _, _ in WECHAT), "token_revoked"],
        )
        for kinds in (first, more, others):
            self._rng.shuffle(kinds)
        kills = more + first
        mixed = [kind for pair in zip(kills, others, strict=False) for kind in pair]
        return [*others[len(kills) :], *mixed]

    async def heal(self) -> None:
        await asyncio.gather(*self._thaws)
        await self._sandbox.heal()

    async def _do(self, kind: str) -> None:
        match kind:
            case "kill_api" | "kill_worker" | "kill_postgres" | "kill_valkey":
                if self._house.watch(kind.removeprefix("kill_")).kill() is None:
                    return
                self.kills.append((kind, time.monotonic()))
            case "flushall":
                await self._flush()
            case "stop_worker":
                self._freeze()
            case "token_revoked":
                await self._sandbox.revoke_tokens()
            case _:
                ((do, times),) = ((do, times) for name, do, times in WECHAT if name == kind)
                event = {"event": "TEMPLATESENDJOBFINISH"} if kind in _CALLBACKS else {}
                await self._sandbox.fault(do, times=times, **event)
        self.done[kind] += 1

    async def _flush(self) -> None:
        with suppress(RedisError, OSError):
            async with Redis.from_url(self._house.redis_url) as redis:
                await redis.flushall()

    def _freeze(self) -> None:
        pid = self._house.watch("worker").kill(signal.SIGSTOP)
        if pid is not None:
            self._thaws.add(asyncio.create_task(self._thaw(pid)))

    async def _thaw(self, pid: int) -> None:
        await asyncio.sleep(_FROZEN_SECONDS)
        # Killed meanwhile, it is gone: another one runs under another id.
        if self._house.watch("worker").part.pid == pid:
            with suppress(ProcessLookupError):
                kill(pid, signal.SIGCONT)
