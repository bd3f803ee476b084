"""Rows for tests, one small function per noun: valid as they come, any column by keyword."""

from tests.make.assets import make_asset
from tests.make.contractors import make_contractor
from tests.make.doors import make_scene, make_short_link
from tests.make.households import make_household
from tests.make.messages import make_event, make_push, make_ticket
from tests.make.parts import make_part
from tests.make.people import (
    make_customer,
    make_engineer,
    make_identity,
    make_roster,
    make_service_point,
    make_staff,
)
from tests.make.prices import make_prices

__all__ = [
    "make_asset",
    "make_contractor",
    "make_customer",
    "make_engineer",
    "make_event",
    "make_household",
    "make_identity",
    "make_part",
    "make_prices",
    "make_push",
    "make_roster",
    "make_scene",
    "make_service_point",
    "make_short_link",
    "make_staff",
    "make_ticket",
]
