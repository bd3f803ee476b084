"""From the published price to the line of a quote: never dearer than published, dearer than nothing only with cause."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.situation import QuoteLine


class PriceKind(StrEnum):
    CALL_OUT = "call_out"
    # For coming at the agreed time in vain; on no quote.
    EMPTY_TRIP = "empty_trip"
    # On top of the call-out fee: at night, at great height.
    SURCHARGE = "surcharge"
    LABOUR = "labour"
    PART = "part"


KIND_LABELS = {
    PriceKind.CALL_OUT: "上门费",
    PriceKind.EMPTY_TRIP: "空跑费",
    PriceKind.SURCHARGE: "附加费",
    PriceKind.LABOUR: "工时费",
    PriceKind.PART: "配件",
}


class NotCovered(StrEnum):
    """Why something is charged although the job is in warranty."""

    MISUSE = "misuse"
    ACCIDENT = "accident"
    UNAUTHORISED_REPAIR = "unauthorised_repair"
    CONSUMABLE = "consumable"


NOT_COVERED_LABELS = {
    NotCovered.MISUSE: "使用不当",
    NotCovered.ACCIDENT: "外力、进水等意外",
    NotCovered.UNAUTHORISED_REPAIR: "自行拆修",
    NotCovered.CONSUMABLE: "耗材，不在保修范围",
}
COVERED = "保修期内免费"


@dataclass(frozen=True)
class Price:
    """An item of the price table as it is published for one city."""

    list_version: int
    code: str
    kind: PriceKind
    name: str
    unit: str
    unit_price_fen: int
    warranty_days: int = 0
    part_code: str = ""
    waived_with_repair: bool = False


@dataclass(frozen=True)
class Wanted:
    """What an engineer puts on a quote; how dear it is, is not his to say."""

    code: str
    quantity: int
    discount_fen: int = 0
    discount_reason: str = ""
    not_covered: str = ""


def why_charged(line: QuoteLine) -> str:
    """Why a line costs something although the job is in warranty; empty where nobody had to say."""
    return NOT_COVERED_LABELS[NotCovered(line.not_covered)] if line.not_covered else ""


class NotPriceable(ValueError):
    """``code`` is stable, the message is for people."""

    def __init__(self, code: str, msg: str) -> None:
        super().__init__(msg)
        self.code, self.msg = code, msg


def priced(price: Price, wanted: Wanted, *, covered: bool) -> QuoteLine:
    """``covered``: labour and parts of this job cost nothing, unless the line says why they do.

    Raises NotPriceable for a discount that is larger than what it is taken off.
    """
    gross = wanted.quantity * price.unit_price_fen
    discount, reason = wanted.discount_fen, wanted.discount_reason
    if covered and not wanted.not_covered:
        discount, reason = gross, COVERED
    if discount > gross:
        raise NotPriceable("discount_too_large", f"“{price.name}”的优惠不能超过它的价格。")
    return QuoteLine(
        code=price.code,
        name=price.name,
        quantity=wanted.quantity,
        unit_price_fen=price.unit_price_fen,
        kind=price.kind.value,
        unit=price.unit,
        discount_fen=discount,
        discount_reason=reason if discount else "",
        not_covered=wanted.not_covered if covered else "",
        warranty_days=price.warranty_days,
        part_code=price.part_code,
        list_version=price.list_version,
    )


def called_out(price: Price, wanted: Wanted, *, told_fen: int | None, due_fen: int) -> QuoteLine:
    """The call-out fee as a line: once, never more than was told before the booking (None: it was not told)."""
    if told_fen is None:
        raise NotPriceable("call_out_not_told", "上门费在预约前没有告知客户，不能收取。")
    if wanted.quantity > 1:
        raise NotPriceable("call_out_once", "上门费一次服务只收一次。")
    unit = min(price.unit_price_fen, told_fen)
    waived = max(unit - due_fen, 0)
    if wanted.discount_fen > unit:
        raise NotPriceable("discount_too_large", f"“{price.name}”的优惠不能超过它的价格。")
    discount = max(waived, wanted.discount_fen)
    reason = wanted.discount_reason if discount > waived else "按预约时的约定免收"
    return QuoteLine(
        code=price.code,
        name=price.name,
        quantity=1,
        unit_price_fen=unit,
        kind=price.kind.value,
        unit=price.unit,
        discount_fen=discount,
        discount_reason=reason if discount else "",
        list_version=price.list_version,
    )
