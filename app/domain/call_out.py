"""What coming costs (上门检测费): decided before dispatch, told before the booking, and charged only as told."""

from app.domain.pricing import Price
from app.domain.situation import CallOut, ServiceType, Situation, Warranty

IN_WARRANTY, REPAIRED = "in_warranty", "repaired"


def decide_call_out(s: Situation, published: Price | None, empty_trip: Price | None) -> CallOut:
    """The fees of the price table for this category and city, for coming and for coming in vain; None where it has
    none."""
    if published is not None and s.covered:
        return CallOut(0, (IN_WARRANTY,), _fen(empty_trip))
    return told_before(s.service_type, s.warranty, published, empty_trip)


def told_before(
    kind: ServiceType, warranty: Warranty, published: Price | None, empty_trip: Price | None
) -> CallOut:
    """What is told of a job that is not known to be covered, before it is reported or dispatched."""
    if published is None:
        return CallOut(0, empty_trip_fen=_fen(empty_trip))
    waived = []
    if kind is ServiceType.REPAIR and warranty is Warranty.UNKNOWN:
        waived.append(IN_WARRANTY)
    if published.waived_with_repair:
        waived.append(REPAIRED)
    return CallOut(published.unit_price_fen, tuple(waived), _fen(empty_trip))


def _fen(price: Price | None) -> int:
    return price.unit_price_fen if price else 0


def due(told: CallOut, *, covered: bool, repaired: bool) -> int:
    """What of the told fee may be charged now."""
    free = covered or (repaired and REPAIRED in told.waived)
    return 0 if free else told.fee_fen


def in_words(told: CallOut, *, covered: bool) -> str:
    if not told.empty_trip_fen:
        return _coming(told, covered=covered)
    in_vain = f"{told.empty_trip_fen / 100:.2f}"
    return (
        f"{_coming(told, covered=covered)}工程师出发后您取消，或约好的时间家里没人、电话也联系不上时，"
        f"收取上门空跑费 {in_vain} 元。"
    )


def _coming(told: CallOut, *, covered: bool) -> str:
    if covered or (not told.fee_fen and IN_WARRANTY in told.waived):
        return "保修期内免收上门检测费。"
    if not told.fee_fen:
        return "本次上门不收上门费。"
    words = [f"上门检测费 {told.fee_fen / 100:.2f} 元"]
    if REPAIRED in told.waived:
        words.append("同意维修则免收")
    if IN_WARRANTY in told.waived:
        words.append("核实在保修期内则免收")
    return "，".join(words) + "。"


def in_short(told: CallOut, *, covered: bool) -> str:
    """For a card, whose fields are short; empty where there is nothing to say."""
    in_vain = f"空跑费{told.empty_trip_fen / 100:g}元" if told.empty_trip_fen else ""
    if covered or not told.fee_fen:
        free = "保修期内免上门费" if IN_WARRANTY in told.waived else ""
        return f"未遇收{in_vain}" if in_vain else free
    fee = f"{told.fee_fen / 100:g}元"
    return f"检测费{fee}，{in_vain}" if in_vain else f"上门检测费{fee}"


def reminded(told: CallOut | None, otherwise: str) -> str:
    """The evening before, on a card: the fee is said once more where there is one."""
    if told is None or not told.empty_trip_fen:
        return otherwise
    return f"明天请留人，未遇收空跑费{told.empty_trip_fen / 100:g}元"


def fee_in_words(fee_fen: int) -> str:
    """What is added to the sentence about a quote that was not agreed to."""
    return f"，收取上门检测费 {fee_fen / 100:.2f} 元" if fee_fen else ""


def empty_trip_in_words(fee_fen: int) -> str:
    """What is added where coming in vain is charged."""
    return f"，按预约前的告知收取上门空跑费 {fee_fen / 100:.2f} 元" if fee_fen else ""
