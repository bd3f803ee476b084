"""The districts that the house serves: one of them is chosen faster than it is typed, and is never misspelt."""

from collections.abc import Iterable
from dataclasses import dataclass

import asyncpg

from app.domain.divisions import province_of

_AREAS = """
SELECT city, array_agg(DISTINCT district ORDER BY district) AS districts
  FROM service_points, unnest(districts) AS district GROUP BY city ORDER BY city
"""
# It stands in the name of no place.
_BETWEEN = "/"


@dataclass(frozen=True)
class Area:
    city: str
    districts: tuple[str, ...]

    @property
    def province(self) -> str:
        """Empty where we do not know it, and it has to be typed."""
        return province_of(self.city)

    def __contains__(self, chosen: str) -> bool:
        city, _, district = chosen.partition(_BETWEEN)
        return city == self.city and district in self.districts


async def list_areas(connection: asyncpg.Connection) -> list[Area]:
    """By city; empty where no service point says what it serves."""
    return [Area(row["city"], tuple(row["districts"])) for row in await connection.fetch(_AREAS)]


def chosen(areas: Iterable[Area], value: str) -> dict[str, str]:
    """The words of an address that a choice stands for, the province where it is known; none for one that nobody
    offered."""
    city, _, district = value.partition(_BETWEEN)
    area = next((area for area in areas if value in area), None)
    if area is None:
        return {}
    words = {"province": area.province, "city": city, "district": district}
    return {name: word for name, word in words.items() if word}


def area_of(city: str, district: str) -> str:
    """As the value of a choice."""
    return f"{city}{_BETWEEN}{district}"
