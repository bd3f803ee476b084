"""The appliances and vehicles of the town, some in warranty and some long out of it."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.models.tickets import AssetKind
from app.services.seed.catalogue import Catalogue, ProductRow
from app.services.seed.people import Household
from app.services.seed.town import stable_id

_DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Belonging:
    household: Household
    kind: AssetKind
    category: str
    brand: str
    model: str
    serial_number: str
    plate_number: str
    purchased_on: date | None
    warranty_months: int | None

    @property
    def id(self) -> uuid.UUID:
        return stable_id("asset", self.serial_number or self.plate_number)


def belongings(
    catalogue: Catalogue, households: Sequence[Household], categories: frozenset[str], today: date
) -> tuple[Belonging, ...]:
    """Of the named what the town says; of the others two to four appliances of these categories."""
    rng = Random("appliances of Kunming")  # noqa: S311 - a town, not a secret
    products = [product for product in catalogue.products if product.category in categories]
    found: list[Belonging] = []
    for household in households:
        if household.assets:
            found += _named(catalogue, household, today)
            continue
        for product in rng.sample(products, rng.randint(2, 4)):
            serial = f"EL{rng.randint(10, 99)}{rng.choice('ABCDEF')}{rng.randint(0, 99_999_999):08d}"
            bought = today - timedelta(days=rng.randint(20, 9 * 365))
            found.append(_appliance(catalogue, household, product, serial, bought))
        if rng.random() < 0.25:
            found.append(_vehicle(household, f"云A{rng.randint(10000, 99999)}"))
    return tuple(found)


def _named(catalogue: Catalogue, household: Household, today: date) -> Iterator[Belonging]:
    for asset in household.assets:
        bought = today - timedelta(days=round(asset.years * _DAYS_A_YEAR))
        yield _appliance(catalogue, household, catalogue.product(asset.model), asset.serial_number, bought)


def _appliance(
    catalogue: Catalogue, household: Household, product: ProductRow, serial: str, bought: date
) -> Belonging:
    return Belonging(
        household,
        AssetKind.APPLIANCE,
        product.category,
        catalogue.brand,
        product.model,
        serial,
        "",
        bought,
        product.warranty_months,
    )


def _vehicle(household: Household, plate: str) -> Belonging:
    return Belonging(household, AssetKind.VEHICLE, "加油服务", "", "", "", plate, None, None)
