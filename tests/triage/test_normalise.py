"""Many spellings, one form."""

import pytest

from app.domain.triage.rulebook import standing_rules


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("full width", "显示Ｅ１", "显示e1"),
        ("traditional", "空調不製冷", "空调不製冷"),
        ("emoji", "漏水了😭😭快来", "漏水了,快来"),
        ("lone characters", "漏 电 了", "漏电了"),
        ("blanks between words", "空调 不凉", "空调,不凉"),
        ("marks", "急！！！快来……", "急。快来。"),
        ("slips", "煤汽味", "煤气味"),
        ("lines", "空调\n不凉", "空调。不凉"),
        ("empty", "", ""),
    ],
)
def test_text_is_brought_to_one_form(name: str, written: str, read: str) -> None:
    assert standing_rules().normalise(written) == read, name


def test_a_text_is_read_up_to_two_thousand_characters() -> None:
    assert len(standing_rules().normalise("热" * 5000)) == 2000
