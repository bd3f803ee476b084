"""The house's own sieve: what a person should look at before anybody else does."""

import pytest

from app.domain.content import CheckState, judge, patience, shown_name, sieve

FINE = [
    "师傅很专业，准时上门，修得很快",
    "等了两个小时才来，态度一般，收费160元",
    "空调 KFR-35GW 不制冷，加了 200 克冷媒就好了",
    "2026年6月15日上门，14:00 到的",
    "在微信上查进度很方便",
    "遥控器去年就坏了，打死也不买这个牌子了",
    "",
]
CAUGHT = {
    "有事打我电话13800138000": "含有联系方式",
    "1 3 8-0013-8000 找我": "含有联系方式",
    "１３８００１３８０００": "含有联系方式",
    "座机 021-58881234": "含有联系方式",
    "加我微信详谈": "含有联系方式",
    "加 V 信 优惠": "含有联系方式",
    "vx: abc12345": "含有联系方式",
    "看 www.example.com": "含有链接",
    "身份证 11010519491231002X": "疑似证件号码",
    "低 价 回 收旧家电": "疑似广告",
    "这师傅傻*逼": "疑似辱骂",
    "百.家.乐": "疑似赌博",
}


@pytest.mark.parametrize("text", FINE)
def test_honest_words_pass(text: str) -> None:
    assert sieve(text) is None


@pytest.mark.parametrize(("text", "why"), CAUGHT.items())
def test_what_people_should_look_at(text: str, why: str) -> None:
    assert sieve(text) == why


@pytest.mark.parametrize(
    ("suggest", "label", "state"),
    [
        ("pass", 100, CheckState.PASSED),
        ("review", 20001, CheckState.REVIEW),
        ("risky", 10001, CheckState.RISKY),
        ("something new", 100, CheckState.REVIEW),
        ("", None, CheckState.REVIEW),
    ],
)
def test_only_a_pass_passes(suggest: str, label: int | None, state: CheckState) -> None:
    assert judge(suggest, label).state is state


def test_patience_grows_and_has_an_end() -> None:
    waits = [patience(n).total_seconds() for n in range(1, 9)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (5, 3600)


def test_a_name_is_told_apart_and_not_found() -> None:
    assert (shown_name("王小美"), shown_name("")) == ("王**", "匿名用户")
