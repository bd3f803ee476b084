"""A repair reported on a page: from the fields of a form, and what the scanned label knows, to a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from pydantic import ValidationError

from app.domain.actor import Actor
from app.domain.situation import Channel, ServiceType, Warranty
from app.domain.warranty import add_months, decide
from app.domain.zone import ZONE
from app.errors import InvalidInput
from app.schemas.tickets import CallOutOut, NewTicket
from app.services.doors.known import located
from app.services.doors.place import ADDRESS_FIELDS, address_from
from app.services.doors.scenes import Label
from app.services.idempotency import IdempotencyMismatch
from app.services.prices.told import tell_call_out
from app.services.tickets.present import SignUrl
from app.services.tickets.submit import Intake, submit

_NEED_A_FAULT = frozenset({ServiceType.REPAIR.value, ServiceType.COMPLAINT.value})
_OTHERWISE_NAMED = {"attachment_ids": "photos", "preferred_windows": "window", "asset_id": "thing"}
_REMEMBER = """
INSERT INTO assets (id, customer_id, kind, category, brand, model, serial_number, plate_number, purchased_on)
VALUES ($1, $2, 'appliance', $3, $4, $5, $6, '', $7)
ON CONFLICT (customer_id, serial_number) WHERE serial_number <> ''
DO UPDATE SET purchased_on = coalesce(assets.purchased_on, excluded.purchased_on), removed_at = NULL RETURNING id
"""


@dataclass(frozen=True)
class WarrantyWords:
    state: Warranty
    ends_on: date | None


def warranty_of(label: Label, now: datetime) -> WarrantyWords:
    today = now.astimezone(ZONE).date()
    months, start = label.warranty_months, label.warranty_start
    ends_on = add_months(start, months) if start and months is not None else None
    return WarrantyWords(decide(start, months, today), ends_on)


class ReportInvalid(Exception):
    """``errors`` is by field of the form, each with the pydantic error that it broke."""

    def __init__(self, errors: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__("the form is not complete")
        self.errors = errors


class FeeNotTold(Exception):
    """Somebody would come for more than the form has said: ``told`` is said first, and then it is sent again."""

    def __init__(self, told: CallOutOut) -> None:
        super().__init__("the call-out fee has not been told")
        self.told = told


@dataclass(frozen=True)
class Form:
    """What was typed; the key of the form makes a second tap on the button harmless.

    ``thing`` is the id of one of his appliances, ``window`` one of ``preferable`` as ``start/end``, ``told_fen`` the
    call-out fee that the form has shown. ``latitude`` and ``longitude`` are what his browser measured.
    """

    key: str
    service_type: str = ServiceType.REPAIR.value
    category: str = ""
    brand: str = ""
    model: str = ""
    serial_number: str = ""
    thing: str = ""
    fault: str = ""
    name: str = ""
    phone: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    detail: str = ""
    latitude: str = ""
    longitude: str = ""
    accuracy_m: str = ""
    window: str = ""
    told_fen: str = ""
    photos: tuple[str, ...] = ()


async def report(
    connection: asyncpg.Connection,
    form: Form,
    label: Label | None,
    *,
    asset_id: UUID | None = None,
    actor: Actor,
    now: datetime,
    sign_url: SignUrl,
) -> str:
    """The number of the new ticket. Raises ReportInvalid or FeeNotTold. The connection is outside a transaction.

    ``asset_id`` is an appliance that is known already; without it that of a label joins the customer's own.
    """
    body = _ticket(form, label)
    if body.address is not None:
        body = body.model_copy(update={"address": await located(connection, body.address, actor)})
    await _fee_is_told(connection, form, body, now)
    async with connection.transaction():
        asset_id = asset_id or body.asset_id
        if asset_id is None and label is not None and label.serial_number:
            asset_id = await _remembered(connection, label, body.category, actor)
        body = body.model_copy(update={"asset_id": asset_id})
        created = await _submitted(connection, Intake(body, actor, form.key, now, Channel.H5), sign_url)
    number: str = created["number"]
    return number


async def _fee_is_told(connection: asyncpg.Connection, form: Form, body: NewTicket, now: datetime) -> None:
    city = body.address.city if body.address else ""
    told = await tell_call_out(connection, body.service_type, category=body.category, city=city, now=now)
    if told is not None and told.fee_fen and form.told_fen != str(told.fee_fen):
        raise FeeNotTold(told)


async def _submitted(connection: asyncpg.Connection, intake: Intake, sign_url: SignUrl) -> dict[str, Any]:
    try:
        return await submit(connection, intake, sign_url)
    except IdempotencyMismatch:
        # It was sent before, and changed since: what was sent first counts, and may be added to on its page.
        earlier: dict[str, Any] = await intake.once.first(connection)
        return earlier
    except InvalidInput as invalid:
        raise ReportInvalid({_field((each.field,)): _said(each.msg) for each in invalid.errors}) from invalid


async def _remembered(connection: asyncpg.Connection, label: Label, category: str, actor: Actor) -> UUID:
    """The appliance joins the customer's own, with the day from which its warranty runs."""
    known: UUID = await connection.fetchval(
        _REMEMBER,
        uuid4(),
        UUID(actor.id),
        label.category or category,
        label.brand,
        label.model,
        label.serial_number,
        label.warranty_start,
    )
    return known


def _ticket(form: Form, label: Label | None) -> NewTicket:
    place = address_from({name: getattr(form, name) for name in ADDRESS_FIELDS})
    given: dict[str, object] = {
        "service_type": form.service_type or ServiceType.REPAIR.value,
        "category": (label.category if label else "") or form.category,
        "brand": label.brand if label else form.brand,
        "model": label.model if label else form.model,
        "serial_number": label.serial_number if label else form.serial_number,
        "asset_id": form.thing or None,
        "fault": form.fault,
        "contact": {"name": form.name, "phone": form.phone},
        "address": place,
        "preferred_windows": [_window(form.window)] if form.window else [],
        "attachment_ids": form.photos,
    }
    try:
        return NewTicket.model_validate(given)
    except ValidationError as error:
        wrong = {_field(each["loc"]): dict(each) for each in error.errors()}
        # Rules about the whole are only asked once each field is right; the form says everything at once.
        if not form.fault.strip() and form.service_type in _NEED_A_FAULT:
            wrong["fault"] = _said("请描述故障或问题。")
        raise ReportInvalid(wrong) from error


def _window(value: str) -> dict[str, str]:
    start, _, end = value.partition("/")
    return {"start": start, "end": end}


def _said(msg: str) -> dict[str, Any]:
    """In the shape in which pydantic says it."""
    return {"type": "value_error", "ctx": {"error": msg}}


def _field(loc: tuple[int | str, ...]) -> str:
    """``contact.phone`` is the form's ``phone``; what concerns the whole is about the fault."""
    if not loc:
        return "fault"
    path = ".".join(map(str, loc))
    for part, field in _OTHERWISE_NAMED.items():
        if part in path:
            return field
    name = path.rpartition(".")[2]
    return "detail" if name == "address" else name
