"""The price table: what is in force, the draft of the next version against it, its publication, and what was before."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import asyncpg
from fastapi import Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.domain.actor import Actor
from app.domain.pricing import KIND_LABELS
from app.domain.situation import SERVICE_LABELS, WARRANTY_LABELS
from app.domain.triage.labels import Category
from app.domain.zone import ZONE
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.errors import InvalidInput
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, LeaderAtDesk, back, show
from app.routers.forms import fen, number, read, typed_in, whole
from app.routers.refused import MENDABLE_AT_DESK, NOTHING, Refused, refusal
from app.schemas.prices import DraftIn, DraftTerms, PriceItemIn, PriceLine, PublishIn, SpendLimitIn
from app.services.idempotency import Once, fingerprint
from app.services.prices.compare import compare
from app.services.prices.current import published
from app.services.prices.draft import begin_draft, put_item, remove_item, set_terms
from app.services.prices.limits import put_spend_limit, spend_limits
from app.services.prices.lists import price_list, price_lists
from app.services.prices.publish import publish_list
from app.services.quotes.limit import STANDING_FEN

router = Routes(prefix=f"{CONSOLE}/prices", include_in_schema=False)

Version = Annotated[int, Path(ge=1, lt=2**31)]
Code = Annotated[str, Path(max_length=40, pattern=r"^[0-9A-Za-z._-]+$")]
_KINDS = [(kind.value, words) for kind, words in KIND_LABELS.items()]
_SERVICES = {kind.value: words for kind, words in SERVICE_LABELS.items()}
_WARRANTIES = {state.value: words for state, words in WARRANTY_LABELS.items()}
_CODE = r"[0-9A-Za-z._-]{1,40}"


@router.get("")
async def price_table(
    actor: AtDesk,
    connection: ReaderDep,
    now: Now,
    city: Annotated[str, Query(max_length=60)] = "",
    said: str = "",
) -> HTMLResponse:
    """As customers of that city read it."""
    return await _table(connection, actor, now, city=city, said=said)


@router.post("")
async def new_draft(request: Request, actor: LeaderAtDesk, connection: WriterDep, now: Now) -> Response:
    """A copy of the newest version, to be changed."""
    typed = await typed_in(request)
    try:
        body = read(DraftIn, {"note": typed.get("note")})
        once = Once("price-lists", actor, None, fingerprint(body))
        async with whole(connection):
            made = await begin_draft(connection, body, once=once, now=now)
    except MENDABLE_AT_DESK as problem:
        return await _table(connection, actor, now, refused=refusal("draft", typed, problem))
    return back(f"prices/{made.version}", "changed")


@router.post("/limits")
async def set_limit(request: Request, actor: LeaderAtDesk, connection: WriterDep, now: Now) -> Response:
    typed = await typed_in(request)
    try:
        said = {name: typed.get(name) for name in ("role", "service_type", "warranty")}
        body = read(SpendLimitIn, said | {"limit_fen": fen(typed.get("yuan", ""))})
        async with whole(connection):
            await put_spend_limit(connection, body, actor=actor, now=now)
    except MENDABLE_AT_DESK as problem:
        return await _table(connection, actor, now, refused=refusal("limit", typed, problem))
    return back("prices", "changed")


@router.get("/{version}")
async def one_version(
    version: Version, actor: AtDesk, connection: ReaderDep, now: Now, said: str = "", item: str = ""
) -> HTMLResponse:
    """``item`` is the code of the one that is being changed."""
    return await _version(connection, version, actor, now, said=said, item=item)


@router.post("/{version}/items")
async def set_item(
    version: Version, request: Request, actor: LeaderAtDesk, connection: WriterDep, now: Now
) -> Response:
    typed = await typed_in(request)
    try:
        code = typed.get("code", "").strip()
        body = _item(code, typed)
        async with whole(connection):
            await put_item(connection, version, code, body)
    except MENDABLE_AT_DESK as problem:
        return await _version(connection, version, actor, now, refused=refusal("item", typed, problem))
    return back(f"prices/{version}", "changed")


@router.post("/{version}/items/{code}/remove")
async def drop_item(version: Version, code: Code, _: LeaderAtDesk, connection: WriterDep) -> RedirectResponse:
    await remove_item(connection, version, code)
    return back(f"prices/{version}", "changed")


@router.post("/{version}/terms")
async def terms(
    version: Version, request: Request, actor: LeaderAtDesk, connection: WriterDep, now: Now
) -> Response:
    typed = await typed_in(request)
    try:
        body = read(DraftTerms, {name: typed.get(name) for name in ("complaint_phone", "note")})
        async with whole(connection):
            await set_terms(connection, version, body)
    except MENDABLE_AT_DESK as problem:
        return await _version(connection, version, actor, now, refused=refusal("terms", typed, problem))
    return back(f"prices/{version}", "changed")


@router.post("/{version}/publish")
async def publish(
    version: Version,
    request: Request,
    actor: LeaderAtDesk,
    connection: WriterDep,
    now: Now,
    valid_from: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """From that day on; it never changes afterwards."""
    try:
        body = read(PublishIn, {"valid_from": valid_from})
        async with whole(connection):
            await publish_list(connection, version, body.valid_from, actor=actor, now=now)
    except MENDABLE_AT_DESK as problem:
        refused = refusal("publish", await typed_in(request), problem)
        return await _version(connection, version, actor, now, refused=refused)
    return back("prices", "published")


async def _table(
    connection: asyncpg.Connection,
    actor: Actor,
    now: datetime,
    *,
    city: str = "",
    said: str = "",
    refused: Refused = NOTHING,
) -> HTMLResponse:
    return show(
        "prices",
        actor,
        said=said,
        found=await published(connection, category="", city=city.strip(), now=now),
        city=city.strip(),
        versions=await price_lists(connection),
        limits=await spend_limits(connection),
        standing_fen=STANDING_FEN,
        kinds=KIND_LABELS,
        roles=[("engineer", "工程师")],
        service_names=_SERVICES,
        warranty_names=_WARRANTIES,
        services=list(_SERVICES.items()),
        warranties=list(_WARRANTIES.items()),
        refused=refused,
        today=now.astimezone(ZONE).date(),
    )


async def _version(
    connection: asyncpg.Connection,
    version: int,
    actor: Actor,
    now: datetime,
    *,
    said: str = "",
    item: str = "",
    refused: Refused = NOTHING,
) -> HTMLResponse:
    found = await price_list(connection, version)
    chosen = next((_standing(line) for line in found.items if line.code == item), {"unit": "次"})
    today = now.astimezone(ZONE).date()
    return show(
        "prices/one",
        actor,
        said=said,
        found=found,
        comparison=await compare(connection, version),
        kinds=KIND_LABELS,
        kind_choices=_KINDS,
        categories=[(each.value, each.value) for each in Category],
        refused=refused,
        item=refused.over("item", chosen),
        terms=refused.over("terms", {"complaint_phone": found.complaint_phone, "note": found.note}),
        publish=refused.over("publish", {"valid_from": today.isoformat()}),
    )


def _item(code: str, typed: Mapping[str, str]) -> PriceItemIn:
    """Raises InvalidInput."""
    if not _is_code(code):
        raise InvalidInput.at("body.code", "编码用 1 到 40 个字母、数字、点或短横线。", "invalid")
    said: dict[str, object] = {
        name: typed.get(name, "") for name in ("kind", "category", "name", "unit", "part_code")
    }
    said |= {name: typed.get(name) == "true" for name in ("waived_with_repair", "active")}
    said["unit_price_fen"] = fen(typed.get("yuan", ""))
    said["warranty_days"] = number(typed.get("warranty_days", ""))
    said["city_prices"] = _cities(typed.get("cities", ""))
    return read(PriceItemIn, said)


def _cities(said: str) -> dict[str, object]:
    """A city and its sum on each line. Raises InvalidInput."""
    found: dict[str, object] = {}
    for line in filter(None, map(str.strip, said.splitlines())):
        city, _, yuan = line.rpartition(" ")
        price = fen(yuan)
        if not city or not isinstance(price, int):
            raise InvalidInput.at(
                "body.cities", f"城市价每行写一个城市和金额，例如“上海市 90”。请检查“{line[:30]}”。"
            )
        found[city.strip()] = price
    return found


def _standing(line: PriceLine) -> dict[str, object]:
    cities = "\n".join(f"{city} {price / 100:.2f}" for city, price in sorted(line.city_prices.items()))
    return line.model_dump() | {"yuan": f"{line.unit_price_fen / 100:.2f}", "cities": cities}


def _is_code(said: str) -> bool:
    return re.fullmatch(_CODE, said) is not None
