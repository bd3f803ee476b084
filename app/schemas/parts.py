"""Parts, their stock and their orders, as they cross the API."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.domain.parts import OrderState, PlaceKind
from app.schemas.common import Input, Line, Moment, NeededWord, Output, Word

Quantity = Annotated[int, Field(ge=1, le=9999, strict=True)]


class PartOut(Output):
    code: str
    name: str
    category: str
    aliases: list[str]
    serialised: bool
    returnable: bool


class PartList(Output):
    items: list[PartOut]


class PlaceIn(Input):
    """A service point, or the van of an engineer (by the engineer's id)."""

    kind: PlaceKind
    id: UUID


class MovementLine(Input):
    part_code: NeededWord
    quantity: Annotated[int, Field(ge=0, le=9999, strict=True)]


class MovementIn(Input):
    """``count`` sets what is there, ``scrap`` ends old parts, ``return_old`` moves them on; ``to`` goes with moves."""

    kind: Literal["receive", "transfer", "count", "scrap", "return_old"]
    place: PlaceIn
    to: PlaceIn | None = None
    lines: Annotated[list[MovementLine], Field(min_length=1, max_length=100)]
    note: Line = ""

    @model_validator(mode="after")
    def something_moves(self) -> Self:
        if self.kind != "count" and any(line.quantity == 0 for line in self.lines):
            raise ValueError("数量要大于 0（lines）。")
        return self


class StockLine(Output):
    part_code: str
    name: str
    on_hand: int
    reserved: int
    free: int
    defective: int


class StockOut(Output):
    items: list[StockLine]


class ReservationLine(Input):
    part_code: NeededWord
    quantity: Quantity = 1


class ReservationIn(Input):
    lines: Annotated[list[ReservationLine], Field(min_length=1, max_length=20)]


class AvailableAt(Output):
    place: str
    place_kind: PlaceKind
    quantity: int


class Suggested(Output):
    name: str
    part_code: str | None
    available: list[AvailableAt]


class Held(Output):
    part_code: str
    place_kind: PlaceKind
    quantity: int


class OrderOut(Output):
    id: int
    part_code: str | None
    name: str
    quantity: int
    due_at: datetime
    state: OrderState
    label: str
    carrier: str
    tracking_number: str
    arrived_at: datetime | None


class OrderPatch(Input):
    """What changes; a new ``due_at`` needs a ``reason``, which the customer reads."""

    state: OrderState | None = None
    carrier: Word = ""
    tracking_number: Word = ""
    due_at: Moment | None = None
    reason: Line = ""


class Fitted(Output):
    part_code: str | None
    name: str
    quantity: int
    serial_number: str
    old_part: str
    fitted_at: datetime


class TicketParts(Output):
    """``suggested`` are the likely ones by triage, with where they can be had."""

    suggested: list[Suggested]
    reserved: list[Held]
    orders: list[OrderOut]
    fitted: list[Fitted]
