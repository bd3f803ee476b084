"""A connection that knows PostgreSQL's own types from those before it.

asyncpg asks the server about types that it meets for the first time, such as arrays of integers or ranges of time: once
a connection and in three round trips (asyncpg#1272), which takes longer than the statement that named them. What
PostgreSQL brings along has the same number in every database, so a process needs to ask once (docs/adr/0057).
"""

from typing import NamedTuple

import asyncpg

# PostgreSQL gives this number and higher ones to what people make (FirstNormalObjectId).
FIRST_MADE = 16384

_told: dict[frozenset[int], list[asyncpg.Record]] = {}


class _Kept(NamedTuple):
    """In place of the statement that asked: with a name, as one without would have taken the place of the caller's."""

    name: str = "kept"


class Connection(asyncpg.Connection):  # type: ignore[misc]
    async def _introspect_types(
        self,
        typeoids: set[int],
        timeout: float | None,  # noqa: ASYNC109 - asyncpg's own
    ) -> tuple[list[asyncpg.Record], object]:
        """What asyncpg needs to know of these types, and the statement that told it."""
        types = frozenset(typeoids)
        if types in _told:
            return _told[types], _Kept()
        rows, statement = await super()._introspect_types(typeoids, timeout)
        if max(types) < FIRST_MADE:
            _told[types] = rows
        return rows, statement
