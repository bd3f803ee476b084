"""The record of finished work: one for each time that a ticket was finished."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from app.domain.follow_up.rules import Cause
from app.schemas.transitions import PartIn
from app.services.follow_ups.plan import plan_follow_up
from app.services.tickets.change import Change

_INSERT = """
INSERT INTO completions (ticket_id, seq, visit_id, engineer_id, fault_code, solution, parts, old_parts,
                         charge_fen, finished_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""


@dataclass(frozen=True)
class Work:
    fault_code: str
    solution: str
    parts: Sequence[PartIn] = ()
    old_parts: str = "none"
    charge_fen: int = 0


async def complete(change: Change, work: Work) -> None:
    """Credit goes to the engineer of the visit; work done from afar has neither."""
    s = change.before
    await change.connection.execute(
        _INSERT,
        s.id,
        s.seq + 1,
        s.visit.id if s.visit else None,
        s.visit.engineer_id if s.visit else None,
        work.fault_code,
        work.solution,
        orjson.dumps([part.model_dump() for part in work.parts]).decode(),
        work.old_parts,
        work.charge_fen,
        change.now,
    )
    await plan_follow_up(change, Cause.COMPLETED, charge_fen=work.charge_fen)
