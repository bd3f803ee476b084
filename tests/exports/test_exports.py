"""What a customer takes along: all that is his, nothing that is anybody else's, and nothing that bites."""

import csv
import io
import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import asyncpg
import orjson
import pytest

from app.integrations.storage import StoredObject, open_store
from app.services.attachments.urls import Variant
from app.services.exports.archive import zipped
from app.services.exports.gather import MOST_A_DAY, Export, Picture
from app.services.exports.table import as_csv, safe
from tests.harness.callers import Caller
from tests.households.conftest import Family
from tests.tickets import bodies
from tests.tickets.story import SCORES, Story

URL = "/api/v1/me/export.zip"
FORMULA = '=HYPERLINK("http://evil","点我")'


async def taken(who: Caller) -> dict[str, bytes]:
    answer = await who.get(URL)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


async def test_it_holds_all_that_is_his(family: Family, story: Story) -> None:
    await story.completed(asset_id=str(family.asset.id), fault=FORMULA)
    await story.customer.post(f"/api/v1/tickets/{story.number}/messages", json={"text": "<b>谢谢</b>"})
    await story.step(story.customer, "confirm")
    await story.step(story.customer, "rate_or_expire", **SCORES, comment="很好")
    files = await taken(family.wang)
    document: dict[str, Any] = orjson.loads(files["archive.json"])
    (asset,), (ticket,) = document["assets"], document["tickets"]
    assert (document["me"]["phone"], asset["serial_number"]) == ("13800138000", "SN-1")
    assert (ticket["fault"], ticket["rating"]["comment"]) == (FORMULA, "很好")
    assert ticket["address"]["detail"]
    named = {photo["url"] for job in asset["jobs"] for photo in job["photos"]}
    assert named == {name for name in files if name.startswith("photos/")}
    assert all(files[name].startswith(b"\xff\xd8") for name in named)
    (row,) = table(files["tickets.csv"])
    assert (row["问题"], row["电话"], row["实付（元）"]) == (f"'{FORMULA}", "13800138000", "160.00")
    assert [row["序列号"] for row in table(files["assets.csv"])] == ["SN-1"]
    page = files["index.html"].decode()
    assert "&lt;b&gt;谢谢&lt;/b&gt;" in page
    assert named <= {part.split('"')[0] for part in page.split('src="')[1:]}


async def test_it_holds_nothing_of_others(family: Family, story: Story) -> None:
    """Neither what a household shows him, nor what its owner reported on it."""
    await story.submit(asset_id=str(family.asset.id))
    report = bodies.report(asset_id=str(family.asset.id), contact={"name": "李", "phone": "13700137000"})
    reported = (await family.li.post("/api/v1/tickets", json=report)).json()["number"]
    document = orjson.loads((await taken(family.li))["archive.json"])
    assert document["assets"] == []
    assert [ticket["number"] for ticket in document["tickets"]] == [reported]
    theirs = (await taken(family.wang))["archive.json"]
    assert b"13700137000" not in theirs


async def test_somebody_of_whom_nothing_is_known_gets_just_that(stranger: Caller) -> None:
    files = await taken(stranger)
    assert "还没有登记设备" in files["index.html"].decode()
    assert table(files["tickets.csv"]) == []


async def test_each_export_is_logged_and_there_are_not_many_a_day(
    stranger: Caller, rows: asyncpg.Connection
) -> None:
    for _ in range(MOST_A_DAY):
        await taken(stranger)
    refused = await stranger.get(URL)
    assert (refused.status_code, "retry-after" in refused.headers) == (429, True)
    logged = await rows.fetchval("SELECT count(*) FROM audit_log WHERE action = 'export_own_data'")
    assert logged == MOST_A_DAY


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1"])
def test_a_formula_is_made_words(cell: str) -> None:
    assert safe(cell) == f"'{cell}"
    assert next(iter(table(as_csv(["a"], [[cell]]))))["a"] == f"'{cell}"


@pytest.mark.parametrize("cell", ["空调", "3-1", 160, None, ""])
def test_other_cells_stay_as_they_are(cell: object) -> None:
    assert safe(cell) == ("" if cell is None else str(cell))


class _Heavy:
    """A store in which every photo has eight megabytes."""

    async def get(self, key: str, *, begin: int = 0, end: int | None = None) -> StoredObject | None:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(64):
                yield bytes(128 * 1024)

        return StoredObject(8 << 20, chunks(), 0, 8 << 20)


def empty(*pictures: Picture) -> Export:
    me = {"nickname": "", "phone": "", "created_at": datetime(2026, 6, 15, tzinfo=UTC), "preferences": {}}
    return Export(datetime(2026, 6, 15, tzinfo=UTC), me, (), (), pictures)


async def test_many_photos_take_no_memory() -> None:
    pictures = [Picture(uuid4(), Variant.FULL, f"photos/{n}.jpg") for n in range(8)]
    sent = 0
    tracemalloc.start()
    async for part in zipped(empty(*pictures), "", _Heavy()):  # type: ignore[arg-type]
        sent += len(part)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent > 64 << 20
    assert peak < 2 << 20


async def test_a_photo_that_is_gone_is_left_out() -> None:
    picture = Picture(uuid4(), Variant.FULL, "photos/a.jpg")
    whole = b"".join([part async for part in zipped(empty(picture), "", open_store("memory://"))])
    assert "photos/a.jpg" not in ZipFile(io.BytesIO(whole)).namelist()
