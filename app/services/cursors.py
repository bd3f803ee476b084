"""Where a page ended, in a word that callers hand back without looking into it."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from app.errors import InvalidInput

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"([0-9a-f]{1,14})-([0-9a-f-]{1,36})")


def cut(
    rows: Sequence[asyncpg.Record], limit: int, moment: str, *, key: str = "id"
) -> tuple[Sequence[asyncpg.Record], str | None]:
    """A page of ``limit`` rows out of one more than that, and where the next one begins.

    The list is in the order of the column ``moment``; ``key`` tells apart what has the same.
    """
    page = rows[:limit]
    return page, _cursor(page[-1][moment], page[-1][key]) if len(rows) > limit else None


def _cursor(at: datetime, key: UUID | int) -> str:
    told = f"{key:x}" if isinstance(key, int) else str(key)
    return f"{(at - _EPOCH) // timedelta(microseconds=1):x}-{told}"


def numbered_page(select: str, condition: str, moment: str, *, of: str, newest_first: bool = False) -> str:
    """A page of ``select`` in the order of ``moment``: $1 rows from ($2, $3) on, ``of`` the alias of what is numbered.

    ``condition`` may ask for what stands from $4 on. $2 and $3 come from ``place_by_number``.
    """
    sign, order = ("<", "DESC") if newest_first else (">", "ASC")
    return (
        f"{select} WHERE {condition}"
        f" AND ($2::timestamptz IS NULL OR ({of}.{moment}, {of}.id) {sign} ($2, $3::bigint))"
        f" ORDER BY {of}.{moment} {order}, {of}.id {order} LIMIT $1"
    )


def place_by_id(cursor: str | None) -> tuple[datetime | None, UUID | None]:
    """Where the next page begins, in a list whose rows have ids."""
    if cursor is None:
        return None, None
    at, key = _read(cursor)
    try:
        return at, UUID(key)
    except ValueError as error:
        raise wrong() from error


def place_by_number(cursor: str | None) -> tuple[datetime | None, int | None]:
    """The same where rows are numbered."""
    if cursor is None:
        return None, None
    at, key = _read(cursor)
    if len(key) > 15 or "-" in key or not int(key, 16):
        raise wrong()
    return at, int(key, 16)


def before(cursor: str | None) -> int | None:
    """Where a list in the order of its numbers goes on; ``after`` is the other half."""
    if cursor is None:
        return None
    try:
        key = int(cursor, 16)
    except ValueError as error:
        raise wrong() from error
    if not 0 < key < 2**63:
        raise wrong()
    return key


def after(key: int) -> str:
    return format(key, "x")


def _read(cursor: str) -> tuple[datetime, str]:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise wrong()
    try:
        return _EPOCH + timedelta(microseconds=int(found[1], 16)), found[2]
    except OverflowError as error:
        raise wrong() from error


def wrong() -> InvalidInput:
    """What a cursor that is none of ours is answered with."""
    return InvalidInput.at("query.cursor", "翻页参数不正确，请从第一页开始。", "invalid_cursor")
