"""The rules by which labels are read, from TOML: how labels name things, and what each brand's numbers say."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
FIELDS = ("brand", "model", "serial_number", "category", "manufactured_on")


@dataclass(frozen=True)
class Identifier:
    """Of GS1. ``length`` 0: up to the next separator. ``field`` empty: of no use here."""

    length: int
    field: str


@dataclass(frozen=True)
class Brand:
    name: str
    names: frozenset[str]
    hosts: frozenset[str]
    serial: re.Pattern[str]
    models: tuple[tuple[re.Pattern[str], str], ...]

    def category_of(self, model: str) -> str:
        return next((category for pattern, category in self.models if pattern.fullmatch(model)), "")


@dataclass(frozen=True)
class Rules:
    lines: Mapping[str, str]
    query: Mapping[str, str]
    gs1: Mapping[str, Identifier]
    plain: re.Pattern[str]
    brands: tuple[Brand, ...]

    def brand_named(self, word: str) -> Brand | None:
        return next((brand for brand in self.brands if word.casefold() in brand.names), None)


@cache
def load_rules() -> Rules:
    table = _read(_HERE / "rules.toml")
    return Rules(
        lines=_by_word(table["lines"]),
        query=_by_word(table["query"]),
        gs1={key: Identifier(**each) for key, each in table["gs1"].items()},
        plain=re.compile(table["plain"]["serial_number"]),
        brands=tuple(_brand(_read(path)) for path in sorted((_HERE / "brands").glob("*.toml"))),
    )


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text())


def _by_word(table: Mapping[str, list[str]]) -> dict[str, str]:
    return {word: field for field, words in table.items() for word in words}


def _brand(table: Mapping[str, Any]) -> Brand:
    return Brand(
        name=table["brand"],
        names=frozenset(name.casefold() for name in table["names"]),
        hosts=frozenset(table["hosts"]),
        serial=re.compile(table["serial"]),
        models=tuple((re.compile(each["pattern"]), each["category"]) for each in table["models"]),
    )
