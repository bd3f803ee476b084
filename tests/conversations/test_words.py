"""Standing answers, the menu of the survey, and messages as one line: rules without a database."""

from pathlib import Path

import pytest

from app.domain.conversation.standing import RepliesError, bare, for_key, for_text, load, standing_replies
from app.domain.conversation.survey import Tap, choices, tap
from app.domain.conversation.words import MessageKind, Satisfaction, line


@pytest.mark.parametrize(
    "text", ["你好", "您好！", " 在吗？？ ", "Hello", "谢谢～", "ｈｉ", "thank you!", "再见👋"]
)
def test_a_greeting_has_its_answer_whatever_its_ornaments(text: str) -> None:
    standing = for_text(text)
    assert standing is not None
    assert standing.text
    assert not standing.opens


@pytest.mark.parametrize(
    "text",
    [
        "你好，空调不制冷",
        "谢谢，不过还是漏水",
        "多少钱能修好压缩机",
        "",
        "？？？",
        "您好" * 40,
        "hi there",
        "收费标准不合理我要投诉",
    ],
)
def test_a_sentence_is_for_people(text: str) -> None:
    assert for_text(text) is None


def test_assent_is_swallowed_and_a_call_for_a_person_opens() -> None:
    assent, human = for_text("好的。"), for_text("转人工")
    assert assent is not None
    assert (assent.text, assent.opens) == ("", False)
    assert human is not None
    assert human.opens


def test_entries_of_the_menu_are_found_whatever_their_case() -> None:
    for key in ("report", "SERVICES", " support "):
        assert for_key(key) is not None
    assert for_key("something else") is None


def test_no_answer_breaks_out_of_its_envelope_or_exceeds_a_message() -> None:
    replies = standing_replies()
    for standing in (*replies.menu.values(), *replies.phrases.values()):
        linked = standing.linked("https://example.com/")
        assert "]]>" not in linked
        assert "{" not in linked
        assert len(linked.encode()) <= 2048
        assert "<" not in standing.plain
        assert "//h5" not in linked


def test_a_file_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "replies.toml"
    path.write_text(
        'menu = []\n[[phrases]]\nkind = "a"\nwords = ["你好", "你好！"]\ntext = "x"\n', encoding="utf-8"
    )
    with pytest.raises(RepliesError):
        load(path)


def test_ornaments_fall_off() -> None:
    assert bare("  您 好 ！～ ") == "您好"
    assert bare("Thank   You!") == "thank you"


def test_each_entry_of_the_survey_names_its_ticket_and_its_answer() -> None:
    for ticket_id in (1, 77, 9_007_199_254_740_993):
        taps = [tap(choice.id) for choice in choices(ticket_id)]
        assert taps == [Tap(ticket_id, answer) for answer in Satisfaction]
    assert [choice.label for choice in choices(5)] == ["满意", "一般", "不满意"]
    assert all(choice.id.isdecimal() for choice in choices(5))


@pytest.mark.parametrize(
    "menu_id", [None, "", "77", "771", "7714", "7710", "101", "77x1", "77１1", "77" + "9" * 30]
)
def test_entries_of_other_menus_are_none_of_ours(menu_id: str | None) -> None:
    assert tap(menu_id) is None


def test_a_message_as_one_line() -> None:
    assert line(MessageKind.TEXT, "先断电\n再试", 0) == "先断电 再试"
    assert line(MessageKind.TEXT, "", 2) == "[图片]"
    assert line(MessageKind.IMAGE, "", 1) == "[图片]"
