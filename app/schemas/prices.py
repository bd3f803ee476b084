"""The price table in its versions, and the spend limits, as they cross the API."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from app.domain.pricing import PriceKind
from app.domain.situation import ServiceType, Warranty
from app.schemas.common import Input, Line, NeededWord, Output, Word

Fen = Annotated[int, Field(ge=0, le=10_000_000, strict=True)]


class PublishedPrice(Output):
    code: str
    kind: PriceKind
    category: str
    name: str
    unit: str
    unit_price_fen: int
    warranty_days: int
    part_code: str
    waived_with_repair: bool


class PublishedPrices(Output):
    """The price table in force for a city; ``version`` is null before anything was ever published."""

    version: int | None
    valid_from: date | None
    city: str
    complaint_phone: str
    items: list[PublishedPrice]


class PriceListOut(Output):
    version: int
    valid_from: date | None
    complaint_phone: str
    note: str
    created_at: datetime
    published_at: datetime | None


class PriceLists(Output):
    items: list[PriceListOut]


class PriceItemIn(Input):
    """``city_prices`` are what it costs in cities where that differs, by the name of the city in addresses."""

    kind: PriceKind
    category: Word = ""
    name: NeededWord
    unit: NeededWord = "次"
    unit_price_fen: Fen
    warranty_days: Annotated[int, Field(ge=0, le=3650, strict=True)] = 0
    part_code: Word = ""
    waived_with_repair: bool = False
    active: bool = True
    city_prices: Annotated[dict[NeededWord, Fen], Field(max_length=400)] = {}

    @model_validator(mode="after")
    def of_its_kind(self) -> Self:
        if self.part_code and self.kind is not PriceKind.PART:
            raise ValueError("只有配件（part）才有配件编码（part_code）。")
        if self.waived_with_repair and self.kind is not PriceKind.CALL_OUT:
            raise ValueError("只有上门费（call_out）才能设为维修则免收。")
        return self


class PriceLine(Output):
    code: str
    kind: PriceKind
    category: str
    name: str
    unit: str
    unit_price_fen: int
    warranty_days: int
    part_code: str
    waived_with_repair: bool
    active: bool
    city_prices: dict[str, int]


class PriceListDetail(PriceListOut):
    items: list[PriceLine]


class DraftIn(Input):
    note: Line = ""


class DraftTerms(Input):
    # Short numbers as well: 12315, 95xxx.
    complaint_phone: Annotated[str, Field(pattern=r"^[0-9-]{5,20}$")]
    note: Line = ""


class PublishIn(Input):
    """The day, in China, from which the list is valid; today is at once."""

    valid_from: date


class SpendLimitIn(Input):
    """Empty stands for any; of several that fit, the one that says most counts."""

    role: Literal["", "engineer"] = ""
    service_type: ServiceType | Literal[""] = ""
    warranty: Warranty | Literal[""] = ""
    limit_fen: Fen


class SpendLimitOut(Output):
    role: str
    service_type: str
    warranty: str
    limit_fen: int


class SpendLimits(Output):
    standing_fen: int
    items: list[SpendLimitOut]
