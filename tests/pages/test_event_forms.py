"""The form of an event is made from its schema: nothing that the API needs is forgotten."""

from datetime import UTC, datetime

import pytest

from app.domain.lifecycle import TRANSITIONS, Event
from app.routers.console.shell import DESK
from app.routers.event_forms import LABELS, FormInvalid, body_of, fields
from app.schemas.transitions import AskInfo, Cancel, Suspend

_OF_DESK = sorted({t.event for t in TRANSITIONS if t.roles & DESK})


@pytest.mark.parametrize("event", _OF_DESK)
def test_whatever_the_desk_may_cause_has_a_form_in_words(event: Event) -> None:
    found = fields(event)
    assert found is not None
    for field in found:
        assert field.label == LABELS[field.name]
        for value, words in field.choices:
            assert words != value or not value.isascii(), (event, field.name, value)


def test_what_needs_price_lines_or_photos_is_done_elsewhere() -> None:
    assert [fields(event) for event in (Event.QUOTE, Event.NO_ACCESS, Event.NEED_PARTS)] == [None] * 3


def test_a_list_is_a_line_each_and_a_moment_is_that_on_the_wall() -> None:
    asked = body_of(Event.ASK_INFO, 3, {"items": "型号照片\n\n 门牌号 "})
    assert isinstance(asked, AskInfo)
    assert asked.items == ["型号照片", "门牌号"]
    put_aside = body_of(Event.SUSPEND, 3, {"reason_code": "weather", "resume_at": "2026-06-20T09:00"})
    assert isinstance(put_aside, Suspend)
    assert put_aside.resume_at == datetime(2026, 6, 20, 1, tzinfo=UTC)


def test_what_is_wrong_stands_at_its_field() -> None:
    with pytest.raises(FormInvalid) as refused:
        body_of(Event.SUSPEND, 3, {"reason_code": "", "resume_at": "morgen"})
    assert set(refused.value.errors) == {"reason_code", "resume_at"}


def test_what_was_left_empty_was_not_said() -> None:
    body = body_of(Event.CANCEL, 3, {"reason_code": "other", "note": " "})
    assert isinstance(body, Cancel)
    assert body.note == ""
