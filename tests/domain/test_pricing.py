"""Whatever an engineer wants on a quote: no line is ever dearer than published, nor than told."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.call_out import due, in_short, in_words
from app.domain.pricing import NotCovered, NotPriceable, Price, PriceKind, Wanted, called_out, priced
from app.domain.situation import CallOut

FEN = st.integers(0, 200_000)
PRICES = st.builds(
    Price,
    list_version=st.integers(1, 9),
    code=st.just("X"),
    kind=st.sampled_from([PriceKind.LABOUR, PriceKind.PART, PriceKind.SURCHARGE]),
    name=st.just("检修工时"),
    unit=st.just("次"),
    unit_price_fen=FEN,
    warranty_days=st.integers(0, 365),
)
WANTED = st.builds(
    Wanted,
    code=st.just("X"),
    quantity=st.integers(1, 99),
    discount_fen=FEN,
    discount_reason=st.just("优惠"),
    not_covered=st.sampled_from(["", *NotCovered]),
)
FEE = Price(1, "CALL-OUT", PriceKind.CALL_OUT, "上门检测费", "次", 5000)


@given(PRICES, WANTED, st.booleans())
def test_no_line_is_dearer_than_published(price: Price, wanted: Wanted, covered: bool) -> None:
    gross = wanted.quantity * price.unit_price_fen
    free = covered and not wanted.not_covered
    if wanted.discount_fen > gross and not free:
        with pytest.raises(NotPriceable, match="不能超过它的价格"):
            priced(price, wanted, covered=covered)
        return
    line = priced(price, wanted, covered=covered)
    assert 0 <= line.amount_fen <= gross
    assert line.unit_price_fen == price.unit_price_fen
    assert (line.discount_fen > 0) <= bool(line.discount_reason)
    if free:
        assert line.amount_fen == 0


@given(FEN, st.none() | FEN, st.integers(1, 3), FEN)
def test_the_call_out_fee_is_never_above_what_was_told(
    published: int, told: int | None, quantity: int, discount: int
) -> None:
    price, wanted = replace(FEE, unit_price_fen=published), Wanted("CALL-OUT", quantity, discount, "优惠")
    left = due(CallOut(told or 0), covered=False, repaired=True)
    if told is None or quantity > 1 or discount > min(told, published):
        with pytest.raises(NotPriceable):
            called_out(price, wanted, told_fen=told, due_fen=left)
        return
    line = called_out(price, wanted, told_fen=told, due_fen=left)
    assert 0 <= line.amount_fen <= min(told, published)


CASES = [
    ("nothing told", CallOut(0), False, 0, "本次上门不收上门费。", ""),
    ("plain", CallOut(5000), False, 5000, "上门检测费 50.00 元。", "上门检测费50元"),
    (
        "maybe in warranty",
        CallOut(5050, ("in_warranty",)),
        False,
        5050,
        "上门检测费 50.50 元，核实在保修期内则免收。",
        "上门检测费50.5元",
    ),
    (
        "found in warranty",
        CallOut(5000, ("in_warranty",)),
        True,
        0,
        "保修期内免收上门检测费。",
        "保修期内免上门费",
    ),
    ("in warranty", CallOut(0, ("in_warranty",)), False, 0, "保修期内免收上门检测费。", "保修期内免上门费"),
    (
        "free with the repair",
        CallOut(5000, ("repaired",)),
        False,
        5000,
        "上门检测费 50.00 元，同意维修则免收。",
        "上门检测费50元",
    ),
]


@pytest.mark.parametrize(
    ("_name", "told", "covered", "fee", "words", "short"), CASES, ids=[case[0] for case in CASES]
)
def test_the_fee_is_said_as_it_will_be_charged(
    _name: str, told: CallOut, covered: bool, fee: int, words: str, short: str
) -> None:
    assert due(told, covered=covered, repaired=False) == fee
    assert in_words(told, covered=covered) == words
    assert in_short(told, covered=covered) == short
    # A field of a card has room for twenty characters.
    assert len(f"请留人在家，{short}") <= 20
