"""Whom one may name: for a team, a task force, something to be done."""

from collections.abc import Sequence

import asyncpg

from app.domain.lifecycle import Role

ROLE_LABELS = {
    Role.AGENT: "客服",
    Role.ENGINEER: "工程师",
    Role.MANAGER: "主管",
    Role.ADMIN: "管理员",
}
_WHO = """
SELECT id::text, name, role FROM staff WHERE active AND role = ANY ($1::text[]) ORDER BY role, name, id LIMIT 500
"""


async def colleagues(
    connection: asyncpg.Connection, roles: Sequence[Role] = tuple(ROLE_LABELS)
) -> list[tuple[str, str]]:
    """Id and name with role, of those who are still with us; a contractor's dispatcher is none of them."""
    rows = await connection.fetch(_WHO, [role.value for role in roles])
    return [(row["id"], f"{row['name']}（{ROLE_LABELS[Role(row['role'])]}）") for row in rows]
