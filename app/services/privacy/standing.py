"""What stands in the way of giving up an account, and what its owner should know before; each with what to do."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from app.domain.lifecycle import ENDS, State
from app.domain.zone import ZONE

ENDED = ", ".join(f"'{state.value}'" for state in ENDS)
_TICKETS = f"""
SELECT t.number, t.state FROM tickets t
 WHERE t.customer_id = ANY ($1::uuid[]) AND t.state NOT IN ({ENDED}) ORDER BY t.id LIMIT 20
"""
_COMPLAINTS = """
SELECT t.number FROM complaint_cases c JOIN tickets t ON t.id = c.ticket_id
 WHERE t.customer_id = ANY ($1::uuid[]) AND c.state <> 'closed' ORDER BY c.id LIMIT 20
"""
_WARRANTIES = """
SELECT DISTINCT ON (a.id) concat_ws(' ', nullif(a.brand, ''), nullif(a.model, ''), a.category) AS thing, w.ends_on
  FROM assets a JOIN warranties w ON w.asset_id = a.id
 WHERE a.customer_id = ANY ($1::uuid[]) AND (w.ends_on IS NULL OR w.ends_on >= $2::date)
 ORDER BY a.id, w.ends_on DESC NULLS FIRST LIMIT 20
"""
_HOUSEHOLDS = """
SELECT h.name FROM households h
 WHERE h.owner_id = ANY ($1::uuid[])
   AND EXISTS (SELECT FROM household_members m WHERE m.household_id = h.id AND m.customer_id <> ALL ($1::uuid[]))
 ORDER BY h.created_at LIMIT 20
"""
_OFFERS = """
SELECT count(*) FROM asset_transfers
 WHERE from_customer_id = ANY ($1::uuid[]) AND accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > $2
"""
_PERSON = "SELECT id FROM customers WHERE id = $1::uuid OR merged_into = $1::uuid ORDER BY id"
_DONE = frozenset({State.COMPLETED, State.CONFIRMED, State.UNRESOLVED})


@dataclass(frozen=True)
class Point:
    """``code`` for machines; ``text`` says what it is and what to do about it."""

    code: str
    text: str
    number: str | None = None


async def rows_of(connection: asyncpg.Connection, customer_id: str | UUID) -> list[UUID]:
    """Himself, and those who turned out to be him."""
    return [row["id"] for row in await connection.fetch(_PERSON, customer_id)]


async def blockers(connection: asyncpg.Connection, whose: list[UUID]) -> list[Point]:
    """What has to come to an end first: nobody could be reached about it any more."""
    found = [_open(row["number"], State(row["state"])) for row in await connection.fetch(_TICKETS, whose)]
    return found + [
        Point("open_complaint", f"工单 {row['number']} 的投诉还没有结案，请先确认处理结果。", row["number"])
        for row in await connection.fetch(_COMPLAINTS, whose)
    ]


def _open(number: str, state: State) -> Point:
    if state is State.QUOTE_PENDING:
        return Point("open_quote", f"工单 {number} 有报价等您决定，请先同意或拒绝。", number)
    if state in _DONE:
        return Point(
            "unconfirmed_ticket", f"工单 {number} 还没有关闭，请先确认完工并评价，或等它自动关闭。", number
        )
    return Point("open_ticket", f"工单 {number} 还在处理，请等它完成或先取消。", number)


async def warnings(connection: asyncpg.Connection, whose: list[UUID], now: datetime) -> list[Point]:
    """What is lost, and could be saved before."""
    found = [
        Point(
            "running_warranty",
            f"{row['thing']} 还在保修期内{_until(row['ends_on'])}；注销后无法凭账号报修，可先转让给家人或保存数据。",
        )
        for row in await connection.fetch(_WARRANTIES, whose, now.astimezone(ZONE).date())
    ]
    found += [
        Point("managed_household", f"您管理的家庭“{row['name']}”会交给加入最早的成员，也可以先自己选一位。")
        for row in await connection.fetch(_HOUSEHOLDS, whose)
    ]
    if await connection.fetchval(_OFFERS, whose, now):
        found.append(Point("open_transfer", "还没有人接收的转让会撤回，设备不会留给对方。"))
    return found


def _until(day: date | None) -> str:
    return f"（到 {day}）" if day else "（终身）"
