"""Labels on paper: what their codes say, by the rules that are data."""

from datetime import date

import pytest

from app.domain.labels import Label, read_label

SERIAL = "EL25C00012345"
MADE = date(2025, 3, 1)
CASES = [
    ("a brand's serial number", SERIAL, ("洱澜", "", SERIAL, "", MADE), 0.8),
    ("in small letters", SERIAL.lower(), ("洱澜", "", SERIAL, "", MADE), 0.8),
    ("anybody's serial number", "9X-00A7/1234", ("", "", "9X-00A7/1234", "", None), 0.4),
    ("lines", f"品牌：洱澜\n型号：KFR-35GW/EL1\n机号: {SERIAL}", ("洱澜", "KFR-35GW/EL1", SERIAL, "空调", MADE), 0.9),
    ("the line of the date goes first", f"型号：BCD-218T\nSN：{SERIAL}\n生产日期：2024年11月",
     ("洱澜", "BCD-218T", SERIAL, "冰箱", date(2024, 11, 1)), 0.9),
    ("the letters of the type plate", "Model No.: KFR-26; S/N: A1234567", ("", "KFR-26", "A1234567", "", None), 0.9),
    ("an address", f"https://q.erlan.example/p?m=XQG100-E5&sn={SERIAL}&x=1",
     ("洱澜", "XQG100-E5", SERIAL, "洗衣机", MADE), 0.9),
    ("an address of somebody's", "https://shop.example/?sn=ABCD1234", ("", "", "ABCD1234", "", None), 0.9),
    ("GS1 with brackets", f"(01)06901234567892(21){SERIAL}(11)250131",
     ("洱澜", "", SERIAL, "", date(2025, 1, 31)), 0.9),
    ("GS1 as scanners give it", f"]d2010690123456789211250131240KFR-35GW\x1d21{SERIAL}",
     ("洱澜", "KFR-35GW", SERIAL, "空调", date(2025, 1, 31)), 0.9),
    ("a date that is none", "型号：KFR-1\n生产日期：2025-02-30", ("", "KFR-1", "", "", None), 0.9),
    ("an address without a label", "https://erlan.example/", ("", "", "", "", None), 0.0),
    ("words", "扫一扫关注我们", ("", "", "", "", None), 0.0),
    ("a telephone number has no letters but is a number", "4008201237", ("", "", "4008201237", "", None), 0.4),
    ("nothing", "   ", ("", "", "", "", None), 0.0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said", "sure"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_a_label(text: str, said: tuple[str, str, str, str, date | None], sure: float) -> None:
    found = read_label(text)
    shown = (found.brand, found.model, found.serial_number, found.category, found.manufactured_on)
    assert (shown, found.confidence) == (said, sure)


def test_it_tells_what_the_label_named_and_what_was_concluded() -> None:
    assert read_label(f"型号：KFR-35GW/EL1\n机号：{SERIAL}").seen == ("model", "serial_number")
    assert read_label("扫一扫") == Label()


@pytest.mark.parametrize(
    "text", ["(01", "(21)", "]d201", "01" + "9" * 14, ":::", "：" * 2000, "https://[", "http://x?sn="]
)
def test_what_is_broken_is_no_error(text: str) -> None:
    assert 0 <= read_label(text).confidence < 1
