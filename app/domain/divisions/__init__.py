"""In which province a city lies: whoever has chosen a city need not say it."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "provinces.toml"


def province_of(city: str) -> str:
    """Empty for a city of which we do not know it."""
    return _provinces().get(city, "")


@cache
def _provinces() -> Mapping[str, str]:
    found: dict[str, list[str]] = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return {city: province for province, cities in found.items() for city in cities}
