"""What coming costs (上门检测费): decided before dispatch, told before the booking, and charged only as told."""

from app.domain.pricing import Price
from app.domain.situation import CallOut, ServiceType, Situation, Warranty

IN_WARRANTY, REPAIRED = "in_warranty", "repaired"


def decide_call_out(s: Situation, published: Price | None) -> CallOut:
    """``published`` is the call-out fee of the price table for this category and city; None where it has none."""
    if published is not None and s.covered:
        return CallOut(0, (IN_WARRANTY,))
    return told_before(s.service_type, s.warranty, published)


def told_before(kind: ServiceType, warranty: Warranty, published: Price | None) -> CallOut:
    """What is told of a job that is not known to be covered, before it is reported or dispatched."""
    if published is None:
        return CallOut(0)
    waived = []
    if kind is ServiceType.REPAIR and warranty is Warranty.UNKNOWN:
        waived.append(IN_WARRANTY)
    if published.waived_with_repair:
        waived.append(REPAIRED)
    return CallOut(published.unit_price_fen, tuple(waived))


def due(told: CallOut, *, covered: bool, repaired: bool) -> int:
    """What of the told fee may be charged now."""
    free = covered or (repaired and REPAIRED in told.waived)
    return 0 if free else told.fee_fen


def in_words(told: CallOut, *, covered: bool) -> str:
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
    if covered or not told.fee_fen:
        return "保修期内免上门费" if IN_WARRANTY in told.waived else ""
    return f"上门检测费{told.fee_fen / 100:g}元"


def fee_in_words(fee_fen: int) -> str:
    """What is added to the sentence about a quote that was not agreed to."""
    return f"，收取上门检测费 {fee_fen / 100:.2f} 元" if fee_fen else ""
