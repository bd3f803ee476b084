"""A bare connection to PostgreSQL, one that knows PostgreSQL's own types from those before it.

For a process that lives on one connection this is all; ``app.db`` adds the engine and the pools, and takes a second
longer to load.

asyncpg asks the server about types that it meets for the first time, such as arrays of integers or ranges of time: once
a connection and in three round trips (asyncpg#1272), which takes longer than the statement that named them. What
PostgreSQL brings along has the same number in every database, so a process needs to ask once (docs/adr/0057).
"""

from typing import NamedTuple

import asyncpg
import orjson

# How a lost database shows itself on such a connection. The last one is what asyncpg says while it is just losing it.
LOST_CONNECTION = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

# An abandoned transaction or a statement without end must not take the service with it.
SERVER_SETTINGS = {
    "application_name": "huixiang",
    "statement_timeout": "15000",
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "30000",
}

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


def plain_url(url: str) -> str:
    return "postgresql://" + url.split("://", 1)[1]


async def speak_json(connection: asyncpg.Connection) -> None:
    """The same as on the engine's connections: JSON goes in as text and comes out as objects."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda text: b"\x01" + text.encode(),
        decoder=lambda binary: orjson.loads(binary[1:]),
    )


async def connect(url: str, name: str) -> asyncpg.Connection:
    """A connection of one's own, for a process that lives on one; ``name`` is what the server shows."""
    settings = {**SERVER_SETTINGS, "application_name": name}
    connection = await asyncpg.connect(
        plain_url(url), timeout=3, command_timeout=15, server_settings=settings, connection_class=Connection
    )
    await speak_json(connection)
    return connection
