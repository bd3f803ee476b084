"""What people allow and may ask of us about themselves, as it crosses the API."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from app.domain.privacy.purposes import Purpose, Source
from app.models.privacy import DeletionState
from app.schemas.common import Input, Output, printable


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


class ConsentTextIn(Input):
    purpose: Purpose
    text: Annotated[
        str,
        StringConstraints(min_length=10, max_length=20_000, strip_whitespace=True),
        AfterValidator(printable),
    ]


class ConsentTextOut(Output):
    """``sha256`` is that of the text in UTF-8. A version never changes."""

    purpose: Purpose
    label: str
    needed: bool
    version: int
    text: str
    sha256: str
    published_at: datetime


class ConsentIn(Input):
    """A yes or a no to one version of a text."""

    purpose: Purpose
    version: Annotated[int, Field(ge=1, lt=2**31, strict=True)]
    given: bool
    source: Source


class ConsentGivenOut(Output):
    purpose: Purpose
    version: int
    given: bool
    source: Source
    at: datetime
    sha256: str


class ConsentStandingOut(Output):
    """``allowed`` is what counts now; whoever has said nothing has not said no. ``history`` is newest first."""

    purpose: Purpose
    label: str
    needed: bool
    allowed: bool
    current_version: int
    history: list[ConsentGivenOut]


class LookOut(Output):
    """Somebody of ours looked at the number."""

    at: datetime
    role: str
    number: str
    reason: str


class PrivacyOut(Output):
    consents: list[ConsentStandingOut]
    # The newest two hundred, and how many there were in all.
    looks: list[LookOut]
    looked: int


class ConsentTexts(Output):
    items: list[ConsentTextOut]


class Consents(Output):
    items: list[ConsentStandingOut]
