"""One SQLite connection on the event loop's thread.

Each statement costs microseconds, and a commit in WAL mode with synchronous=NORMAL is a write without fsync.
It outlives a kill -9 of this process, which is the promise.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.schema import ADDED, SCHEMA, TABLES

Value = str | int | float | bytes | None


class Store:
    def __init__(self, path: str) -> None:
        self.path = path
        self._db = sqlite3.connect(path, cached_statements=256)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        # A checkpoint fsyncs; `checkpoint` does it in a thread, so that no request waits for the disk.
        self._db.execute("PRAGMA wal_autocheckpoint = 0")
        self._db.executescript(SCHEMA)
        self._add_columns()

    def _add_columns(self) -> None:
        for table, column, declaration in ADDED:
            known = {row["name"] for row in self._db.execute(f"PRAGMA table_info({table})")}
            if column not in known:
                self._db.execute(f"ALTER TABLE {table} ADD COLUMN {column} {declaration}")
        self._db.commit()

    def run(self, sql: str, *values: Value) -> sqlite3.Cursor:
        return self._db.execute(sql, values)

    def one(self, sql: str, *values: Value) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, *values: Value) -> list[sqlite3.Row]:
        return self._db.execute(sql, values).fetchall()

    def insert(self, sql: str, *values: Value) -> int:
        row_id = self._db.execute(sql, values).lastrowid
        if row_id is None:
            raise RuntimeError("nothing was inserted")
        return row_id

    def commit(self) -> None:
        self._db.commit()

    def rollback(self) -> None:
        self._db.rollback()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Commit at the end. Await nothing inside: one connection means one transaction for everybody."""
        try:
            yield
        except BaseException:
            self._db.rollback()
            raise
        self._db.commit()

    def count(self, name: str, by: int = 1) -> None:
        self.run(
            "INSERT INTO counters VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
            name,
            by,
        )

    def counter(self, name: str) -> int:
        row = self.one("SELECT value FROM counters WHERE name = ?", name)
        return 0 if row is None else int(row["value"])

    def counters(self) -> dict[str, int]:
        return {row["name"]: row["value"] for row in self.all("SELECT name, value FROM counters")}

    def meta(self, name: str) -> str | None:
        row = self.one("SELECT value FROM meta WHERE name = ?", name)
        return None if row is None else str(row["value"])

    def set_meta(self, name: str, value: str) -> None:
        self.run(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            name,
            value,
        )

    def clear(self) -> None:
        for table in TABLES:
            self.run(f"DELETE FROM {table}")  # noqa: S608 - names from a constant

    async def checkpoint(self) -> None:
        if self.path != ":memory:":
            await asyncio.to_thread(_checkpoint, self.path)

    def close(self) -> None:
        self._db.commit()
        self._db.close()


def _checkpoint(path: str) -> None:
    db = sqlite3.connect(path)
    try:
        db.execute("PRAGMA wal_checkpoint(PASSIVE)")
    finally:
        db.close()
