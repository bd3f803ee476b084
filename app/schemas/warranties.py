"""Warranties as they cross the API: policies, periods, decisions, and the rights of 三包."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.domain.situation import Covers, Warranty
from app.domain.warranty.cover import Kind, Source
from app.domain.warranty.legal import Right
from app.domain.warranty.policy import Replaced
from app.schemas.common import Input, NeededLine, NeededWord, Output, Word

Months = Annotated[int, Field(ge=0, le=600, strict=True)]
Days = Annotated[int, Field(ge=0, le=3650, strict=True)]


class TermIn(Input):
    """``component`` may name one thing in several words, the first to be shown: 压缩机/压机. No months: a lifetime."""

    component: NeededWord
    months: Months | None = None


class RuleIn(Input):
    """For the products that it names; an empty word stands for any. No ``unit_months``: as the catalogue says."""

    brand: Word = ""
    category: Word = ""
    model: Word = ""
    unit_months: Months | None = None
    components: Annotated[list[TermIn], Field(max_length=50)] = []
    exclusions: Annotated[list[NeededWord], Field(max_length=50)] = []
    transferable: bool = True


class PolicyIn(Input):
    """三包 lets no repair be good for less than 30 days."""

    version: NeededWord
    valid_from: date
    rules: Annotated[list[RuleIn], Field(max_length=200)] = []
    grace_months: Annotated[int, Field(ge=0, le=24, strict=True)] = 3
    repair_days: Annotated[int, Field(ge=30, le=3650, strict=True)] = 90
    part_days: Annotated[int, Field(ge=30, le=3650, strict=True)] = 90
    minimum_days: Days = 30
    replaced: Replaced = Replaced.LONGER


class PolicyOut(PolicyIn):
    published_at: datetime


class PolicyList(Output):
    items: list[PolicyOut]


class PeriodOut(Output):
    """``ends_on`` is the last day; null with ``remaining_days`` null means a lifetime."""

    kind: Kind
    component: str
    fault: str
    begins_on: date
    ends_on: date | None
    remaining_days: int | None
    in_force: bool
    policy_version: str
    source: Source
    ticket: str | None


class WarrantyDecisionOut(Output):
    state: Warranty
    reason: str
    policy_version: str
    covers: Covers
    component: str
    ends_on: date | None
    remaining_days: int | None
    next_step: str
    rework_of: str | None


class LegalClockOut(Output):
    """``percent`` of the limit; at 100 the customer may have the appliance exchanged or returned."""

    right: Right
    percent: int
    reached_at: datetime | None
    text: str


class TicketWarrantyOut(Output):
    decision: WarrantyDecisionOut | None
    periods: list[PeriodOut]
    legal: list[LegalClockOut]


class DecideWarrantyIn(Input):
    """A person's decision. Damage by the customer is out, and is shown by photos; ``component_found`` names the part,
    and the periods decide."""

    cause: Literal["human_damage", "component_found", "proof_seen", "goodwill", "not_covered", "other"]
    state: Literal[Warranty.IN, Warranty.OUT] | None = None
    component: Word = ""
    reason: NeededLine
    attachment_ids: Annotated[list[UUID], Field(max_length=9)] = []

    @model_validator(mode="after")
    def complete(self) -> Self:
        if self.cause == "human_damage" and not self.attachment_ids:
            raise ValueError("判定人为损坏须上传现场照片（attachment_ids）。")
        if self.cause == "component_found" and not self.component:
            raise ValueError("请填写查明的故障部件（component）。")
        if self.cause in ("proof_seen", "goodwill", "other") and self.state is None:
            raise ValueError("请填写判定结果（state）：in 保内，out 保外。")
        return self
