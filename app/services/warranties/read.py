"""The warranty of a ticket: what was decided and why, the periods behind it, and how far the clocks of 三包 are."""

from datetime import date, datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.situation import Situation
from app.domain.warranty.cover import Cover
from app.domain.warranty.legal import REASONS, Right
from app.domain.warranty.periods import remaining_days
from app.domain.warranty.policy import names_of
from app.domain.zone import ZONE
from app.schemas.warranties import LegalClockOut, PeriodOut, TicketWarrantyOut, WarrantyDecisionOut
from app.services.tickets.load import load
from app.services.tickets.present import warranty_decision
from app.services.warranties.legal import rights_reached, standing_of
from app.services.warranties.periods import covers_of, covers_of_ticket


async def read_warranty(
    connection: asyncpg.Connection, number: str, *, actor: Actor, now: datetime
) -> TicketWarrantyOut:
    return await warranty_of(connection, await load(connection, number, actor), now)


async def warranty_of(connection: asyncpg.Connection, s: Situation, now: datetime) -> TicketWarrantyOut:
    found = await covers_of(connection, s.asset_id) if s.asset_id else ()
    held = found or await covers_of_ticket(connection, s.id)
    today = now.astimezone(ZONE).date()
    decided = warranty_decision(s.decision)
    standing, reached = await standing_of(connection, s, now), await rights_reached(connection, s)
    return TicketWarrantyOut(
        decision=WarrantyDecisionOut.model_validate(decided) if decided else None,
        periods=[period(cover, today) for cover in held],
        legal=[
            LegalClockOut(
                right=right,
                percent=standing.percent(right),
                reached_at=reached.get(right),
                text=f"{REASONS[right]}，可要求换货或退货",
            )
            for right in Right
        ],
    )


def period(cover: Cover, today: date) -> PeriodOut:
    return PeriodOut(
        kind=cover.kind,
        component=names_of(cover.component)[0] if cover.component else "",
        fault=cover.fault,
        begins_on=cover.begins_on,
        ends_on=cover.ends_on,
        remaining_days=remaining_days(cover.ends_on, today),
        in_force=cover.holds(today),
        policy_version=cover.policy_version,
        source=cover.source,
        ticket=cover.ticket or None,
    )
