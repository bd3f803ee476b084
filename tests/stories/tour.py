"""The tour: what `huixiang tour` shows, and that each message of it arrives once."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE
from typing import Any

from tests.harness.servers import ROOT
from tests.harness.service import Service

STORY = [
    "submit", "triage", "offer", "offer", "accept", "book", "book", "depart", "urged", "arrive", "quote",
    "approve_quote", "approve_quote", "finish", "finish", "confirm", "rate_or_expire",
]  # fmt: skip


async def tell(service: Service) -> None:
    walking = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.cli", "tour", "--json"),
        cwd=ROOT,
        env=service.env,
        stdout=PIPE,
        stderr=DEVNULL,
    )
    out, _ = await walking.communicate()
    report: dict[str, Any] = json.loads(out)
    said = {part: log.read_text()[-2000:] for part, log in service.logs.items()}
    assert walking.returncode == 0, (report, said)
    _check(report)


def _check(report: dict[str, Any]) -> None:
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
