"""Agents look for a customer by what a caller tells them; every look is written down."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.errors import InvalidInput
from app.schemas.common import mask_phone
from app.schemas.customers import CustomerCard, CustomerPage
from app.services.cursors import cut, place_by_id
from app.services.customers.merge import AUDIT

_CARD = """
SELECT c.id, c.nickname, c.phone, c.phone_verified_at IS NOT NULL AS verified, c.created_at,
       (SELECT count(*) FROM tickets t WHERE t.customer_id = c.id) AS tickets,
       (SELECT count(*) FROM assets a WHERE a.customer_id = c.id AND a.removed_at IS NULL) AS assets,
       (SELECT count(*) FROM wechat_identities w WHERE w.customer_id = c.id) AS accounts,
       (SELECT coalesce(bool_or(w.follows), FALSE) FROM wechat_identities w WHERE w.customer_id = c.id) AS follows
  FROM customers c
"""
_ONE = f"{_CARD} WHERE c.id = $1"
# A merged customer is found by what he was known by, and shown as whom he is now.
_PAGE = f"""
{_CARD}
 WHERE c.merged_into IS NULL
   AND ($1::text IS NULL OR c.id IN (SELECT coalesce(k.merged_into, k.id) FROM customers k
                                      WHERE k.phone <> '' AND reverse(k.phone) LIKE reverse($1) || '%'))
   AND ($2::text IS NULL OR c.id IN (SELECT coalesce(k.merged_into, k.id) FROM customers k
                                      WHERE k.nickname LIKE $2 || '%'))
   AND ($3::text IS NULL OR c.id = (SELECT t.customer_id FROM tickets t WHERE t.number = $3))
   AND ($4::timestamptz IS NULL OR (c.created_at, c.id) < ($4, $5::uuid))
 ORDER BY c.created_at DESC, c.id DESC LIMIT $6
"""


@dataclass(frozen=True)
class Sought:
    """The last digits of a number, the beginning of a name, the number of a ticket: what is given must all fit."""

    phone: str | None
    name: str | None
    number: str | None

    def __post_init__(self) -> None:
        if not (self.phone or self.name or self.number):
            raise InvalidInput.at("query.phone", "请至少提供手机号、姓名或工单号其中一项。", "missing")

    @property
    def trail(self) -> str:
        """For the log, which must not become a list of numbers itself."""
        phone = f"phone=…{self.phone[-2:]}" if self.phone else ""
        return " ".join(filter(None, (phone, self.name and "name", self.number and f"ticket={self.number}")))


async def find_customers(
    connection: asyncpg.Connection,
    sought: Sought,
    *,
    actor: Actor,
    cursor: str | None,
    limit: int,
    now: datetime,
) -> CustomerPage:
    """Newest first; numbers are masked."""
    before, key = place_by_id(cursor)
    name = sought.name and _literal(sought.name)
    rows = await connection.fetch(
        _PAGE, sought.phone or None, name or None, sought.number or None, before, key, limit + 1
    )
    await connection.execute(AUDIT, now, actor.role.value, actor.id, "search_customers", sought.trail, "")
    page, next_cursor = cut(rows, limit, "created_at")
    return CustomerPage(items=[card(row) for row in page], next_cursor=next_cursor)


async def card_of(connection: asyncpg.Connection, customer_id: UUID) -> CustomerCard | None:
    row = await connection.fetchrow(_ONE, customer_id)
    return card(row) if row else None


def card(row: asyncpg.Record) -> CustomerCard:
    return CustomerCard(
        id=str(row["id"]),
        nickname=row["nickname"],
        phone_masked=mask_phone(row["phone"]) if row["phone"] else "",
        phone_verified=row["verified"],
        tickets=row["tickets"],
        assets=row["assets"],
        wechat_accounts=row["accounts"],
        follows=row["follows"],
        created_at=row["created_at"],
    )


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
