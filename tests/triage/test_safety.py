"""Rules only raise: whatever is added to a text, danger once said stays danger."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.triage import Category, Urgency, triage

DANGERS = [
    "漏电麻手",
    "闻到煤气味",
    "插座冒火花",
    "机器冒烟了",
    "突然爆炸了",
    "孩子烫伤了",
    "水流到插线板上了",
]
BENIGN = ["谢谢师傅", "麻烦尽快联系我", "买了三年", "型号记不清", "是白色的", "电话打我手机", "上周刚洗过"]
TEXTS = [
    "空调不制冷",
    "洗衣机不转",
    "加油扣了两次钱",
    "大家都登不上小程序",
    "冰箱没有异响",
    "热水器没有漏水",
    "",
]

plain_chinese = st.text(alphabet="空调冰箱水电火气味修师傅今天家里没有不是了的，。 ", max_size=40)


@given(text=st.one_of(st.sampled_from(TEXTS), plain_chinese), danger=st.sampled_from(DANGERS))
@settings(max_examples=150, deadline=None)
def test_adding_a_danger_never_lowers_urgency(text: str, danger: str) -> None:
    alone = triage(text).urgency.rank
    assert triage(f"{text}。{danger}").urgency.rank >= max(alone, Urgency.ACCIDENT.rank)


@given(
    danger=st.sampled_from(DANGERS),
    benign=st.lists(st.sampled_from(BENIGN), min_size=1, max_size=5),
    first=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_harmless_words_around_a_danger_leave_it_standing(
    danger: str, benign: list[str], *, first: bool
) -> None:
    said = [danger, *benign] if first else [*benign, danger]
    assert triage("，".join(said)).urgency is Urgency.ACCIDENT


@given(danger=st.sampled_from(DANGERS), category=st.sampled_from([c.value for c in Category]))
@settings(max_examples=60, deadline=None)
def test_no_declared_category_hides_a_danger(danger: str, category: str) -> None:
    assert triage(danger, category=category).urgency is Urgency.ACCIDENT


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_at_all_is_answered(text: str) -> None:
    found = triage(text)
    assert 0.0 <= found.confidence <= 1.0
    assert found.reasons


@pytest.mark.parametrize("text", ["水" * 2000, "没有漏水" * 500, "空调不制冷，" * 400, "(" * 5000])
def test_a_very_long_text_is_answered(text: str) -> None:
    assert triage(text).urgency is Urgency.NORMAL
