from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.wechat.fields import FIELD_TYPES, Unfit, clip, format_time, format_window, valid

TRICKY = st.text(
    st.sampled_from("一龥A z0９9-_.,:：~～年月日T¥￥元+*()·…\n\t\u200b\u202e\U0001f600\ud800é。㈠")
)
MOMENTS = st.from_regex(
    r"[ab]?(20\d\d[-/.年][0-3]?\d[-/.月][0-3]?\d日?)?[ T]?[0-2]?\d[:：][0-6]\d(:\d\d)?"
    r"([~～ —至](\d\d:\d\d|2026-1-2))?",
    fullmatch=True,
)
VALUES = st.one_of(st.text(), TRICKY, MOMENTS, st.decimals().map(str), st.datetimes().map(str))
PROPER = {
    "thing": r"[一-龥A-Za-z0-9，。]{1,20}",
    "short_thing": r"[一-龥A-Za-z]{1,5}",
    "const": r"[一-龥]{1,20}",
    "enum": r"[一-龥]{1,20}",
    "character_string": r"[A-Za-z0-9_-]{1,32}",
    "phrase": r"[一-龥]{1,5}",
    "name": r"[一-龥·]{1,10}|[A-Za-z.]{1,20}",
    "number": r"[0-9]{1,16}(\.[0-9]{1,15})?",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[-+*/%$]{1,5}",
    "amount": r"[¥$]?[0-9]{1,10}(\.[0-9]{1,2})?元?",
    "phone_number": r"\+?[0-9-]{1,16}",
    "car_number": r"[一-龥][A-Z][A-Z0-9]{5}[挂学]?",
    "time": r"(20[0-9]{2}年1?[1-2]月[12]?[1-8]日 )?[01][0-9]:[0-5][0-9](~2[0-3]:[0-5][0-9])?",
    "date": r"20[0-9]{2}([-/.])1[0-2]\1[12][0-8]( 1[0-9]:[0-5][0-9])?",
}


@settings(deadline=None)
@given(st.sampled_from(sorted(FIELD_TYPES)), VALUES)
def test_what_clip_gives_is_valid_and_stays_as_it_is(field_type: str, value: str) -> None:
    try:
        clipped = clip(field_type, value)
    except Unfit:
        assert not valid(field_type, value)
        return
    assert valid(field_type, clipped)
    assert clip(field_type, clipped) == clipped
    assert clip(field_type, value) == value or not valid(field_type, value)
    clipped.encode("utf-8")


@pytest.mark.parametrize("field_type", sorted(FIELD_TYPES))
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_proper_value_is_not_touched(field_type: str, data: st.DataObject) -> None:
    value = data.draw(st.from_regex(PROPER[field_type], fullmatch=True))

    assert valid(field_type, value)
    assert clip(field_type, value) == value


@settings(deadline=None)
@given(st.text(min_size=1))
def test_a_thing_is_refused_only_if_there_is_nothing_to_see(value: str) -> None:
    try:
        clipped = clip("thing", value)
    except Unfit:
        assert not any(char.isprintable() and not char.isspace() for char in value)
    else:
        assert len(clipped) <= 20


@pytest.mark.parametrize(
    ("field_type", "value", "expected"),
    [
        ("thing", "格力空调不制冷", "格力空调不制冷"),
        ("thing", "一" * 20, "一" * 20),
        ("thing", "一" * 21, "一" * 19 + "…"),
        ("thing", "😀" * 11, "😀" * 9 + "…"),
        ("thing", " 不制冷\n还\t漏水\u200b ", "不制冷 还 漏水"),
        ("thing", "abcdefghijklmnopqr xyz", "abcdefghijklmnopqr…"),
        ("short_thing", "等待您确认报价", "等待您确…"),
        ("const", "已完成", "已完成"),
        ("character_string", "HX20261122-A7K2", "HX20261122-A7K2"),
        ("character_string", " ＨＸ 2026/11 单", "HX202611"),
        ("character_string", "A" * 40, "A" * 32),
        ("phrase", "维修中", "维修中"),
        ("phrase", "等待 您确认报价(2)", "等待您确认"),
        ("name", "王师傅", "王师傅"),
        ("name", "John-O'Neil von Neumann-Wittgenstein", "John-O'NeilvonNeuman"),
        ("name", "欧阳娜娜(一二三四五六七八)", "欧阳娜娜(一二三四五"),
        ("number", "共 1,234.50 件", "1234.50"),
        ("number", "1." + "3" * 40, "1." + "3" * 30),
        ("letter", "Gree-K7", "GreeK"),
        ("symbol", "a+-*/%=b", "+-*/%"),
        ("amount", "￥128.00元", "¥128.00元"),
        ("amount", "合计 1,280.5 元", "1280.5元"),
        ("phone_number", "+86 0766-66888866", "+860766-66888866"),
        ("car_number", "粤A·8Z888挂", "粤A8Z888挂"),
        ("time", "2026年11月22日 15:01", "2026年11月22日 15:01"),
        ("time", "2026年11月22日 14:00~16:00", "2026年11月22日 14:00~16:00"),
        ("time", "预约 2026-11-22  14：00 — 16：00", "2026-11-22 14:00~16:00"),
        ("time", "2026-11-22T07:01:00+00:00", "2026年11月22日 15:01"),
        ("time", "15:01:30", "15:01:30"),
        ("date", "2026.1.2", "2026.1.2"),
        ("date", "到期：2026/11/22", "2026/11/22"),
    ],
)
def test_clipping(field_type: str, value: str, expected: str) -> None:
    assert clip(field_type, value) == expected


@pytest.mark.parametrize(
    ("field_type", "value"),
    [
        ("thing", ""),
        ("thing", " \n\u200b"),
        ("character_string", "工单"),
        ("phrase", "done"),
        ("number", "-5"),
        ("number", "9" * 33),
        ("amount", "-¥5"),
        ("amount", "¥12345678901"),
        ("time", "明天下午"),
        ("time", "25:61"),
        ("time", "2026年2月30日 10:00"),
        ("date", "15:01"),
    ],
)
def test_what_cannot_be_shown_is_refused(field_type: str, value: str) -> None:
    assert not valid(field_type, value)
    with pytest.raises(Unfit):
        clip(field_type, value)


def test_times_are_shown_as_in_china() -> None:
    moment = datetime(2026, 11, 22, 7, 1, tzinfo=UTC)

    assert format_time(moment) == "2026年11月22日 15:01"
    assert format_time(moment.astimezone(timezone(timedelta(hours=-5)))) == "2026年11月22日 15:01"
    with pytest.raises(ValueError, match="zone"):
        format_time(datetime(2026, 11, 22))  # noqa: DTZ001


def test_a_window_names_its_day_once_unless_it_passes_midnight() -> None:
    start = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)

    assert format_window(start, start + timedelta(hours=2)) == "2026年11月22日 14:00~16:00"
    assert format_window(start, start + timedelta(hours=12)) == "2026年11月22日 14:00~2026年11月23日 02:00"


@settings(deadline=None)
@given(
    st.integers(946684800, 4102444800).map(lambda second: datetime.fromtimestamp(second, UTC)),
    st.timedeltas(timedelta(0), timedelta(days=3)),
)
def test_a_formatted_time_is_a_valid_time(start: datetime, length: timedelta) -> None:
    assert valid("time", format_time(start))
    assert valid("time", format_window(start, start + length))
