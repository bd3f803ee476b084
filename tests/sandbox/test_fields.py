import string
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.fields import valid
from sandbox.records import TemplateField

VALID = [
    ("thing2", "空调不制冷，需上门检修"),
    ("thing2", "a" * 20),
    ("short_thing1", "已到达"),
    ("character_string1", "HX20260105-7K2M9QXW"),
    ("character_string1", "x" * 32),
    ("phrase3", "已派单"),
    ("phrase3", "等待上门中"),
    ("name1", "欧阳娜娜"),
    ("name1", "Alexander Hamilton"),
    ("number1", "12.50"),
    ("number1", "9" * 32),
    ("letter1", "ABCdef"),
    ("symbol1", "！？#"),
    ("amount1", "¥128.50元"),
    ("amount1", "0.01"),
    ("phone_number1", "400-800-1234"),
    ("car_number1", "沪A12345"),
    ("time4", "15:01"),
    ("time4", "9:05:30"),
    ("time4", "2026年1月5日 15:01"),
    ("time4", "2026-01-05 14:00~16:00"),
    ("date1", "2026年1月5日"),
    ("date1", "2026/01/05"),
    ("date1", "2026.1.5 08:30"),
    ("date1", "2026-01-05~2026-01-07"),
]

INVALID = [
    ("thing2", "a" * 21),
    ("thing2", "第一行\n第二行"),
    ("short_thing1", "超过五个字了"),
    ("character_string1", "x" * 33),
    ("character_string1", "HX 2026"),
    ("character_string1", "工单1"),
    ("phrase3", "已经派单完成"),
    ("phrase3", "ok"),
    ("phrase3", "已派单!"),
    ("name1", "一二三四五六七八九十百"),
    ("name1", "a" * 21),
    ("number1", "12件"),
    ("number1", "9" * 33),
    ("letter1", "abc1"),
    ("symbol1", "a!"),
    ("amount1", "¥12345678901"),
    ("amount1", "一百元"),
    ("phone_number1", "123456789012345678"),
    ("car_number1", "沪A1234567"),
    ("time4", "25:00"),
    ("time4", "明天下午"),
    ("time4", "2026年2月30日 15:01"),
    ("time4", "2026年1月5日"),
    ("time4", "14:00~15:00~16:00"),
    ("date1", "1月5日"),
    ("date1", "2026-13-01"),
    # Digits of other scripts and of full width.
    ("number1", "１２"),
    ("time4", "１２:３０"),
    ("amount1", "٣٤"),
    ("unheard1", "anything"),
]


@pytest.mark.parametrize(("name", "value"), VALID)
def test_accepts(name: str, value: str) -> None:
    assert valid(TemplateField(name, "…"), value)


@pytest.mark.parametrize(("name", "value"), INVALID)
def test_refuses(name: str, value: str) -> None:
    assert not valid(TemplateField(name, "…"), value)


def test_a_registered_constant_admits_nothing_else() -> None:
    field = TemplateField("const1", "状态", ("待支付", "已完成"))
    assert valid(field, "已完成")
    assert not valid(field, "已取消")


# Text that a card shows in one line: any character but those that break it.
LINES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]))


@given(LINES)
def test_a_thing_is_twenty_characters_of_anything(text: str) -> None:
    assert valid(TemplateField("thing1", "…"), text) is (len(text) <= 20)


@given(LINES, st.characters(categories=["Cc", "Zl", "Zp"]), LINES)
def test_no_field_has_a_second_line(before: str, broken: str, after: str) -> None:
    text = f"{before}{broken}{after}"
    for kind in (
        "thing",
        "short_thing",
        "const",
        "name",
        "phrase",
        "character_string",
        "time",
        "date",
        "symbol",
    ):
        assert not valid(TemplateField(f"{kind}1", "…"), text)


@given(st.datetimes(min_value=datetime(1000, 1, 1)))  # noqa: DTZ001 - a card shows no zone
def test_every_minute_can_be_written(moment: datetime) -> None:
    for form in ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y.%m.%d", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日"):
        assert valid(TemplateField("date1", "…"), moment.strftime(form))
    for form in ("%H:%M", "%Y-%m-%d %H:%M", "%Y年%m月%d日 %H:%M~%H:%M"):
        assert valid(TemplateField("time1", "…"), moment.strftime(form))


@given(st.text(string.ascii_letters + string.digits + string.punctuation, min_size=1))
def test_a_number_of_a_ticket_has_no_blank(text: str) -> None:
    field = TemplateField("character_string1", "…")
    assert valid(field, text) is (len(text) <= 32)
    assert not valid(field, f"{text} {text}")


@given(st.text("一二三四五六七八九十维修完成已派单", min_size=1))
def test_a_phrase_is_five_chinese_characters(text: str) -> None:
    field = TemplateField("phrase1", "…")
    assert valid(field, text) is (len(text) <= 5)
    assert not valid(field, f"{text}!")
