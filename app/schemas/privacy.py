"""Giving up an account, as it crosses the API."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.models.privacy import DeletionState
from app.schemas.common import Output


class PointOut(Output):
    code: str
    text: str
    number: str | None


class DeletionOut(Output):
    """``pending`` is the one that was asked for. ``blockers`` must come to an end first; ``warnings`` must not."""

    pending: bool
    due_at: datetime | None
    blockers: list[PointOut]
    warnings: list[PointOut]


class DeletionRequested(Output):
    due_at: datetime
    code: Annotated[
        str, Field(description="Told once: with it the proof is read when there is no account any more.")
    ]
    warnings: list[PointOut]


class DeletionProof(Output):
    """Of what went, counts and no words."""

    state: DeletionState
    requested_at: datetime
    due_at: datetime
    cancelled_at: datetime | None
    finished_at: datetime | None
    counts: dict[str, int]
