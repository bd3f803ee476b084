"""No text of ours reads as advertising, and what people typed is reworded, never held up."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain import notices
from app.wechat.marketing import WORDS, marketing_in, neutral
from app.wechat.samples import SAMPLES
from app.wechat.templates import TEMPLATES, TemplateKind

NOTICES = Path(notices.__file__)
CHINESE = re.compile("[\u4e00-\u9fff]")


def texts(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value):
            yield node.value


def test_every_text_of_a_notice_is_service_only() -> None:
    found = list(texts(NOTICES))
    assert len(found) > 50
    assert {text: marketing_in(text) for text in found if marketing_in(text)} == {}


@pytest.mark.parametrize("kind", TemplateKind)
def test_our_cards_and_their_samples_are_service_only(kind: TemplateKind) -> None:
    assert SAMPLES[kind].keys() == TEMPLATES[kind].slots.keys()
    assert marketing_in("\n".join((TEMPLATES[kind].title_zh, *SAMPLES[kind].values()))) == ()
    rendered = TEMPLATES[kind].render(SAMPLES[kind])
    assert [shown["value"] for shown in rendered.values()] == list(SAMPLES[kind].values())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("限时折扣，点击领取优惠券", ("优惠券", "折扣", "限时", "点击领取")),
        ("本次优惠 20 元", ("优惠",)),
        ("维修完成，请您确认", ()),
        ("", ()),
    ],
)
def test_marketing_words_are_found_once_and_whole(text: str, words: tuple[str, ...]) -> None:
    assert set(marketing_in(text)) == set(words)
    assert marketing_in(neutral(text)) == ()


def test_no_replacement_is_itself_marketing_or_empty() -> None:
    assert [word for word, plain in WORDS.items() if not plain or marketing_in(plain)] == []


def test_what_people_typed_is_reworded_and_still_sent() -> None:
    card = TEMPLATES[TemplateKind.CONVERSATION_REPLY]
    said = card.render(dict(SAMPLES[TemplateKind.CONVERSATION_REPLY]) | {"reply": "给您优惠20元"})
    assert said["thing3"] == {"value": "给您费用调整20元"}
