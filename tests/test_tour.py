"""The whole house as separate processes, and three stories in it, one after the other: docs/quickstart-api.md, a
customer on the mini-program's pages, and the tour. To open a house takes longer than to tell a story.
"""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app.connection import connect
from app.services.operations.doctor import examine
from tests import quickstart
from tests.harness.sandbox import running_sandbox
from tests.harness.servers import ROOT, Servers
from tests.harness.service import running_service
from tests.miniprogram import live

STORY = [
    "submit", "triage", "offer", "offer", "accept", "book", "book", "depart", "urged", "arrive", "quote",
    "approve_quote", "approve_quote", "finish", "finish", "confirm", "rate_or_expire",
]  # fmt: skip


async def tour(env: Mapping[str, str]) -> tuple[int | None, dict[str, Any]]:
    walking = await asyncio.create_subprocess_exec(
        sys.executable, *("-m", "app.cli", "tour", "--json"), cwd=ROOT, env=env, stdout=PIPE, stderr=DEVNULL
    )
    out, _ = await walking.communicate()
    report: dict[str, Any] = json.loads(out)
    return walking.returncode, report


@pytest.mark.timeout(300)
async def test_the_page_of_commands_the_mini_program_and_the_tour_go_through(
    servers: Servers, tmp_path: Path
) -> None:
    async with (
        running_sandbox(tmp_path / "sandbox.db") as sandbox,
        running_service(servers, sandbox, tmp_path) as service,
    ):
        await quickstart.follow(service.base, sandbox.base)
        await live.walk(service.base, sandbox.base)
        status, report = await tour(service.env)
        said = {part: log.read_text()[-2000:] for part, log in service.logs.items()}
        assert status == 0, (report, said)
        check(report)

        connection = await connect(service.database_url, "test")
        assert await examine(connection) == []
        await connection.close()
        for process in (service.serving, service.working):
            process.terminate()
            async with asyncio.timeout(20):
                assert await process.wait() == 0


def check(report: dict[str, Any]) -> None:
    assert report["ok"], report
    # The planner may give the visit to somebody else before anybody sets out; his phone is one more.
    moved = [push for push in report["pushes"] if push["event"] == "replanned"]
    pushes = [push for push in report["pushes"] if push["event"] != "replanned"]
    assert [push["event"] for push in pushes] == STORY
    assert (report["missing"], report["surplus"], report["in_order"]) == ([], [], True)
    assert all(push["rows"]["工单编号"] == report["ticket"] for push in report["pushes"])
    assert {push["who"] for push in report["pushes"] if push["phone"] == "林晓雨"} == {"customer"}
    # The engineer hears of his offer, his appointment, the urging and the consent; nobody else hears anything.
    assert [push["event"] for push in pushes if push["who"] == "engineer"] == [
        "offer", "book", "urged", "approve_quote",
    ]  # fmt: skip
    phones = {push["phone"] for push in pushes}
    assert len(phones) == 2 or moved
    assert report["median_delay_ms"] < 5000
    before, after = report["kpi_before"], report["kpi_after"]
    assert after["attitude"]["n"] == before["attitude"]["n"] + 1
    assert after["employee_no"] == before["employee_no"] == report["engineer"]
