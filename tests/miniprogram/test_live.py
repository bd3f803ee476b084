"""The mini-program's pages and the client against the whole service over HTTP: no answer in it is made up."""

import asyncio
import os
from pathlib import Path

import pytest

from clients.npm import tool
from tests.harness.sandbox import SECRET, running_sandbox
from tests.harness.servers import Servers
from tests.harness.service import running_service


@pytest.mark.timeout(300)
async def test_a_customer_reports_follows_and_rates_on_the_pages(servers: Servers, tmp_path: Path) -> None:
    async with (
        running_sandbox(tmp_path / "sandbox.db") as sandbox,
        running_service(servers, sandbox, tmp_path) as service,
    ):
        where = {
            "HUIXIANG_BASE": service.base,
            "HUIXIANG_SANDBOX": sandbox.base,
            "HUIXIANG_SANDBOX_SECRET": SECRET,
        }
        await asyncio.to_thread(jest_against, where)


def jest_against(where: dict[str, str]) -> None:
    tool(
        "jest",
        "--ci",
        "--config",
        "jest.live.config.js",
        "--maxWorkers=2",
        seconds=240,
        env=os.environ | where,
    )
