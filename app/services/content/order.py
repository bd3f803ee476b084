"""Order that something be looked at before others see it, in the transaction that publishes it.

The row is the order: nothing is asked of WeChat here, so nothing that WeChat does can hold up a rating.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.content import KIND_OF, CheckState, ContentKind, SubjectKind, sieve
from app.models.content import DecidedBy

# Anew for a new content of the same subject: what was found about the old one is no longer true.
_ORDER = """
INSERT INTO content_checks AS c (subject_kind, subject_id, kind, customer_id, state, reason, decided_by, available_at,
                                 created_at)
SELECT s.subject_kind, s.subject_id, s.kind, $5, s.state, s.reason,
       CASE WHEN s.reason IS NOT NULL THEN $8 END, $7, $7
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $6::text[])
       AS s (subject_kind, subject_id, kind, state, reason)
ON CONFLICT (subject_kind, subject_id) DO UPDATE
   SET state = excluded.state, reason = excluded.reason, decided_by = excluded.decided_by, fence = c.fence + 1,
       attempts = 0, available_at = excluded.available_at, customer_id = excluded.customer_id, asked_at = NULL,
       appid = NULL, trace_id = NULL, label = NULL, checked_at = NULL, created_at = excluded.created_at
"""


@dataclass(frozen=True)
class Subject:
    """``text`` is looked through by the house's own sieve at once; a picture has none."""

    kind: SubjectKind
    id: str
    text: str = ""

    @property
    def objection(self) -> str | None:
        return sieve(self.text) if KIND_OF[self.kind] is ContentKind.TEXT else None

    @property
    def state(self) -> CheckState:
        return CheckState.REVIEW if self.objection else CheckState.PENDING


async def order(
    connection: asyncpg.Connection, subjects: Sequence[Subject], *, customer_id: str, now: datetime
) -> None:
    if not subjects:
        return
    await connection.execute(
        _ORDER,
        [subject.kind.value for subject in subjects],
        [subject.id for subject in subjects],
        [KIND_OF[subject.kind].value for subject in subjects],
        [subject.state.value for subject in subjects],
        uuid.UUID(customer_id),
        [subject.objection for subject in subjects],
        now,
        DecidedBy.SIEVE.value,
    )
