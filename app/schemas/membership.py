"""Points, levels and their rules as they cross the API."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from app.domain.membership.rules import Reason
from app.schemas.common import Input, Line, NeededLine, NeededWord, Output

LevelCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
EntryId = Annotated[int, Field(ge=1, lt=2**63)]


class MemberLevel(Input):
    # What rules of routing ask for.
    code: LevelCode
    name: NeededWord
    from_points: Annotated[int, Field(ge=0, le=1_000_000)]
    # What customers are told of it.
    note: Line = ""


class AwardIn(Input):
    """0 gives nothing."""

    points: Annotated[int, Field(ge=0, le=10_000)]


class RegistrationAward(AwardIn):
    """``most_a_year``: how many appliances of a customer count within 365 days."""

    most_a_year: Annotated[int, Field(ge=1, le=100)] = 3


class AwardsIn(Input):
    # A job that somebody came for, when the customer himself says that it is done.
    confirmed: AwardIn
    # When he rates such a job, whatever the stars are.
    rated: AwardIn
    appliance: RegistrationAward


class MembershipRulesIn(Input):
    """Points count for ``window_days`` from the day when they were earned."""

    window_days: Annotated[int, Field(ge=30, le=1096)] = 365
    awards: AwardsIn
    levels: Annotated[list[MemberLevel], Field(min_length=1, max_length=10)]

    @model_validator(mode="after")
    def levels_ascend(self) -> Self:
        steps = [level.from_points for level in self.levels]
        if steps[0] != 0 or steps != sorted(set(steps)):
            raise ValueError("会员级别要从 0 分开始，由低到高排列，所需积分不能相同。")
        for said in ("code", "name"):
            if len({getattr(level, said) for level in self.levels}) < len(self.levels):
                raise ValueError("会员级别的代码和名称不能重复。")
        return self


class LevelOut(Output):
    """As it was published; ``note`` is what customers are told of it."""

    code: str
    name: str
    from_points: int
    note: str


class AwardOut(Output):
    points: int


class RegistrationAwardOut(AwardOut):
    most_a_year: int


class AwardsOut(Output):
    confirmed: AwardOut
    rated: AwardOut
    appliance: RegistrationAwardOut


class MembershipRulesOut(Output):
    version: int
    published_at: datetime
    window_days: int
    awards: AwardsOut
    levels: list[LevelOut]


class MembershipRulesList(Output):
    items: list[MembershipRulesOut]


class WayToEarn(Output):
    reason: Reason
    label: str
    points: int
    most_a_year: int | None


class PointsEntry(Output):
    id: str
    change: int
    reason: Reason
    # Why, in words.
    label: str
    # What somebody who corrected it gave as his reason.
    note: str
    # Of the ticket, or which appliance it is about.
    number: str | None
    appliance: str | None
    at: datetime
    # It counts no longer after this moment.
    counts_until: datetime


class MembershipOut(Output):
    """``level`` null: this house has no membership, and there are no points."""

    points: int
    level: LevelOut | None
    next_level: LevelOut | None
    # To the next level; null at the top.
    missing: int | None
    # When the level is lost if nothing is added; null for the lowest.
    holds_until: datetime | None
    # Points that stop counting within 30 days.
    lapsing: int
    window_days: int | None
    levels: list[LevelOut]
    ways: list[WayToEarn]
    # The ledger, newest first.
    items: list[PointsEntry]
    next_cursor: str | None


class CorrectionIn(Input):
    """``entry_id``: the row that was wrong; the correction counts and lapses with it."""

    change: Annotated[int, Field(ge=-100_000, le=100_000)]
    # The customer reads it.
    reason: NeededLine
    entry_id: EntryId | None = None

    @model_validator(mode="after")
    def changes_something(self) -> Self:
        if self.change == 0:
            raise ValueError("请填写要增加或扣减的积分，不能为 0。")
        return self


class CorrectionOut(Output):
    customer_id: str
    entry: PointsEntry
    points: int
    level: LevelOut
