"""One thing that is forgotten, and doing a list of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

# What is sealed or written once lets go for this transaction (migration 0031).
_ERASING = "SELECT set_config('huixiang.erasing', 'on', true)"
_HEALED = "SELECT set_config('huixiang.erasing', 'off', true)"


@dataclass(frozen=True)
class Erasure:
    """``$1`` says whose, ``$2`` (where it is named) when. The name is that of the line in the proof."""

    name: str
    statement: str


async def carry_out(
    connection: asyncpg.Connection, erasures: Sequence[Erasure], whose: Sequence[object], now: datetime
) -> Counter[str]:
    """How many rows each touched. The caller gives the transaction, and all of it counts or nothing."""
    counts: Counter[str] = Counter()
    await connection.execute(_ERASING)
    for each in erasures:
        binds = (whose, now) if "$2" in each.statement else (whose,)
        done: str = await connection.execute(each.statement, *binds)
        counts[each.name] += int(done.rpartition(" ")[2])
    await connection.execute(_HEALED)
    return counts
