"""Parts by the names of the catalogue, where they have a code."""

from collections.abc import Sequence

import asyncpg

from app.errors import InvalidInput
from app.schemas.transitions import PartIn

_NAMES = "SELECT code, name FROM parts WHERE code = ANY ($1::text[]) AND active"


async def named(connection: asyncpg.Connection, parts: Sequence[PartIn]) -> list[PartIn]:
    """Errors: invalid_input for a code that the catalogue does not have."""
    codes = [part.code for part in parts if part.code]
    if not codes:
        return list(parts)
    names = {row["code"]: row["name"] for row in await connection.fetch(_NAMES, codes)}
    for i, part in enumerate(parts):
        if part.code and part.code not in names:
            msg = f"没有配件编码 {part.code}，请从配件目录中选择。"
            raise InvalidInput.at(f"body.parts.{i}.code", msg, "unknown_part")
    return [part.model_copy(update={"name": names.get(part.code, part.name)}) for part in parts]
