"""The whole service as separate processes beside a sandbox: seeded town, API and worker, as a demo runs them."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from app.connection import connect
from app.integrations.sandbox import Sandbox as Phones
from app.integrations.storage import open_store
from app.services.seed.seed import seed_town
from sandbox import defaults
from tests.harness.databases import copy_name, create_copy, drop
from tests.harness.sandbox import ACCOUNTS, SECRET, Sandbox, free_port
from tests.harness.servers import ROOT, Servers

_SECRET_KEY = "a key of a service that lives for one test, long enough for every HMAC"


@dataclass(frozen=True)
class Service:
    base: str
    database_url: str
    env: Mapping[str, str]
    serving: Process
    working: Process
    # Where each of them writes what it has to say.
    logs: Mapping[str, Path]


@asynccontextmanager
async def running_service(
    servers: Servers, sandbox: Sandbox, folder: Path, *, tickets: int = 12
) -> AsyncIterator[Service]:
    name = copy_name("service")
    url = await create_copy(servers.postgres_url, name)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(drop, servers.postgres_url, name)
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        await sandbox.call_back(f"{base}/wechat/{defaults.OFFICIAL_APPID}/callback")
        env = os.environ | _environment(url, servers.valkey_url, base, sandbox.base, folder)
        logs = {part: folder / f"{part}.log" for part in ("api", "worker")}
        api = _command(env, "api", "--port", str(port), log=logs["api"])
        serving = await stack.enter_async_context(api)
        working = await stack.enter_async_context(_command(env, "worker", log=logs["worker"]))
        # Here and not by the command, which would load all of the service for it; its own tests are in tests/cli.
        await _settle(url, env["HUIXIANG_STORAGE_URL"], sandbox.base, tickets)
        await _answers(f"{base}/healthz", serving)
        yield Service(base, url, env, serving, working, logs)


async def _settle(url: str, storage: str, wechat: str, tickets: int) -> None:
    connection = await connect(url, "test")
    async with Phones(wechat, SECRET) as phones:
        await seed_town(
            connection,
            open_store(storage),
            phones,
            environment="demo",
            tickets=tickets,
            now=datetime.now(UTC),
        )
    await connection.close()


@asynccontextmanager
async def _command(env: Mapping[str, str], *words: str, log: Path) -> AsyncIterator[Process]:
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *("-m", "app.cli", *words), cwd=ROOT, env=env, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(15):
            await process.wait()


async def _answers(url: str, process: Process) -> None:
    async with asyncio.timeout(45), httpx.AsyncClient(trust_env=False) as client:
        while process.returncode is None:
            try:
                if (await client.get(url)).is_success:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    raise AssertionError(f"ended with {process.returncode} before it answered")


def _environment(url: str, redis_url: str, base: str, sandbox: str, folder: Path) -> dict[str, str]:
    accounts = {f"HUIXIANG_{name.upper()}": value for name, value in ACCOUNTS.items()}
    return accounts | {
        "HUIXIANG_ENVIRONMENT": "demo",
        # The story is told at any hour: the invitation to rate must not wait for the morning.
        "HUIXIANG_QUIET_HOURS": "",
        "HUIXIANG_DATABASE_URL": url,
        "HUIXIANG_REDIS_URL": redis_url,
        "HUIXIANG_SECRET_KEY": _SECRET_KEY,
        "HUIXIANG_PUBLIC_BASE_URL": base,
        "HUIXIANG_STORAGE_URL": (folder / "objects").as_uri(),
        "HUIXIANG_WECHAT_API_BASE": sandbox,
        "HUIXIANG_WECHAT_OPEN_BASE": sandbox,
        "HUIXIANG_WECHAT_MP_BASE": sandbox,
        "HUIXIANG_SANDBOX_SECRET": SECRET,
    }
