"""Appliances and vehicles as they cross the API."""

from datetime import date, datetime

from app.domain.lifecycle import State
from app.domain.situation import ServiceType, Warranty
from app.models.tickets import AssetKind
from app.schemas.common import Input, NeededWord, Output, Word


class AssetIn(Input):
    kind: AssetKind = AssetKind.APPLIANCE
    category: NeededWord
    brand: Word = ""
    model: Word = ""
    serial_number: Word = ""
    plate_number: Word = ""
    purchased_on: date | None = None


class ServiceOut(Output):
    number: str
    service_type: ServiceType
    fault: str
    state: State
    label: str
    created_at: datetime
    completed_at: datetime | None


class AssetOut(Output):
    id: str
    kind: AssetKind
    category: str
    brand: str
    model: str
    serial_number: str
    plate_number: str
    purchased_on: date | None
    warranty: Warranty
    warranty_ends_on: date | None
    services: list[ServiceOut]


class AssetList(Output):
    items: list[AssetOut]
