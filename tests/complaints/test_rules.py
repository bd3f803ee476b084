"""Which words and stars become a case, and by when."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.complaint.rules import Cause, heard, rated, rules
from app.domain.rating import Scores

NOW = datetime(2026, 6, 15, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "再不来我就要投诉了",
        "你们这售后太垃圾了",
        "等了这么久还没人来",
        "师傅态度很差",
        "第三次了还是没修好",
        "没有人管我",
        "太让人失望了！",
        "空調又壞了，氣死我了",
    ],
)
def test_anger_is_heard(text: str) -> None:
    assert heard(text) is Cause.ANGRY_WORDS


@pytest.mark.parametrize("text", ["我打12315", "我会找律师的", "我要在网上曝光你们"])
def test_threats_are_heard_before_anger(text: str) -> None:
    assert heard(f"态度太差，{text}") is Cause.THREAT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "不是投诉，就问一下",
        "师傅态度不错",
        "服务态度不差",
        "师傅很好，没有乱收费，谢谢",
        "什么时候来呀",
        "家里没人，请下午来",
        "请问费用多少",
        "重复支付了，我要退款",
        "不会差评的，放心",
    ],
)
def test_calm_words_are_left_alone(text: str) -> None:
    assert heard(text) is None


def test_few_stars_in_any_dimension_are_enough_and_words_say_more() -> None:
    assert rated(Scores(5, 5, 2, 5), "") is Cause.LOW_SCORE
    assert rated(Scores(3, 3, 3, 3), "一般") is None
    assert rated(Scores(1, 1, 1, 1), "再不处理我打12315") is Cause.THREAT
    assert rated(Scores(5, 5, 5, 5), "收费的人态度恶劣") is Cause.ANGRY_WORDS


def test_the_graver_the_sooner() -> None:
    due = {cause: rules().due(cause, NOW) - NOW for cause in Cause}
    assert due[Cause.THREAT] == timedelta(hours=4)
    assert due[Cause.THREAT] < due[Cause.ANGRY_WORDS] < due[Cause.LOW_SCORE]
    assert rules().warning(NOW) < NOW < rules().again(NOW)
