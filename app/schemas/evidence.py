"""What crosses the API about the evidence of a job: its checklist, and what was taken at each visit."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.domain.evidence.items import Due, Kind
from app.domain.situation import ProofKind, Purpose
from app.schemas.common import Input, NeededLine, Output


class PieceOut(Output):
    """``withdrawn_reason`` is for staff: what was withdrawn is not shown to the customer at all."""

    id: str
    purpose: Purpose
    item: str
    caption: str
    taken_at: datetime
    sha256: str
    url: str
    thumbnail_url: str
    withdrawn_reason: str | None


class ChecklistItemOut(Output):
    """``value`` is the reading; ``low`` and ``high`` are its bounds."""

    code: str
    name: str
    kind: Kind
    due: Due
    done: bool
    next_step: str
    unit: str
    low: float | None
    high: float | None
    value: float | None
    attachment_ids: list[str]


class ChecklistOut(Output):
    number: str
    complete: bool
    items: list[ChecklistItemOut]


class CheckIn(Input):
    """A reading has a ``value``, a tick has none; ``done`` false takes back what was noted."""

    value: Annotated[float, Field(allow_inf_nan=False)] | None = None
    done: bool = True


class ReadingOut(Output):
    item: str
    name: str
    unit: str
    value: float | None
    noted_at: datetime


class VisitEvidenceOut(Output):
    """One visit: what it looked like before and after, and what else was taken and noted."""

    engineer: str
    arrived_at: datetime | None
    sealed: bool
    before: list[PieceOut]
    after: list[PieceOut]
    beside: list[PieceOut]
    readings: list[ReadingOut]


class EvidenceOut(Output):
    """``digest`` is that of the newest seal, which stands since the customer confirmed."""

    number: str
    sealed_at: datetime | None
    digest: str | None
    visits: list[VisitEvidenceOut]


class WithdrawIn(Input):
    reason: NeededLine


Share = Annotated[float, Field(ge=0, le=1)]
StrokeIn = Annotated[list[tuple[Share, Share]], Field(max_length=2000)]


class ShownIn(Input):
    """What the customer was shown when he said yes: the total, and the version of the approved quote (null: none)."""

    total_fen: Annotated[int, Field(ge=0, le=10_000_000, strict=True)]
    quote_version: Annotated[int, Field(ge=1, le=2**31)] | None = None


class SignatureIn(ShownIn):
    """The lines that a finger drew, as shares of the pad's width and height."""

    strokes: Annotated[list[StrokeIn], Field(max_length=100)]


class CodeIn(ShownIn):
    code: Annotated[str, Field(pattern=r"^\d{6}$")]


class ProofOut(Output):
    kind: ProofKind
    total_fen: int
    quote_version: int | None
    proved_at: datetime
