"""Who lives and works in the town, made from its names by a seeded random."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random

from app.domain.situation import Address
from app.domain.travel import Point
from app.domain.triage import Category, required_skill
from app.models.people import StaffRole
from app.services.seed.town import Branch, NamedAsset, NamedContractor, Town, Trade, stable_id

# The hours of a working day; the first have a break at noon.
SHIFTS: tuple[tuple[tuple[int, int], ...], ...] = (((8, 12), (13, 17)), ((9, 18),), ((10, 19),))
# How many customers have a phone in the sandbox, so that what happens to them can be watched.
WITH_PHONE = 30


@dataclass(frozen=True)
class Employee:
    """``username`` is also the name of his phone in the sandbox."""

    username: str
    name: str
    role: StaffRole
    phone: str
    branch: Branch | None
    contractor: NamedContractor | None = None

    @property
    def id(self) -> uuid.UUID:
        return stable_id("staff", self.username)


@dataclass(frozen=True)
class FieldEngineer:
    """``shift`` are the hours of a working day; None is the night team's, which works around the clock."""

    employee: Employee
    number: int
    categories: tuple[str, ...]
    licences: tuple[str, ...]
    areas: tuple[str, ...]
    home: Point
    shift: tuple[tuple[int, int], ...] | None

    @property
    def id(self) -> uuid.UUID:
        return self.employee.id

    @cached_property
    def skills(self) -> tuple[str, ...]:
        """What triage may ask of whoever goes to appliances of these kinds."""
        return tuple(sorted({required_skill(category, "repair") for category in self.categories}))

    @property
    def employee_no(self) -> str:
        return f"EL{self.number:04d}"


@dataclass(frozen=True)
class Household:
    """A customer with his address. Without ``phone_of`` he is known to us, and not to the sandbox."""

    key: str
    name: str
    phone: str
    branch: Branch
    address: Address
    phone_of: str | None = None
    follows: bool = True
    assets: tuple[NamedAsset, ...] = ()

    @property
    def id(self) -> uuid.UUID:
        return stable_id("customer", self.key)


@dataclass(frozen=True)
class Population:
    desk: tuple[Employee, ...]
    engineers: tuple[FieldEngineer, ...]
    households: tuple[Household, ...]

    @property
    def employees(self) -> tuple[Employee, ...]:
        return (*self.desk, *(engineer.employee for engineer in self.engineers))


def populate(town: Town, *, customers: int) -> Population:
    rng = Random("people of Kunming")  # noqa: S311 - a town, not a secret
    names = _names(town, rng)
    return Population(
        desk=tuple(_desk(town)),
        engineers=tuple(_engineers(town, names, rng)),
        households=tuple(_households(town, names, customers)),
    )


def _names(town: Town, rng: Random) -> Iterator[str]:
    """No two alike, so that a name is enough to know whom a list means."""
    taken = {*town.agents, *town.night_team.names, town.admin, town.contractor.dispatcher}
    taken |= {branch.manager for branch in town.branches} | {customer.name for customer in town.customers}
    given = (*town.men, *town.women)
    while True:
        name = rng.choice(town.surnames) + rng.choice(given)
        if name not in taken:
            taken.add(name)
            yield name


def _desk(town: Town) -> Iterator[Employee]:
    for number, name in enumerate(town.agents):
        username = "kefu" if number == 0 else f"kefu{number + 1}"
        yield Employee(username, name, StaffRole.AGENT, f"1370000{number + 1:04d}", None)
    for number, branch in enumerate(town.branches):
        username = "zhuguan" if number == 0 else f"zhuguan{number + 1}"
        yield Employee(username, branch.manager, StaffRole.MANAGER, f"1370001{number + 1:04d}", branch)
    yield Employee("admin", town.admin, StaffRole.ADMIN, "13700020001", None)
    hired = town.contractor
    yield Employee("waibao", hired.dispatcher, StaffRole.CONTRACTOR, "13700030001", None, hired)


def _engineers(town: Town, names: Iterator[str], rng: Random) -> Iterator[FieldEngineer]:
    number = 0
    for branch in town.branches:
        for trade in town.trades:
            for _ in range(trade.each):
                number += 1
                yield _day_engineer(number, next(names), branch, trade, rng, town.contractor)
    team = town.night_team
    branch = town.branch(team.point)
    everything = tuple(category.value for category in Category)
    for name in team.names[: team.size]:
        number += 1
        employee = _engineer(number, name, branch)
        yield FieldEngineer(employee, number, everything, team.licences, town.districts, branch.at, None)


def _day_engineer(
    number: int, name: str, branch: Branch, trade: Trade, rng: Random, hired: NamedContractor
) -> FieldEngineer:
    near = rng.sample(branch.near, rng.randint(0, min(2, len(branch.near))))
    at = Point(branch.at.lat + rng.uniform(-0.02, 0.02), branch.at.lng + rng.uniform(-0.02, 0.02))
    employee = _engineer(number, name, branch)
    return FieldEngineer(
        replace(employee, contractor=hired) if employee.username in hired.engineers else employee,
        number,
        trade.categories,
        trade.licences,
        (branch.district, *near),
        at,
        SHIFTS[number % len(SHIFTS)],
    )


def _engineer(number: int, name: str, branch: Branch) -> Employee:
    return Employee(f"gong{number:03d}", name, StaffRole.ENGINEER, f"1390000{number:04d}", branch)


def _households(town: Town, names: Iterator[str], count: int) -> Iterator[Household]:
    for named in town.customers:
        branch = town.branch(named.point)
        address = town.address(branch, branch.homes[named.home], named.room)
        yield Household(
            named.phone_of,
            named.name,
            named.phone,
            branch,
            address,
            named.phone_of,
            named.follows,
            named.assets,
        )
    rng = Random("households of Kunming")  # noqa: S311
    for number in range(len(town.customers) + 1, count + 1):
        branch = rng.choice(town.branches)
        room = f"{rng.randint(1, 18)} 栋 {rng.randint(1, 28)}{rng.randint(1, 6):02d}"
        address = town.address(branch, rng.choice(branch.homes), room)
        key = f"kehu{number:03d}"
        phone_of = key if number <= WITH_PHONE else None
        yield Household(key, next(names), f"1380000{number:04d}", branch, address, phone_of)
