"""Every text that people write, in every row of a world, becomes the payloads.

Past the API, on purpose: a page must not rely on what some form refuses, and rows may be older than a rule.
"""

from collections.abc import Iterator
from typing import Any

import asyncpg
import orjson
from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB

from app.models.base import Base
from tests.everywhere.payloads import all_of_them

# What people write is in columns, and in documents under keys, of these names.
WRITTEN = frozenset(
    {
        "address_detail",
        "answer",
        "better",
        "caption",
        "carrier",
        "comment",
        "contact_name",
        "course",
        "decline_reason",
        "description",
        "detail",
        "dismissed_reason",
        "employee_no",
        "error",
        "errmsg",
        "fault",
        "model",
        "brand",
        "name",
        "nickname",
        "note",
        "old_part",
        "plate_number",
        "promise",
        "reason",
        "reference",
        "remedy",
        "result",
        "review_note",
        "root_cause",
        "serial_number",
        "solution",
        "text",
        "title",
        "tracking_number",
        "undone_reason",
        "unit",
        "unreachable_reason",
        "visit_notes",
        "withdrawn_reason",
    }
)
_ALSO = frozenset({("incident_reviews", "cause")})
# Programs name these themselves.
_OURS = frozenset({("event_cursors", "name")})


class Poison:
    def __init__(self) -> None:
        self.turn = 0
        self.columns: set[str] = set()

    def words(self) -> str:
        self.turn += 1
        return f"{all_of_them(self.turn)} {self.turn}"

    def inside(self, document: Any) -> Any:
        if isinstance(document, list):
            return [self.inside(each) for each in document]
        if not isinstance(document, dict):
            return document
        return {
            key: self.words() if key in WRITTEN and isinstance(value, str) and value else self.inside(value)
            for key, value in document.items()
        }

    async def spread(self, connection: asyncpg.Connection) -> None:
        """A row may be older than its trigger; what the schema itself refuses cannot be there."""
        await connection.execute("SET LOCAL session_replication_role = replica")
        for table, column, is_document in _columns():
            try:
                async with connection.transaction():
                    await self._fill(connection, table, column, is_document)
            except (asyncpg.CheckViolationError, asyncpg.UniqueViolationError):
                continue
            else:
                self.columns.add(f"{table}.{column}")
        await connection.execute("SET LOCAL session_replication_role = origin")

    async def _fill(self, connection: asyncpg.Connection, table: str, column: str, is_document: bool) -> None:
        rows = await connection.fetch(
            f"SELECT ctid::text AS place, {column} AS value FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608
        )
        kind = "jsonb" if is_document else "text"
        statement = f"UPDATE {table} SET {column} = $1::{kind} WHERE ctid = $2::text::tid"  # noqa: S608
        for row in rows:
            fresh = orjson.dumps(self.inside(row["value"])).decode() if is_document else self.words()
            if is_document or row["value"]:
                await connection.execute(statement, fresh, row["place"])


def _columns() -> Iterator[tuple[str, str, bool]]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            place = (table.name, column.name)
            if isinstance(column.type, JSONB):
                yield *place, True
            elif (
                isinstance(column.type, Text)
                and place not in _OURS
                and (column.name in WRITTEN or place in _ALSO)
            ):
                yield *place, False
