"""One seed: open the house, let people live in it while it is being wrecked, heal, wait, check."""

import asyncio
import random
import time
from typing import Any

import asyncpg
import httpx

from app.connection import speak_json
from app.platform import accounts
from app.settings import Settings
from tests.chaos.checker import check
from tests.chaos.client import Client
from tests.chaos.customers import Customer
from tests.chaos.engineers import Engineer
from tests.chaos.evidence import WAITING, gather
from tests.chaos.faults import Saboteur
from tests.chaos.house import House
from tests.chaos.ledger import Ledger
from tests.chaos.report import (
    DRAIN_WITHIN,
    Report,
    back_within,
    errors_percent,
    first_success,
    quantile,
    served_since,
)
from tests.chaos.strangers import Strangers
from tests.chaos.town import Town, settle_town
from tests.harness.sandbox import SECRET, Sandbox
from tests.harness.servers import ROOT

FOLDER = ROOT / ".huixiang" / "chaos"
# Seconds that people live on in any case when it is over.
_PEACE = 1.0


async def run(seed: int, seconds: float) -> Report:
    async with House(FOLDER / f"seed-{seed}") as house:
        settings = settings_of(house)
        headers = {"Authorization": f"Bearer {SECRET}"}
        async with (
            httpx.AsyncClient(base_url=house.wechat, headers=headers, trust_env=False, timeout=20) as control,
            httpx.AsyncClient(base_url=house.api, trust_env=False, timeout=8) as http,
        ):
            sandbox = Sandbox(house.wechat, control)
            town = await settle_town(settings, sandbox)
            ledger, saboteur = Ledger(), Saboteur(house, sandbox, seed)
            await _wreck(seed, seconds, town, Client(http, ledger), settings, saboteur, house)
            drain = await _drain(house)
            async with Connection(house.database_url) as connection:
                evidence = await gather(connection, sandbox)
    slowest, after = first_success(ledger, saboteur.kills)
    times = [took for _, took in ledger.answered]
    return Report(
        seed=seed,
        seconds=seconds,
        faults=dict(sorted(saboteur.done.items())),
        errors_percent=errors_percent(ledger),
        p50_ms=quantile(times, 0.50),
        p99_ms=quantile(times, 0.99),
        time_to_first_success=slowest,
        slowest_after=after,
        api_start_s=house.start_seconds,
        drain_s=drain,
        token_fetches=evidence.token_fetches,
        verdict=check(ledger, evidence),
    )


async def _wreck(
    seed: int,
    seconds: float,
    town: Town,
    client: Client,
    settings: Settings,
    saboteur: Saboteur,
    house: House,
) -> None:
    until = time.monotonic() + seconds

    def running() -> bool:
        # When it is over somebody still has to notice that everything is back.
        missed = saboteur.kills and not served_since(client.ledger, saboteur.kills[-1][1])
        longer = back_within(house.start_seconds) if missed else 0.0
        return time.monotonic() < until + _PEACE + longer

    def somebody(name: str, token: str = "") -> tuple[Client, random.Random]:
        return Client(client.http, client.ledger, token), random.Random(f"{seed} {name}")

    official = accounts(settings)[settings.official_appid]
    async with asyncio.TaskGroup() as lives:
        for number, token in enumerate(town.customers):
            lives.create_task(Customer(*somebody(f"customer {number}", token), running).live())
        for number, token in enumerate(town.engineers):
            lives.create_task(Engineer(*somebody(f"engineer {number}", token), running).live())
        anonymous, rng = somebody("strangers")
        lives.create_task(Strangers(anonymous, official, rng, running).come())
        lives.create_task(saboteur.rage(until))
    await saboteur.heal()


async def _drain(house: House) -> float:
    """Seconds until nothing waits to be sent or handled, at most as many as are allowed."""
    began = time.monotonic()
    async with Connection(house.database_url) as connection:
        while time.monotonic() - began < DRAIN_WITHIN:
            if await connection.fetchval(WAITING) == 0:
                break
            await asyncio.sleep(0.1)
    return round(time.monotonic() - began, 1)


class Connection:
    """A connection to a database that may just be getting up."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __aenter__(self) -> asyncpg.Connection:
        async with asyncio.timeout(30):
            while True:
                try:
                    self._connection = await asyncpg.connect(self._url, timeout=5)
                    break
                except (OSError, asyncpg.PostgresError):
                    await asyncio.sleep(0.2)
        await speak_json(self._connection)
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()


def settings_of(house: House) -> Settings:
    """The same as the processes have, for what this process does itself."""
    prefix = "HUIXIANG_"
    found: dict[str, Any] = {
        name.removeprefix(prefix).lower(): value
        for name, value in house.env.items()
        if name.startswith(prefix)
    }
    return Settings(_env_file=None, **found)
