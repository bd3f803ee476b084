"""The published price table, which anybody may read, and its next version, which managers prepare."""

from typing import Annotated

from fastapi import Depends, Path, Query

from app.domain.lifecycle import Role
from app.domain.situation import ServiceType
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import HouseLeader, IdempotencyKey, leads_house, require
from app.schemas.common import Word
from app.schemas.prices import (
    DraftIn,
    DraftTerms,
    PriceItemIn,
    PriceLine,
    PriceListDetail,
    PriceLists,
    PublishedPrice,
    PublishedPrices,
    PublishIn,
    SpendLimitIn,
    SpendLimitOut,
    SpendLimits,
)
from app.schemas.tickets import CallOutOut
from app.services.idempotency import Once, fingerprint
from app.services.prices.current import published
from app.services.prices.draft import begin_draft, put_item, remove_item, set_terms
from app.services.prices.limits import put_spend_limit, spend_limits
from app.services.prices.lists import price_list, price_lists
from app.services.prices.publish import publish_list
from app.services.prices.told import tell_call_out
from app.services.quotes.limit import STANDING_FEN

router = Routes(prefix="/api/v1", tags=["prices"])

MANAGERS = Depends(require(Role.MANAGER, Role.ADMIN))
HOUSE = Depends(leads_house)
Version = Annotated[int, Path(ge=1, lt=2**31)]
Code = Annotated[str, Path(max_length=40, pattern=r"^[0-9A-Za-z._-]+$")]
Asked = Annotated[Word, Query()]


@router.get("/prices")
async def read_published_prices(
    connection: ReaderDep, now: Now, category: Asked = "", city: Asked = ""
) -> PublishedPrices:
    """Prices, in fen, with the warranty of the work and the number for complaints: published, so without signing in."""
    found = await published(connection, category=category, city=city, now=now)
    return PublishedPrices(
        version=found.version,
        valid_from=found.valid_from,
        city=city,
        complaint_phone=found.complaint_phone,
        items=[PublishedPrice.model_validate(dict(item)) for item in found.items],
    )


@router.get("/prices/call-out")
async def read_call_out(
    connection: ReaderDep,
    now: Now,
    service_type: ServiceType = ServiceType.REPAIR,
    category: Asked = "",
    city: Asked = "",
) -> CallOutOut | None:
    """What coming costs there, told before anything is reported; null for a service that needs no visit."""
    return await tell_call_out(connection, service_type, category=category, city=city, now=now)


@router.get("/price-lists", dependencies=[MANAGERS])
async def read_price_lists(connection: ReaderDep) -> PriceLists:
    """Every version, newest first; at most one of them is a draft."""
    return PriceLists(items=await price_lists(connection))


@router.post("/price-lists", status_code=201)
async def create_draft(
    body: DraftIn, actor: HouseLeader, connection: WriterDep, now: Now, idempotency_key: IdempotencyKey = None
) -> PriceListDetail:
    """Begin the next version as a copy of the newest."""
    once = Once("price-lists", actor, idempotency_key, fingerprint(body))
    return await begin_draft(connection, body, once=once, now=now)


@router.get("/price-lists/{version}", dependencies=[MANAGERS])
async def read_price_list(version: Version, connection: ReaderDep) -> PriceListDetail:
    """One version with its items and what they cost in cities where that differs."""
    return await price_list(connection, version)


@router.put("/price-lists/{version}", dependencies=[HOUSE])
async def change_draft(version: Version, body: DraftTerms, connection: WriterDep) -> PriceListDetail:
    """The number for complaints and the note of a draft."""
    return await set_terms(connection, version, body)


@router.put("/price-lists/{version}/items/{code}", dependencies=[HOUSE])
async def put_price(version: Version, code: Code, body: PriceItemIn, connection: WriterDep) -> PriceLine:
    """Add an item to a draft, or change it; the prices of cities are replaced by those that are sent."""
    return await put_item(connection, version, code, body)


@router.delete("/price-lists/{version}/items/{code}", status_code=204, dependencies=[HOUSE])
async def delete_price(version: Version, code: Code, connection: WriterDep) -> None:
    """Take an item off a draft."""
    await remove_item(connection, version, code)


@router.post("/price-lists/{version}/publish")
async def publish_price_list(
    version: Version, body: PublishIn, actor: HouseLeader, connection: WriterDep, now: Now
) -> PriceListDetail:
    """Put a draft in force from a day on; it never changes afterwards."""
    return await publish_list(connection, version, body.valid_from, actor=actor, now=now)


@router.get("/spend-limits", dependencies=[MANAGERS])
async def read_spend_limits(connection: ReaderDep) -> SpendLimits:
    """Above which sums a manager reviews a quote first; ``standing_fen`` holds where no limit fits."""
    return SpendLimits(standing_fen=STANDING_FEN, items=await spend_limits(connection))


@router.put("/spend-limits")
async def set_spend_limit(
    body: SpendLimitIn, actor: HouseLeader, connection: WriterDep, now: Now
) -> SpendLimitOut:
    """Set the limit for a kind of service and a state of warranty."""
    return await put_spend_limit(connection, body, actor=actor, now=now)
