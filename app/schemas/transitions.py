"""The body of ``POST …/transitions``: one member for each event of the life cycle."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator, model_validator

from app.domain.lifecycle import Event
from app.domain.pricing import NotCovered
from app.domain.situation import Priority, Warranty
from app.domain.triage import Category
from app.schemas.common import Input, Line, Moment, NeededLine, NeededWord, Phone, Story, Word
from app.schemas.places import Measured
from app.schemas.tickets import AddressIn, RatingIn, WindowIn

PhotoIds = Annotated[list[UUID], Field(max_length=9)]
NeededPhotoIds = Annotated[list[UUID], Field(min_length=1, max_length=9)]

CancelReason = Literal["changed_mind", "solved_itself", "too_slow", "price", "duplicate", "other"]
DeclineReason = Literal["too_far", "no_time", "missing_skill", "missing_parts", "vehicle", "other"]
FailReason = Literal["beyond_repair", "parts_discontinued", "customer_refused", "unsafe", "other"]
RejectReason = Literal["not_our_product", "out_of_area", "no_such_service", "abuse", "other"]
SuspendReason = Literal["customer_away", "customer_wish", "weather", "building_access", "other"]
CallResult = Literal["no_answer", "busy", "switched_off", "rejected", "wrong_number", "answered"]
RebookReason = Literal["customer_wish", "engineer_delayed", "parts", "weather", "other"]


class Step(Input):
    """``version`` is that of the ticket which the caller saw: another one is a 409, never an overwrite."""

    version: Annotated[int, Field(ge=1, le=2**31)]


class Submit(Step):
    event: Literal[Event.SUBMIT]


class AskInfo(Step):
    event: Literal[Event.ASK_INFO]
    items: Annotated[list[NeededWord], Field(min_length=1, max_length=10)]


class SupplyInfo(Step):
    event: Literal[Event.SUPPLY_INFO]
    text: Story = ""
    brand: Word = ""
    model: Word = ""
    serial_number: Word = ""
    address: AddressIn | None = None
    attachment_ids: PhotoIds = []

    @model_validator(mode="after")
    def something(self) -> Self:
        if not any(
            (self.text, self.brand, self.model, self.serial_number, self.address, self.attachment_ids)
        ):
            raise ValueError("请至少补充一项资料。")
        return self


class ExpireInfo(Step):
    event: Literal[Event.EXPIRE_INFO]


class ResolveRemote(Step):
    event: Literal[Event.RESOLVE_REMOTE]
    solution: Annotated[Story, Field(min_length=2)]


class Reject(Step):
    event: Literal[Event.REJECT]
    reason_code: RejectReason
    note: Line = ""


class Triage(Step):
    event: Literal[Event.TRIAGE]
    category: Category | None = None
    priority: Priority | None = None
    warranty: Warranty | None = None


class Offer(Step):
    event: Literal[Event.OFFER]
    engineer_id: UUID | None = None


class Claim(Step):
    event: Literal[Event.CLAIM]


class Accept(Step):
    event: Literal[Event.ACCEPT]


class Decline(Step):
    event: Literal[Event.DECLINE]
    reason_code: DeclineReason
    note: Line = ""


class Book(Step):
    event: Literal[Event.BOOK]
    window: WindowIn


class Rebook(Step):
    event: Literal[Event.REBOOK]
    window: WindowIn
    reason_code: RebookReason


class Reassign(Step):
    event: Literal[Event.REASSIGN]
    reason: NeededLine


class Depart(Step, Measured):
    event: Literal[Event.DEPART]


class Arrive(Step, Measured):
    event: Literal[Event.ARRIVE]
    code: Annotated[str, Field(pattern=r"^\d{6}$")] | None = None

    @model_validator(mode="after")
    def proof(self) -> Self:
        if self.code is None and self.point() is None:
            raise ValueError("请提供到达位置，或请客户出示核销码。")
        return self


class CallIn(Input):
    """A call that led to nobody. Left out, ``phone`` is that of the ticket's contact; it is kept masked."""

    at: Moment
    phone: Phone | None = None
    seconds: Annotated[int, Field(ge=0, le=3600, strict=True)] = 0
    result: CallResult = "no_answer"


class NoAccess(Step):
    """A bare time among ``calls`` is a call to the ticket's contact that nobody answered."""

    event: Literal[Event.NO_ACCESS]
    attachment_ids: NeededPhotoIds
    calls: Annotated[list[Moment | CallIn], Field(min_length=2, max_length=10)]


class EngineerNoShow(Step):
    event: Literal[Event.ENGINEER_NO_SHOW]
    note: Line = ""


class QuoteLineIn(Input):
    """An item of the price table. Its price is not said but looked up; a discount is allowed, and has a reason.

    In warranty a line costs nothing, unless ``not_covered`` says why it does.
    """

    code: NeededWord
    quantity: Annotated[int, Field(ge=1, le=99, strict=True)]
    discount_fen: Annotated[int, Field(ge=0, le=10_000_000, strict=True)] = 0
    discount_reason: Word = ""
    not_covered: NotCovered | None = None

    @model_validator(mode="after")
    def reasoned(self) -> Self:
        if self.discount_fen and not self.discount_reason:
            raise ValueError("优惠请写明原因（discount_reason）。")
        return self


class Quote(Step):
    event: Literal[Event.QUOTE]
    lines: Annotated[list[QuoteLineIn], Field(min_length=1, max_length=30)]


class ReviseQuote(Step):
    event: Literal[Event.REVISE_QUOTE]
    lines: Annotated[list[QuoteLineIn], Field(min_length=1, max_length=30)]


class ApproveQuote(Step):
    event: Literal[Event.APPROVE_QUOTE]
    quote_version: Annotated[int, Field(ge=1, le=2**31)]


class DeclineQuote(Step):
    event: Literal[Event.DECLINE_QUOTE]
    quote_version: Annotated[int, Field(ge=1, le=2**31)]
    reason: Line = ""


class DeclineVariation(Step):
    """No to the additional lines only: what was approved before stands, and the work goes on."""

    event: Literal[Event.DECLINE_VARIATION]
    quote_version: Annotated[int, Field(ge=1, le=2**31)]
    reason: Line = ""


class Start(Step):
    event: Literal[Event.START]


class PartIn(Input):
    """By the ``code`` of the catalogue, or by a name alone for what no catalogue has."""

    code: Word = ""
    name: Annotated[Word, Field(validate_default=True)] = ""
    quantity: Annotated[int, Field(ge=1, le=99, strict=True)] = 1
    serial_number: Word = ""

    @field_validator("name")
    @classmethod
    def known_by_something(cls, name: str, others: ValidationInfo) -> str:
        if not name and not others.data.get("code"):
            raise ValueError("请填写配件名称（name）或配件编码（code）。")
        return name


class NeedParts(Step):
    event: Literal[Event.NEED_PARTS]
    parts: Annotated[list[PartIn], Field(min_length=1, max_length=20)]
    due_at: Moment


class PartsReady(Step):
    event: Literal[Event.PARTS_READY]


class Suspend(Step):
    event: Literal[Event.SUSPEND]
    reason_code: SuspendReason
    resume_at: Moment
    note: Line = ""


class Resume(Step):
    event: Literal[Event.RESUME]


class Finish(Step):
    event: Literal[Event.FINISH]
    fault_code: NeededWord
    solution: Annotated[Story, Field(min_length=2)]
    parts: Annotated[list[PartIn], Field(max_length=20)] = []
    old_parts: Literal["none", "returned_to_customer", "taken_back"]
    charge_fen: Annotated[int, Field(ge=0, le=10_000_000, strict=True)]
    # Why less is charged than was approved.
    charge_reason: Line = ""


class Fail(Step):
    event: Literal[Event.FAIL]
    reason_code: FailReason
    note: Line = ""


class FollowUp(Step):
    event: Literal[Event.FOLLOW_UP]
    note: Line = ""


class AcceptFail(Step):
    event: Literal[Event.ACCEPT_FAIL]
    note: Line = ""


class Confirm(Step):
    event: Literal[Event.CONFIRM]


class Dispute(Step):
    event: Literal[Event.DISPUTE]
    reason: NeededLine
    attachment_ids: NeededPhotoIds


class RateOrExpire(Step, RatingIn):
    event: Literal[Event.RATE_OR_EXPIRE]


class Reopen(Step):
    event: Literal[Event.REOPEN]
    reason: NeededLine


class AbortVisit(Step):
    event: Literal[Event.ABORT_VISIT]
    reason: NeededLine


class Cancel(Step):
    event: Literal[Event.CANCEL]
    reason_code: CancelReason
    note: Line = ""


class Merge(Step):
    event: Literal[Event.MERGE]
    into: NeededWord


class Unmerge(Step):
    event: Literal[Event.UNMERGE]


TransitionIn = Annotated[
    Submit
    | AskInfo
    | SupplyInfo
    | ExpireInfo
    | ResolveRemote
    | Reject
    | Triage
    | Offer
    | Claim
    | Accept
    | Decline
    | Book
    | Rebook
    | Reassign
    | Depart
    | Arrive
    | NoAccess
    | EngineerNoShow
    | Quote
    | ApproveQuote
    | DeclineQuote
    | DeclineVariation
    | ReviseQuote
    | Start
    | NeedParts
    | PartsReady
    | Suspend
    | Resume
    | Finish
    | Fail
    | FollowUp
    | AcceptFail
    | Confirm
    | Dispute
    | RateOrExpire
    | Reopen
    | AbortVisit
    | Cancel
    | Merge
    | Unmerge,
    Field(discriminator="event"),
]
