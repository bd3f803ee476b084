"""The telephone rings: who is calling, what is under way for him, and a report in his name."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated

import asyncpg
from fastapi import Form, Request
from fastapi.responses import HTMLResponse, Response

from app.domain.actor import Actor
from app.domain.situation import SERVICE_LABELS, Channel
from app.domain.triage.labels import Category
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.errors import Forbidden, InvalidInput
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, back, show
from app.routers.dependencies import PhotoUrlsDep
from app.routers.forms import place, read, typed_in
from app.routers.refused import why
from app.schemas.hotline import CallerIn, CallersOut, CallNote
from app.schemas.tickets import NewTicket
from app.services.doors.areas import Area, chosen, list_areas
from app.services.hotline.caller import look_up_caller
from app.services.hotline.note import note_call
from app.services.tickets.submit import REPORTERS, Intake, submit

router = Routes(prefix=f"{CONSOLE}/hotline", include_in_schema=False)

_SERVICES = {kind.value: label for kind, label in SERVICE_LABELS.items()}
_CATEGORIES = [category.value for category in Category]
_ADDRESS = ("province", "city", "district", "detail")


@router.get("")
async def ringing(actor: AtDesk, connection: ReaderDep) -> HTMLResponse:
    return await _page(connection, actor, {})


@router.post("")
async def look_up(
    actor: AtDesk, connection: WriterDep, now: Now, phone: Annotated[str, Form(max_length=24)] = ""
) -> HTMLResponse:
    """Each look is logged; the number is in no address."""
    try:
        asked = read(CallerIn, {"phone": phone})
    except InvalidInput as invalid:
        return await _page(connection, actor, {"phone": phone}, error=why(invalid))
    found = await look_up_caller(connection, asked.phone, actor=actor, now=now)
    return await _page(connection, actor, {"phone": asked.phone}, found=found)


@router.post("/tickets")
async def report(
    request: Request, actor: AtDesk, connection: WriterDep, urls: PhotoUrlsDep, now: Now
) -> Response:
    """As for every report; a second tap leads to the ticket that the first one made."""
    if actor.role not in REPORTERS:
        raise Forbidden
    typed = await typed_in(request)
    try:
        body = read(NewTicket, _said(typed, await list_areas(connection)))
        intake = Intake(body, actor, typed.get("key") or None, now, Channel.HOTLINE)
        note, agreed = _note(typed), typed.get("agreed") == "true"
        made = await submit(connection, intake, urls.signer(now))
        await note_call(connection, made["number"], note=note, agreed=agreed, actor=actor, now=now)
    except InvalidInput as invalid:
        return await _page(connection, actor, typed, error=why(invalid))
    return back(f"tickets/{made['number']}")


def _note(typed: Mapping[str, str]) -> str:
    """Raises InvalidInput."""
    return read(CallNote, {"note": typed.get("note", "")}).note


def _said(typed: Mapping[str, str], areas: Sequence[Area]) -> dict[str, object]:
    """A district that was chosen counts, whatever stands in the fields below it. Raises InvalidInput."""
    address: dict[str, object] = {name: typed.get(name, "") for name in _ADDRESS}
    address |= chosen(areas, typed.get("area", ""))
    address |= place(typed.get("place", ""), "place")
    return {
        "service_type": typed.get("service_type", ""),
        "category": typed.get("category", ""),
        "fault": typed.get("fault", ""),
        "contact": {"name": typed.get("name", ""), "phone": typed.get("phone", "")},
        "address": address if any(address.values()) else None,
        "asset_id": typed.get("asset_id", ""),
    }


async def _page(
    connection: asyncpg.Connection,
    actor: Actor,
    typed: Mapping[str, str],
    *,
    found: CallersOut | None = None,
    error: str = "",
) -> HTMLResponse:
    return show(
        "hotline",
        actor,
        typed=typed,
        callers=found.items if found else None,
        error=error,
        services=_SERVICES,
        categories=_CATEGORIES,
        areas=await list_areas(connection),
        area=typed.get("area", ""),
        key=typed.get("key") or secrets.token_urlsafe(12),
    )
