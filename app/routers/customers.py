"""The desk's view of customers: find them, and put together those who are one person."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import IdempotencyKey, require
from app.schemas.common import Word
from app.schemas.customers import CustomerPage, MergeIn, MergeOut, MergePage, MergePreview, UndoIn
from app.services.customers.find import Sought, find_customers
from app.services.customers.merges import list_merges, merge_customers, undo_merge
from app.services.customers.preview import preview_merge
from app.services.idempotency import Once, fingerprint

router = Routes(prefix="/api/v1/customers", tags=["customers"])
merges = Routes(prefix="/api/v1/customer-merges", tags=["customers"])

DeskDep = Annotated[Actor, Depends(require(Role.AGENT, Role.MANAGER, Role.ADMIN))]
Cursor = Annotated[str | None, Query(max_length=60)]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("")
async def search_customers(
    desk: DeskDep,
    connection: WriterDep,
    now: Now,
    phone: Annotated[
        str | None, Query(pattern=r"^\+?[0-9]{4,20}$", description="The number or its last digits.")
    ] = None,
    name: Annotated[Word | None, Query(min_length=1, description="How the name begins.")] = None,
    number: Annotated[str | None, Query(max_length=40, pattern=r"^[0-9A-Za-z]+$")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> CustomerPage:
    """By the end of a phone number, the beginning of a name, or a ticket's number. Each search is logged."""
    sought = Sought(phone, name, number)
    return await find_customers(connection, sought, actor=desk, cursor=cursor, limit=limit, now=now)


@router.get("/{customer_id}/merge-preview")
async def get_merge_preview(
    customer_id: UUID, into: UUID, desk: DeskDep, connection: WriterDep, now: Now
) -> MergePreview:
    """What would move, and what speaks against it. Each look is logged."""
    return await preview_merge(connection, customer_id, into, actor=desk, now=now)


@merges.get("")
async def read_merges(
    _: DeskDep,
    connection: ReaderDep,
    customer_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> MergePage:
    """All merges, newest first: those of agents, and those that WeChat's proof of identity made by itself."""
    return await list_merges(connection, customer_id=customer_id, cursor=cursor, limit=limit)


@merges.post("", status_code=201)
async def create_merge(
    body: MergeIn, desk: DeskDep, connection: WriterDep, now: Now, idempotency_key: IdempotencyKey = None
) -> MergeOut:
    """``customer_id`` becomes a part of ``into``: tickets, appliances, WeChat identities, all that is his."""
    once = Once("customer_merges", desk, idempotency_key, fingerprint(body))
    return await merge_customers(connection, body, once=once, now=now)


@merges.post("/{merge_id}/undo")
async def undo_a_merge(
    merge_id: UUID,
    body: UndoIn,
    desk: DeskDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> MergeOut:
    """Exactly what moved goes back; refused with the reason when something grew together since."""
    once = Once("merge_undos", desk, idempotency_key, fingerprint(body, str(merge_id)))
    return await undo_merge(connection, merge_id, body, once=once, now=now)
