"""Parts: the catalogue, the stock, what a ticket needs and has on order."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query

from app.domain.lifecycle import Role
from app.domain.parts import PlaceKind
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import ActorDep, IdempotencyKey, require, require_of_ticket
from app.routers.tickets import Number
from app.schemas.parts import (
    MovementIn,
    OrderOut,
    OrderPatch,
    PartList,
    ReservationIn,
    StockOut,
    TicketParts,
)
from app.services.idempotency import Once, fingerprint
from app.services.parts.of_ticket import read_parts
from app.services.parts.reserve import reserve_parts, unreserve_parts
from app.services.parts.track import update_order
from app.services.stock.movements import move_stock
from app.services.stock.read import read_catalogue, read_stock

router = Routes(prefix="/api/v1", tags=["parts"])

_STAFF = (Role.ENGINEER, Role.AGENT, Role.MANAGER, Role.ADMIN)
STAFF = Depends(require(*_STAFF))
STAFF_OF_TICKET = Depends(require_of_ticket(*_STAFF))
READERS = Depends(require(*_STAFF, Role.CONTRACTOR))
READERS_OF_TICKET = Depends(require_of_ticket(*_STAFF, Role.CONTRACTOR))
DESK = Depends(require(Role.AGENT, Role.MANAGER, Role.ADMIN))
OrderId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/parts", dependencies=[READERS])
async def get_catalogue(
    connection: ReaderDep,
    category: Annotated[str, Query(max_length=60)] = "",
    q: Annotated[str, Query(max_length=60, description="A name, a piece of one, or a code.")] = "",
) -> PartList:
    """What can be fitted."""
    return await read_catalogue(connection, category, q)


@router.get("/stock", dependencies=[READERS])
async def get_stock(
    actor: ActorDep,
    connection: ReaderDep,
    kind: PlaceKind,
    place_id: UUID,
) -> StockOut:
    """What lies at a service point or in the van of an engineer."""
    return await read_stock(connection, kind, str(place_id), actor=actor)


@router.post("/stock/movements", status_code=201, dependencies=[STAFF])
async def create_movement(
    body: MovementIn,
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> StockOut:
    """Take in, transfer, count, scrap, or send old parts back; the answer is what ``place`` has then."""
    once = Once("stock", actor, idempotency_key, fingerprint(body))
    return await move_stock(connection, body, once=once, now=now)


@router.get("/tickets/{number}/parts", dependencies=[READERS_OF_TICKET])
async def read_ticket_parts(number: Number, actor: ActorDep, connection: ReaderDep) -> TicketParts:
    """The likely parts and where they can be had, what is held, on order, and fitted."""
    return await read_parts(connection, number, actor=actor)


@router.post("/tickets/{number}/part-reservations", status_code=201, dependencies=[STAFF_OF_TICKET])
async def create_reservation(
    number: Number,
    body: ReservationIn,
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> TicketParts:
    """Hold parts for the ticket: of the engineer's van first, then of his service point."""
    once = Once("part-reservations", actor, idempotency_key, fingerprint(body, number))
    return await reserve_parts(connection, number, body, once=once, now=now)


@router.delete("/tickets/{number}/part-reservations", dependencies=[STAFF_OF_TICKET])
async def delete_reservations(
    number: Number, actor: ActorDep, connection: WriterDep, now: Now
) -> TicketParts:
    """Let go of everything that is held for the ticket."""
    return await unreserve_parts(connection, number, actor=actor, now=now)


@router.patch("/part-orders/{order_id}", dependencies=[DESK])
async def patch_order(
    order_id: OrderId, body: OrderPatch, actor: ActorDep, connection: WriterDep, now: Now
) -> OrderOut:
    """Carrier and tracking number, a new date with its reason, or that it has arrived; the customer hears of it."""
    return await update_order(connection, order_id, body, actor=actor, now=now)
