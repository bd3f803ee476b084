"""What must hold after whatever was done: what the doctor asks, and that the clocks are what the events say."""

import asyncpg

from app.services.operations import doctor
from app.services.operations.doctor import Finding, Invariant
from app.services.reconcile.clocks import count_clocks

_CLOCKS = Invariant("clocks_are_a_fold_of_events", "计时段等于事件推算的结果", "")


async def examine(rows: asyncpg.Connection) -> list[Finding]:
    found = await doctor.examine(rows)
    clocks = await count_clocks(rows)
    if clocks.differences:
        found.append(Finding(_CLOCKS, tuple(map(str, clocks.differences))))
    return found
