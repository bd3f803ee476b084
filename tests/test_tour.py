"""The whole house as separate processes, and the tour through it: what `make demo` and `huixiang tour` show."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.db import connect
from app.services.operations.doctor import examine
from sandbox import defaults
from tests.conftest import SECRET_KEY
from tests.harness.databases import copy_name, create_copy, drop
from tests.harness.sandbox import ACCOUNTS, SECRET, free_port, running_sandbox
from tests.harness.servers import ROOT, Servers

STORY = [
    "submit", "triage", "offer", "offer", "accept", "book", "book", "depart", "urged", "arrive", "quote",
    "approve_quote", "approve_quote", "finish", "finish", "confirm", "rate_or_expire",
]  # fmt: skip


@asynccontextmanager
async def command(env: Mapping[str, str], *words: str, log: Path) -> AsyncIterator[Process]:
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


async def answers(url: str, process: Process) -> None:
    async with asyncio.timeout(45), httpx.AsyncClient(trust_env=False) as client:
        while process.returncode is None:
            try:
                if (await client.get(url)).is_success:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    raise AssertionError(f"ended with {process.returncode} before it answered")


async def tour(env: Mapping[str, str]) -> tuple[int | None, dict[str, Any]]:
    walking = await asyncio.create_subprocess_exec(
        sys.executable, *("-m", "app.cli", "tour", "--json"), cwd=ROOT, env=env, stdout=PIPE, stderr=DEVNULL
    )
    out, _ = await walking.communicate()
    report: dict[str, Any] = json.loads(out)
    return walking.returncode, report


@pytest.mark.timeout(150)
async def test_the_tour_goes_through_and_every_message_arrives_once(servers: Servers, tmp_path: Path) -> None:
    name = copy_name("tour")
    url = await create_copy(servers.postgres_url, name)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(drop, servers.postgres_url, name)
        sandbox = await stack.enter_async_context(running_sandbox(tmp_path / "sandbox.db"))
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        await sandbox.call_back(f"{base}/wechat/{defaults.OFFICIAL_APPID}/callback")
        env = os.environ | environment(url, servers.valkey_url, base, sandbox.base, tmp_path)
        log = {part: tmp_path / f"{part}.log" for part in ("seed", "api", "worker")}
        # All at once: the town is ready before the others are.
        seeding = await stack.enter_async_context(command(env, "seed", "--tickets", "12", log=log["seed"]))
        serving = await stack.enter_async_context(command(env, "api", "--port", str(port), log=log["api"]))
        working = await stack.enter_async_context(command(env, "worker", log=log["worker"]))
        assert await seeding.wait() == 0, log["seed"].read_text()
        await answers(f"{base}/healthz", serving)

        status, report = await tour(env)
        assert status == 0, (report, log["api"].read_text()[-2000:], log["worker"].read_text()[-2000:])
        check(report)

        connection = await connect(url, "test")
        assert await examine(connection) == []
        await connection.close()
        for service in (serving, working):
            service.terminate()
            async with asyncio.timeout(20):
                assert await service.wait() == 0


def environment(url: str, redis_url: str, base: str, sandbox: str, folder: Path) -> dict[str, str]:
    accounts = {f"HUIXIANG_{name.upper()}": value for name, value in ACCOUNTS.items()}
    return accounts | {
        "HUIXIANG_ENVIRONMENT": "demo",
        "HUIXIANG_DATABASE_URL": url,
        "HUIXIANG_REDIS_URL": redis_url,
        "HUIXIANG_SECRET_KEY": SECRET_KEY,
        "HUIXIANG_PUBLIC_BASE_URL": base,
        "HUIXIANG_STORAGE_URL": (folder / "objects").as_uri(),
        "HUIXIANG_WECHAT_API_BASE": sandbox,
        "HUIXIANG_WECHAT_OPEN_BASE": sandbox,
        "HUIXIANG_WECHAT_MP_BASE": sandbox,
        "HUIXIANG_SANDBOX_SECRET": SECRET,
    }


def check(report: dict[str, Any]) -> None:
    assert report["ok"], report
    pushes = report["pushes"]
    assert [push["event"] for push in pushes] == STORY
    assert (report["missing"], report["surplus"], report["in_order"]) == ([], [], True)
    assert all(push["rows"]["工单编号"] == report["ticket"] for push in pushes)
    assert {push["who"] for push in pushes if push["phone"] == "林晓雨"} == {"customer"}
    # The engineer hears of his offer, his appointment, the urging and the consent; nobody else hears anything.
    assert [push["event"] for push in pushes if push["who"] == "engineer"] == [
        "offer", "book", "urged", "approve_quote",
    ]  # fmt: skip
    assert len({push["phone"] for push in pushes}) == 2
    assert report["median_delay_ms"] < 5000
    before, after = report["kpi_before"], report["kpi_after"]
    assert after["attitude"]["n"] == before["attitude"]["n"] + 1
    assert after["employee_no"] == before["employee_no"] == report["engineer"]
