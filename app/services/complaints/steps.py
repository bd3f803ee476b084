"""One more line of a case: what was done, and what came of it."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.models.aftercare import StepKind

_ADD = """
INSERT INTO case_steps (case_id, n, kind, text, result, actor_role, actor_id, at)
SELECT $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7 FROM case_steps WHERE case_id = $1
"""


@dataclass(frozen=True)
class Done:
    kind: StepKind
    text: str = ""
    result: str = ""


async def add_step(
    connection: asyncpg.Connection, case_id: int, done: Done, actor: Actor, now: datetime
) -> None:
    """The case, or its ticket, is locked by the caller."""
    values = (done.kind.value, done.text, done.result, actor.role.value, actor.id, now)
    await connection.execute(_ADD, case_id, *values)
