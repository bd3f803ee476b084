"""Calls after the work as they cross the API."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.domain.follow_up.rules import CallOutcome, Cause
from app.models.aftercare import FollowUpState
from app.schemas.common import Input, Moment, Output, Story

Stars = Annotated[int, Field(ge=1, le=5, strict=True)]


class CallIn(Input):
    """``solved`` and ``score`` are the customer's words; ``call_again_at`` is when he asked to be called."""

    outcome: CallOutcome
    solved: bool | None = None
    score: Stars | None = None
    note: Story = ""
    call_again_at: Moment | None = None

    @model_validator(mode="after")
    def consistent(self) -> Self:
        reached = self.outcome is CallOutcome.REACHED
        if reached != (self.solved is not None):
            raise ValueError("接通时请填写问题是否解决（solved），没接通时不填。")
        if self.score is not None and not reached:
            raise ValueError("没接通时没有评分（score）。")
        if self.solved is False and not self.note:
            raise ValueError("客户说没有解决时，请写明还有什么问题（note）。")
        if self.call_again_at is not None and self.outcome is not CallOutcome.CALL_LATER:
            raise ValueError("只有客户请您稍后再打时才填写 call_again_at。")
        return self


class CallOut(Output):
    attempt: int
    at: datetime
    by: str
    outcome: CallOutcome
    solved: bool | None
    score: int | None
    note: str


class FollowUpOut(Output):
    id: str
    number: str
    service: str
    state: FollowUpState
    cause: Cause
    rule: str
    customer: str
    phone_masked: str
    engineer: str | None
    finished_at: datetime
    due_at: datetime
    late: bool
    next_at: datetime
    attempts: int
    attempts_left: int
    taken_by: str | None
    taken_until: datetime | None
    script: list[str]
    calls: list[CallOut]
    closed_at: datetime | None


class FollowUpPage(Output):
    items: list[FollowUpOut]
    next_cursor: str | None


class CallWish(Input):
    allowed: bool


class CallWishOut(Output):
    """Whether the customer may be called after a job to be asked how it was."""

    allowed: bool
