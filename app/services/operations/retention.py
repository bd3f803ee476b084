"""What has served its time is deleted, a bounded number of rows at a time, as ``kept.toml`` says for each table."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg

from app.models import Base

BATCH = 5000
# The worker comes by once a day; what it could not do at once it does at its next rounds.
GRACE = timedelta(days=3)


@dataclass(frozen=True)
class Kept:
    """How long a table keeps its rows; ``days`` None for as long as ``why`` says."""

    table: str
    what: str
    person: bool
    why: str
    days: int | None = None
    old: str = ""
    order: str = ""

    @property
    def period(self) -> timedelta:
        return timedelta(days=self.days or 0)

    @property
    def expired(self) -> str:
        """A SELECT of the keys of rows that are old at ``$1``, at most ``$2``."""
        keys = ", ".join(f"x.{column.name}" for column in Base.metadata.tables[self.table].primary_key)
        order = f" ORDER BY {self.order}" if self.order else ""
        return f"SELECT {keys} FROM {self.table} x WHERE {self.old}{order} LIMIT $2"

    @property
    def forget(self) -> str:
        keys = ", ".join(column.name for column in Base.metadata.tables[self.table].primary_key)
        return f"DELETE FROM {self.table} WHERE ({keys}) IN ({self.expired})"


def _read() -> tuple[Kept, ...]:
    document = tomllib.loads(Path(__file__).with_name("kept.toml").read_text(encoding="utf-8"))
    return tuple(Kept(**each) for each in document["kept"])


KEPT = _read()
_BOUNDED = tuple(each for each in KEPT if each.days is not None)


async def forget_expired(connection: asyncpg.Connection, now: datetime) -> bool:
    """A batch of each table; whether there may be more. The caller gives a transaction."""
    more = False
    for each in _BOUNDED:
        done: str = await connection.execute(each.forget, now - each.period, BATCH)
        more = more or int(done.rpartition(" ")[2]) == BATCH
    return more


async def kept_too_long(connection: asyncpg.Connection, now: datetime) -> list[str]:
    """Tables in which the worker has left what should be gone."""
    return [
        each.table for each in _BOUNDED if await connection.fetch(each.expired, now - each.period - GRACE, 1)
    ]


def as_markdown() -> str:
    """The table of docs/privacy.md."""
    lines = ["| table | what | names a customer | how long | why |", "|---|---|---|---|---|"]
    for each in KEPT:
        long = f"{each.days} days" if each.days else "–"
        lines.append(
            f"| `{each.table}` | {each.what} | {'yes' if each.person else ''} | {long} | {each.why} |"
        )
    return "\n".join(lines)
