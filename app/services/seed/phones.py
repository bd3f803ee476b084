"""Bind the people of the town to the phones that they have in the sandbox, so that messages reach them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import asyncpg

from app.integrations.sandbox import Phone, PhoneUser, Role
from app.models.people import StaffRole
from app.services.seed.people import Employee, Household, Population

_ROLES: Mapping[StaffRole, Role] = {StaffRole.ENGINEER: "engineer"}
# An openid that is known already belongs to whom it belongs, and WeChat's callbacks say whether he follows.
_BIND = """
INSERT INTO wechat_identities (appid, openid, unionid, customer_id, staff_id, follows, followed_at)
SELECT n.appid, n.openid, n.unionid, c.id, s.id, n.follows, CASE WHEN n.follows THEN $7::timestamptz END
  FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::bool[])
       AS n (appid, openid, unionid, customer_id, staff_id, follows)
  LEFT JOIN customers c ON c.id = n.customer_id
  LEFT JOIN staff s ON s.id = n.staff_id
ON CONFLICT (appid, openid) DO NOTHING
"""


class PhoneBook(Protocol):
    async def hand_out(self, users: Sequence[PhoneUser]) -> list[Phone]:
        """Raises SandboxUnavailable."""


def phone_users(people: Population) -> list[PhoneUser]:
    customers = [_customer_phone(h) for h in people.households if h.phone_of]
    return [*customers, *map(_staff_phone, people.employees)]


async def bind_phones(
    connection: asyncpg.Connection, people: Population, phones: Sequence[Phone], *, now: datetime
) -> None:
    customers = {h.phone_of: h.id for h in people.households if h.phone_of}
    staff = {employee.username: employee.id for employee in people.employees}
    rows = [
        (
            appid,
            openid,
            phone.unionid,
            customers.get(phone.user_id),
            staff.get(phone.user_id),
            appid in phone.follows,
        )
        for phone in phones
        for appid, openid in phone.openids.items()
    ]
    columns: list[list[str | UUID | bool | None]] = [list(column) for column in zip(*rows, strict=True)]
    await connection.execute(_BIND, *columns, now)


def _customer_phone(household: Household) -> PhoneUser:
    return PhoneUser(
        household.phone_of or household.key, household.name, household.phone, "customer", household.follows
    )


def _staff_phone(employee: Employee) -> PhoneUser:
    role = _ROLES.get(employee.role, "staff")
    return PhoneUser(employee.username, employee.name, employee.phone, role, follows=True)
