"""Everything that a run needs around it: servers, databases, the product, and people who may call it."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from app.models.people import Audience
from app.services.sessions.tokens import Claims, encode
from bench import databases, sql_bars
from bench.client import Tally
from bench.processes import Service, database_cpu
from bench.requests import Order
from bench.rounds import Run
from bench.rows import CUSTOMERS, MANAGER, WITH_A_PAGE, customer_of, id_of, number_of, under_way
from devstack import Stack
from devstack.state import State
from sandbox import defaults

Call = tuple[str, str, int]
CONNECTIONS = 32
SIGNED_IN = 2000
# What a bar of bare SQL gets: more connections do not make it faster.
SQL_CONNECTIONS = 16
UVICORN = (
    "--port {port} --workers 2 --loop uvloop --http httptools --ws none --no-access-log --no-server-header"
    " --log-level warning"
)


@dataclass(frozen=True)
class Size:
    """One size of the data with the product on it."""

    tickets: int
    url: str
    api: Service


class Field:
    def __init__(self, stack: Stack, folder: Path) -> None:
        self._stack = stack
        self._state = State(folder / "programs")
        self._folder = folder
        self._taken: set[int] = set()
        self._services: list[Service] = []
        for path in (self._state.logs, self._state.run):
            path.mkdir(parents=True, exist_ok=True)

    async def open(self, tickets: int, name: str) -> Size:
        template = await databases.prepared(self._stack.database_url, tickets)
        url = await databases.copy(self._stack.database_url, template, f"bench_run_{name}")
        api = self.start(
            f"api-{name}", [*_uvicorn("bench.serve:product", UVICORN)], HUIXIANG_DATABASE_URL=url
        )
        api.wait_ready()
        return Size(tickets, url, api)

    def bare(self) -> Service:
        service = self.start("bare", [*_uvicorn("bench.serve:bare", UVICORN)])
        service.wait_ready("/ping")
        return service

    def start(self, name: str, command: Sequence[str], **env: str) -> Service:
        secret = self._state.secret("application")
        common = {
            "HUIXIANG_ENVIRONMENT": "production",
            "HUIXIANG_SECRET_KEY": secret,
            "HUIXIANG_ACCESS_LOG": "false",
            "HUIXIANG_LOG_LEVEL": "WARNING",
            "HUIXIANG_QUIET_HOURS": "",
            "HUIXIANG_REDIS_URL": self._stack.redis_url,
            "HUIXIANG_STORAGE_URL": f"file://{self._folder}/objects",
            "HUIXIANG_OFFICIAL_APPID": defaults.OFFICIAL_APPID,
            "HUIXIANG_OFFICIAL_SECRET": defaults.OFFICIAL_SECRET,
            "HUIXIANG_OFFICIAL_TOKEN": defaults.OFFICIAL_TOKEN,
            "HUIXIANG_OFFICIAL_AES_KEY": defaults.OFFICIAL_AES_KEY,
            "HUIXIANG_MINI_APPID": defaults.MINI_APPID,
            "HUIXIANG_MINI_SECRET": defaults.MINI_SECRET,
        }
        service = Service(name, command, self._state, common | env, self._taken)
        self._services.append(service)
        return service

    def secret(self, name: str) -> str:
        return self._state.secret(name)

    def stop(self) -> None:
        for service in reversed(self._services):
            service.stop()

    async def http(self, what: str, service: Service, calls: list[Call], seconds: float) -> Run:
        order = Order(what, service.port, CONNECTIONS, seconds, service.workers(), calls)
        return await self._measured("bench.client", asdict(order), service)

    async def state(self, size: Size, seconds: float) -> Run:
        return await self.http("state", size.api, await self.changeable(size, 0, CONNECTIONS), seconds)

    async def state_sql(self, size: Size, seconds: float) -> Run:
        found = await self.changeable(size, CONNECTIONS, SQL_CONNECTIONS)
        tickets = [(number, version) for _, number, version in found]
        order = {"url": size.url, "tickets": tickets, "seconds": seconds}
        return await self._measured("bench.sql_bars", order, None)

    async def submit_sql(self, size: Size, seconds: float) -> Run:
        database = self._database_cpu()
        tally = await asyncio.to_thread(
            sql_bars.three_inserts,
            size.url,
            connections=CONNECTIONS,
            seconds=seconds,
            folder=self._state.root,
        )
        return Run(tally, 0.0, (self._database_cpu() - database) * 1000 / tally.count)

    async def _measured(self, module: str, order: dict[str, object], service: Service | None) -> Run:
        path = self._state.root / "order.json"
        path.write_text(json.dumps(order), encoding="utf-8")
        server, database = service.cpu() if service else 0.0, self._database_cpu()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, str(path), stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        if process.returncode != 0:
            raise SystemExit(f"{module} failed")
        tally = Tally(**json.loads(output))
        if not tally.count:
            raise SystemExit(f"{module} did nothing")
        server = (service.cpu() - server) * 1000 if service else tally.cpu * 1000
        database = (self._database_cpu() - database) * 1000
        return Run(tally, server / tally.count, database / tally.count)

    def _database_cpu(self) -> float:
        pid = self._stack.postgres.pid
        if pid is None:
            raise SystemExit("the bench needs a PostgreSQL of its own: unset DATABASE_URL")
        return database_cpu(pid)

    def people(self) -> list[Call]:
        """Signed-in customers who report something."""
        return [(self._customer_token(n), "", 0) for n in range(SIGNED_IN)]

    def pages(self) -> list[Call]:
        """Customers whose first page is full at every size."""
        return [(self._customer_token(n), "", 0) for n in range(WITH_A_PAGE)]

    def owned(self, tickets: int) -> list[Call]:
        """Tickets from all over the table, each with its owner."""
        reachable = [
            n for n in range(1, tickets + 1, max(1, tickets // 20_000)) if customer_of(n) < SIGNED_IN
        ]
        return [(self._customer_token(customer_of(n)), number_of(n), 0) for n in reachable[:4000]]

    async def changeable(self, size: Size, skip: int, count: int) -> list[Call]:
        """Tickets that an engineer has accepted, with their present version."""
        numbers = [number_of(n) for n in under_way(size.tickets, skip + count)[skip:]]
        connection = await asyncpg.connect(size.url)
        rows = await connection.fetch(
            "SELECT number, version FROM tickets WHERE number = ANY ($1) ORDER BY id", numbers
        )
        await connection.close()
        token = self.token(Audience.STAFF, f"staff{MANAGER}")
        return [(token, row["number"], row["version"]) for row in rows]

    def _customer_token(self, number: int) -> str:
        return self.token(Audience.CUSTOMER, f"customer{number % CUSTOMERS}")

    def token(self, audience: Audience, name: str) -> str:
        now = datetime.now(UTC)
        claims = Claims(audience, id_of(name), id_of(f"session {name}"), now + timedelta(days=1))
        return encode(claims, key=self._state.secret("application").encode(), now=now)


def _uvicorn(application: str, options: str) -> list[str]:
    return [sys.executable, "-m", "uvicorn", "--factory", application, *options.split(" ")]
