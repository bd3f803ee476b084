"""What a version of the price table changes, before anybody publishes it."""

from dataclasses import dataclass

import asyncpg

from app.domain.pricing import KIND_LABELS
from app.schemas.prices import PriceLine, PriceListDetail
from app.services.prices.lists import price_list

_BEFORE = """
SELECT max(version) FROM price_lists WHERE version < $1 AND published_at IS NOT NULL
"""


@dataclass(frozen=True)
class Difference:
    """Of one item; ``what`` are sentences in Chinese."""

    code: str
    name: str
    what: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """``against`` is the version published before; None for the first one."""

    against: int | None
    items: tuple[Difference, ...]


async def compare(connection: asyncpg.Connection, version: int) -> Comparison:
    """Errors: not_found."""
    after = await price_list(connection, version)
    against = await connection.fetchval(_BEFORE, version)
    before = await price_list(connection, against) if against else None
    return Comparison(against, tuple(differences(before, after)))


def differences(before: PriceListDetail | None, after: PriceListDetail) -> list[Difference]:
    """By code, in the order of the table."""
    old = {line.code: line for line in before.items if line.active} if before else {}
    new = {line.code: line for line in after.items if line.active}
    found = [
        Difference(line.code, line.name, tuple(_changed(old[code], line)) if code in old else ("新增",))
        for code, line in new.items()
    ]
    gone = [Difference(line.code, line.name, ("不再提供",)) for code, line in old.items() if code not in new]
    return [each for each in found if each.what] + gone


def _changed(old: PriceLine, new: PriceLine) -> list[str]:
    said = []
    if old.unit_price_fen != new.unit_price_fen:
        said.append(f"单价 {_yuan(old.unit_price_fen)} → {_yuan(new.unit_price_fen)} 元{_share(old, new)}")
    for city in sorted(old.city_prices.keys() | new.city_prices.keys()):
        was, now = old.city_prices.get(city), new.city_prices.get(city)
        if was != now:
            said.append(f"{city} {_or_same(was)} → {_or_same(now)}")
    words = (
        ("名称", old.name, new.name),
        ("类别", KIND_LABELS[old.kind], KIND_LABELS[new.kind]),
        ("品类", old.category or "通用", new.category or "通用"),
        ("单位", old.unit, new.unit),
        ("保修", f"{old.warranty_days} 天", f"{new.warranty_days} 天"),
        ("配件编码", old.part_code or "无", new.part_code or "无"),
        ("维修则免收", _yes(old.waived_with_repair), _yes(new.waived_with_repair)),
    )
    return said + [f"{name} {was} → {now}" for name, was, now in words if was != now]


def _share(old: PriceLine, new: PriceLine) -> str:
    if not old.unit_price_fen:
        return ""
    return f"（{(new.unit_price_fen - old.unit_price_fen) / old.unit_price_fen:+.0%}）"


def _or_same(fen: int | None) -> str:
    return "与全国相同" if fen is None else f"{_yuan(fen)} 元"


def _yuan(fen: int) -> str:
    return f"{fen / 100:.2f}"


def _yes(value: bool) -> str:
    return "是" if value else "否"
