"""A customer's appliances and vehicles and those of his households, each with the services it has had."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.domain.actor import Actor
from app.domain.lifecycle import VIEWS, State
from app.domain.warranty import add_months, decide
from app.domain.zone import ZONE
from app.models import Asset, HouseholdMember, Product, Ticket
from app.schemas.assets import AssetOut, ServiceOut
from app.services.assets.place import address_out

HISTORY = 20


async def list_assets(session: AsyncSession, *, actor: Actor, now: datetime) -> list[AssetOut]:
    """The caller's own first, then what others of his households show him."""
    me = UUID(actor.id)
    found = (
        select(Asset, Product.warranty_months)
        .outerjoin(Product, (Product.brand == Asset.brand) & (Product.model == Asset.model))
        .where(Asset.removed_at.is_(None), or_(Asset.customer_id == me, _shown_to(me)))
        .order_by(Asset.customer_id != me, Asset.created_at, Asset.id)
    )
    rows = (await session.execute(found)).all()
    history = await _history(session, {asset.id: asset.acquired_at for asset, _ in rows}, me)
    today = now.astimezone(ZONE).date()
    return [describe(asset, months, history[asset.id], today, me) for asset, months in rows]


def _shown_to(me: UUID) -> ColumnElement[bool]:
    """As in ``visible``: both are in the household."""
    mine, its = aliased(HouseholdMember), aliased(HouseholdMember)
    return (
        select(mine.id)
        .join(its, its.household_id == mine.household_id)
        .where(mine.household_id == Asset.household_id, mine.customer_id == me)
        .where(its.customer_id == Asset.customer_id)
        .exists()
    )


async def _history(
    session: AsyncSession, assets: Mapping[UUID, datetime | None], viewer: UUID
) -> dict[UUID, list[ServiceOut]]:
    """By appliance, with the moment since when it is its owner's."""
    by_asset: dict[UUID, list[ServiceOut]] = defaultdict(list)
    tickets = select(Ticket).where(Ticket.asset_id.in_(list(assets))).order_by(Ticket.id.desc())
    for ticket in await session.scalars(tickets):
        if ticket.asset_id is not None and len(by_asset[ticket.asset_id]) < HISTORY:
            since = assets[ticket.asset_id]
            former = since is not None and ticket.created_at <= since and ticket.customer_id != viewer
            by_asset[ticket.asset_id].append(_service(ticket, former=former))
    return by_asset


def _service(ticket: Ticket, *, former: bool) -> ServiceOut:
    """What a former owner said in his own words stays his."""
    state = State(ticket.state)
    return ServiceOut(
        number=ticket.number,
        service_type=ticket.service_type,
        fault=ticket.diagnosis["fault"] if former else ticket.fault,
        state=state,
        label=VIEWS[state].label,
        created_at=ticket.created_at,
        completed_at=ticket.completed_at,
    )


def describe(
    asset: Asset, months: int | None, history: list[ServiceOut], today: date, viewer: UUID
) -> AssetOut:
    ends = add_months(asset.purchased_on, months) if asset.purchased_on and months is not None else None
    return AssetOut(
        id=str(asset.id),
        kind=asset.kind,
        category=asset.category,
        brand=asset.brand,
        model=asset.model,
        serial_number=asset.serial_number,
        plate_number=asset.plate_number,
        purchased_on=asset.purchased_on,
        warranty=decide(asset.purchased_on, months, today),
        warranty_ends_on=ends,
        services=history,
        mine=asset.customer_id == viewer,
        household_id=str(asset.household_id) if asset.household_id else None,
        name=asset.name,
        room=asset.room,
        address=address_out(asset.address) if asset.customer_id == viewer else None,
        version=asset.version,
    )
