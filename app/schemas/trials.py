"""Templates sent to one follower, to see them, as they cross the API."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import StringConstraints, model_validator

from app.domain.notices import Kind
from app.models.trials import TrialState
from app.schemas.common import Input, Output

Openid = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[\w-]+$")]


class TrialIn(Input):
    """To a colleague who has bound his WeChat, or to a follower by his openid."""

    kind: Kind
    staff_id: UUID | None = None
    openid: Openid | None = None

    @model_validator(mode="after")
    def one_of_them(self) -> Self:
        if (self.staff_id is None) is (self.openid is None):
            raise ValueError("请选择一位同事，或填写一个 openid。")
        return self


class TrialOut(Output):
    """``reason`` says why it was refused or not shown; ``who`` is the colleague's name, if it is one."""

    id: int
    kind: str
    title: str
    who: str
    openid: str
    asked_by: str
    asked_at: datetime
    state: TrialState
    reason: str | None


class TrialList(Output):
    items: list[TrialOut]
