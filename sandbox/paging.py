"""Lists that grow while they are read."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.store import Store, Value


@dataclass(frozen=True, slots=True)
class Page:
    """Upwards from `since`, or downwards from `before` (0 is the newest)."""

    since: int = 0
    before: int | None = None
    limit: int = 1000

    def next(self, ids: list[int]) -> int:
        if self.before is None:
            return ids[-1] if ids else self.since
        return ids[-1] if len(ids) == self.limit else 0


def rows(
    store: Store, table: str, page: Page, filters: Mapping[str, Value], *, select: str | None = None
) -> list[sqlite3.Row]:
    """`table` and the names of the filters come from code; filters that are None do not count."""
    wanted = {name: value for name, value in filters.items() if value is not None}
    conditions = [f"{name} = ?" for name in wanted]
    bound = page.since
    if page.before is None:
        conditions.append("id > ?")
    elif page.before > 0:
        conditions.append("id < ?")
        bound = page.before
    else:
        conditions.append("id > ?")
        bound = 0
    order = "id" if page.before is None else "id DESC"
    sql = f"{select or f'SELECT * FROM {table}'} WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT ?"  # noqa: S608
    return store.all(sql, *wanted.values(), bound, page.limit)
