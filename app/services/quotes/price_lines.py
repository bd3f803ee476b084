"""The lines that an engineer wants, at the prices that are published for the category and the city."""

from collections.abc import Mapping, Sequence

from app.domain.call_out import due
from app.domain.pricing import NotPriceable, Price, PriceKind, Wanted, called_out, priced
from app.domain.situation import QuoteLine, Situation
from app.errors import InvalidInput
from app.schemas.transitions import QuoteLineIn
from app.services.prices.current import prices_of
from app.services.quotes.call_out import call_out_charged
from app.services.tickets.change import Change


async def price_lines(
    change: Change, base: Sequence[QuoteLine], lines: Sequence[QuoteLineIn]
) -> list[QuoteLine]:
    """``base`` is what was approved before. Errors: invalid_input at body.lines."""
    s, wanted = change.before, _folded(lines)
    city = s.address.city if s.address else ""
    codes = {each.code for each in wanted}
    prices = await prices_of(change.connection, codes, category=s.category, city=city, now=change.now)
    unknown = [each.code for each in wanted if each.code not in prices]
    if unknown:
        raise InvalidInput.at(
            "body.lines",
            f"价目表里没有这些项目：{'、'.join(unknown)}，请从价目表中选择。",
            "not_in_price_table",
        )
    charged = any(line.kind == PriceKind.CALL_OUT for line in base) or await call_out_charged(change)
    try:
        return [_line(prices, each, s, charged=charged) for each in wanted]
    except NotPriceable as error:
        raise InvalidInput.at("body.lines", error.msg, error.code) from error


def _line(prices: Mapping[str, Price], wanted: Wanted, s: Situation, *, charged: bool) -> QuoteLine:
    price = prices[wanted.code]
    if price.kind is PriceKind.EMPTY_TRIP:
        raise NotPriceable("empty_trip_on_quote", "空跑费由到访未遇的记录产生，不能写进报价。")
    if price.kind is not PriceKind.CALL_OUT:
        return priced(price, wanted, covered=s.covered)
    if charged:
        raise NotPriceable("call_out_once", "上门费一次服务只收一次。")
    told = s.call_out
    left = due(told, covered=s.covered, repaired=True) if told else 0
    return called_out(price, wanted, told_fen=told.fee_fen if told else None, due_fen=left)


def _folded(lines: Sequence[QuoteLineIn]) -> list[Wanted]:
    """An item that stands there twice is one line."""
    folded: dict[tuple[str, str], Wanted] = {}
    for line in lines:
        key = (line.code, line.not_covered or "")
        before = folded.get(key)
        folded[key] = Wanted(
            line.code,
            line.quantity + (before.quantity if before else 0),
            line.discount_fen + (before.discount_fen if before else 0),
            line.discount_reason or (before.discount_reason if before else ""),
            key[1],
        )
    return list(folded.values())
