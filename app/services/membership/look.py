"""What somebody has: his level, and his ledger as he and the desk read it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

import asyncpg

from app.domain.membership.rules import EARNED, Level, Reason, Rules
from app.domain.membership.standing import Earned, Standing, standing
from app.domain.membership.words import EARNING, why
from app.schemas.membership import LevelOut, MembershipOut, PointsEntry, WayToEarn
from app.services.cursors import cut, place_by_number
from app.services.membership.rules import rules_in_force
from app.services.tickets.visible import of_points

LIMIT = 20

_COUNTED = "SELECT change, earned_at FROM member_points WHERE customer_id = $1::uuid AND earned_at > $2"
ENTRY = f"""
SELECT p.id, p.change, p.reason, p.reverses_id IS NOT NULL AS takes_back, p.note, p.at, p.earned_at,
       CASE WHEN {of_points("$2")} THEN t.number END AS number, a.category AS appliance
  FROM member_points p LEFT JOIN tickets t ON t.id = p.ticket_id LEFT JOIN assets a ON a.id = p.asset_id
"""
_PAGE = f"""
{ENTRY}
 WHERE p.customer_id = $1::uuid AND ($3::timestamptz IS NULL OR (p.at, p.id) < ($3, $4::bigint))
 ORDER BY p.at DESC, p.id DESC LIMIT $5
"""


async def standing_of(connection: asyncpg.Connection, customer_id: str, now: datetime) -> Standing | None:
    """None where there is no membership."""
    rules = await rules_in_force(connection, now)
    return await standing_by(connection, customer_id, rules, now) if rules else None


async def standing_by(
    connection: asyncpg.Connection, customer_id: str, rules: Rules, now: datetime
) -> Standing:
    rows = await connection.fetch(_COUNTED, customer_id, now - rules.window)
    return standing([Earned(row["change"], row["earned_at"]) for row in rows], rules, now)


async def membership_of(
    connection: asyncpg.Connection,
    customer_id: str,
    *,
    now: datetime,
    points: Sequence[str] | None = None,
    cursor: str | None = None,
    limit: int = LIMIT,
) -> MembershipOut:
    """``points``: the service points of whoever looks; tickets of others are not named."""
    before, key = place_by_number(cursor)
    rules = await rules_in_force(connection, now)
    if rules is None:
        return _NONE
    has = await standing_by(connection, customer_id, rules, now)
    rows = await connection.fetch(_PAGE, customer_id, points, before, key, limit + 1)
    page, next_cursor = cut(rows, limit, "at")
    return MembershipOut(
        points=has.points,
        level=level_out(has.level),
        next_level=level_out(has.following) if has.following else None,
        missing=has.missing,
        holds_until=has.holds_until,
        lapsing=has.lapsing,
        window_days=rules.window.days,
        levels=[level_out(level) for level in rules.levels],
        ways=[_way(rules, reason) for reason in EARNED if rules.points_for(reason)],
        items=[entry_out(row, rules.window) for row in page],
        next_cursor=next_cursor,
    )


async def ledger_of(connection: asyncpg.Connection, customer_id: str, now: datetime) -> list[PointsEntry]:
    """All of it, newest first; empty where there is no membership."""
    rules = await rules_in_force(connection, now)
    if rules is None:
        return []
    rows = await connection.fetch(_PAGE, customer_id, None, None, None, None)
    return [entry_out(row, rules.window) for row in rows]


def level_out(level: Level) -> LevelOut:
    return LevelOut(**asdict(level))


def entry_out(row: asyncpg.Record, window: timedelta) -> PointsEntry:
    reason = Reason(row["reason"])
    return PointsEntry(
        id=str(row["id"]),
        change=row["change"],
        reason=reason,
        label=why(reason, row["change"], takes_back=row["takes_back"]),
        note=row["note"],
        number=row["number"],
        appliance=row["appliance"],
        at=row["at"],
        counts_until=row["earned_at"] + window,
    )


def _way(rules: Rules, reason: Reason) -> WayToEarn:
    award = rules.awards[reason]
    return WayToEarn(reason=reason, label=EARNING[reason], points=award.points, most_a_year=award.most_a_year)


_NONE = MembershipOut(
    points=0,
    level=None,
    next_level=None,
    missing=None,
    holds_until=None,
    lapsing=0,
    window_days=None,
    levels=[],
    ways=[],
    items=[],
    next_cursor=None,
)
