"""The export as one ZIP file that is written while it is sent: never more than a chunk of a photo is in memory."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import orjson

from app.domain.zone import ZONE
from app.services.attachments.objects import PhotoStore, key_of
from app.services.exports.gather import Export
from app.services.exports.table import as_csv

_TICKETS = (
    "工单编号",
    "服务",
    "设备",
    "问题",
    "状态",
    "联系人",
    "电话",
    "地址",
    "报修时间",
    "完成时间",
    "实付（元）",
)
_ASSETS = ("名称", "房间", "类别", "品牌", "型号", "序列号", "车牌", "购买日期", "购买凭证", "服务次数")
_PURCHASE = {"unknown": "未登记", "claimed": "待核实", "verified": "已核实"}


class Sink:
    """Takes what ``ZipFile`` writes and hands it on; it cannot be sought, so sizes follow their files."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nor is anything open."""

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


async def zipped(export: Export, index: str, store: PhotoStore) -> AsyncIterator[bytes]:
    """``index`` is the page for people. A photo that is gone from the store is left out."""
    sink = Sink()
    with ZipFile(sink, "w") as archive:
        for name, content in _papers(export, index):
            archive.writestr(_entry(name, export.made_at, ZIP_DEFLATED), content)
            yield sink.take()
        for picture in export.pictures:
            stored = await store.get(key_of(picture.id, picture.variant))
            if stored is None:
                continue
            with archive.open(_entry(picture.name, export.made_at, ZIP_STORED), "w") as entry:
                async for chunk in stored.chunks:
                    entry.write(chunk)
                    yield sink.take()
    yield sink.take()


def _papers(export: Export, index: str) -> Iterator[tuple[str, bytes]]:
    yield "index.html", index.encode()
    yield "archive.json", orjson.dumps(export.document(), option=orjson.OPT_INDENT_2)
    yield "tickets.csv", as_csv(_TICKETS, _ticket_rows(export))
    yield "assets.csv", as_csv(_ASSETS, _asset_rows(export))


def _ticket_rows(export: Export) -> Iterator[tuple[object, ...]]:
    for t in export.tickets:
        where = t["address"] or {}
        charged = t["charged_fen"]
        yield (
            t["number"],
            t["service"],
            f"{t['category']} {t['brand']} {t['model']}".strip(),
            t["fault"],
            t["label"],
            t["contact_name"],
            t["contact_phone"],
            "".join(where.get(part, "") for part in ("province", "city", "district", "detail")),
            _local(t["created_at"]),
            _local(t["completed_at"]),
            "" if charged is None else f"{charged / 100:.2f}",
        )


def _asset_rows(export: Export) -> Iterator[tuple[object, ...]]:
    for a in export.archives:
        yield (
            a.name,
            a.room,
            a.category,
            a.brand,
            a.model,
            a.serial_number,
            a.plate_number,
            a.purchased_on,
            _PURCHASE[a.purchase],
            len(a.jobs),
        )


def _local(at: datetime | None) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}" if at else ""


def _entry(name: str, at: datetime, compression: int) -> ZipInfo:
    info = ZipInfo(name, at.astimezone(ZONE).timetuple()[:6])
    info.compress_type = compression
    return info
