"""The town as records: its branches, its homes, and what people there are called."""

import tomllib
import uuid
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.domain.situation import Address
from app.domain.travel import Point

DATA = Path(__file__).parent / "data"
# Known to everybody who reads this: which is why a town is never planted in production.
DEMO_PASSWORD = "huixiang-demo"  # noqa: S105 - printed by the demo
_NAMESPACE = uuid.UUID("6f9d0c0e-0b5e-5a57-9f0e-d1ab10e7e5a1")


def stable_id(kind: str, key: str) -> uuid.UUID:
    """The same id for the same thing in every town that is ever planted."""
    return uuid.uuid5(_NAMESPACE, f"{kind}/{key}")


@dataclass(frozen=True)
class Home:
    """A compound of flats; the room makes it an address."""

    detail: str
    at: Point


@dataclass(frozen=True)
class Branch:
    key: str
    name: str
    district: str
    phone: str
    at: Point
    near: tuple[str, ...]
    manager: str
    homes: tuple[Home, ...]

    @property
    def id(self) -> uuid.UUID:
        return stable_id("service-point", self.key)


@dataclass(frozen=True)
class Trade:
    key: str
    categories: tuple[str, ...]
    licences: tuple[str, ...]
    each: int


@dataclass(frozen=True)
class NightTeam:
    point: str
    size: int
    licences: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class NamedContractor:
    """``engineers`` are usernames; all of its work is done from the branches of ours."""

    name: str
    contact_name: str
    phone: str
    dispatcher: str
    engineers: tuple[str, ...]
    service_types: tuple[str, ...]
    warranties: tuple[str, ...]

    @property
    def id(self) -> uuid.UUID:
        return stable_id("contractor", self.name)


@dataclass(frozen=True)
class NamedAsset:
    model: str
    serial_number: str
    years: float


@dataclass(frozen=True)
class NamedCustomer:
    phone_of: str
    name: str
    phone: str
    point: str
    home: int
    room: str
    follows: bool
    assets: tuple[NamedAsset, ...]


@dataclass(frozen=True)
class Town:
    province: str
    city: str
    branches: tuple[Branch, ...]
    trades: tuple[Trade, ...]
    night_team: NightTeam
    contractor: NamedContractor
    agents: tuple[str, ...]
    admin: str
    surnames: str
    men: tuple[str, ...]
    women: tuple[str, ...]
    customers: tuple[NamedCustomer, ...]

    def branch(self, key: str) -> Branch:
        return next(branch for branch in self.branches if branch.key == key)

    @property
    def districts(self) -> tuple[str, ...]:
        return tuple(branch.district for branch in self.branches)

    def address(self, branch: Branch, home: Home, room: str) -> Address:
        detail = f"{home.detail} {room}"
        return Address(self.province, self.city, branch.district, detail, home.at.lat, home.at.lng)


@lru_cache
def load_town() -> Town:
    with (DATA / "town.toml").open("rb") as file:
        content = tomllib.load(file)
    names, night = content["names"], content["night_team"]
    return Town(
        province=content["province"],
        city=content["city"],
        branches=tuple(map(_branch, content["point"])),
        trades=tuple(map(_trade, content["trade"])),
        night_team=NightTeam(night["point"], night["size"], tuple(night["licences"]), tuple(night["names"])),
        contractor=_contractor(content["contractor"]),
        agents=tuple(content["desk"]["agents"]),
        admin=content["desk"]["admin"],
        surnames=names["surnames"],
        men=tuple(names["men"]),
        women=tuple(names["women"]),
        customers=tuple(map(_customer, content["customer"])),
    )


def _branch(row: dict[str, Any]) -> Branch:
    homes = tuple(Home(detail, Point(lat, lng)) for detail, lat, lng in row["homes"])
    at, near = Point(*row["at"]), tuple(row["near"])
    return Branch(row["key"], row["name"], row["district"], row["phone"], at, near, row["manager"], homes)


def _trade(row: dict[str, Any]) -> Trade:
    return Trade(row["key"], tuple(row["categories"]), tuple(row["licences"]), row["each"])


def _contractor(row: dict[str, Any]) -> NamedContractor:
    lists = {key: tuple(row[key]) for key in ("engineers", "service_types", "warranties")}
    return NamedContractor(**row | lists)


def _customer(row: dict[str, Any]) -> NamedCustomer:
    return NamedCustomer(**row | {"assets": tuple(NamedAsset(*asset) for asset in row["assets"])})
