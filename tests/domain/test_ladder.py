"""What each kind of message may do, and when it had better wait."""

from datetime import UTC, datetime, time, timedelta

import pytest

from app.domain.card import as_sms, as_text, lines_of, reason_zh, said
from app.domain.ladder import LADDERS, Channel, hold, ladder_of
from app.domain.notices import BULLETIN, Kind
from app.domain.quiet import QuietHours
from app.domain.zone import ZONE

NIGHT = QuietHours(time(22), time(8))
NOON = datetime(2026, 6, 15, 12, 0, tzinfo=ZONE)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def test_every_kind_has_its_ladder_and_only_staff_lack_the_lower_rungs() -> None:
    assert set(LADDERS) == set(Kind)
    for kind in (Kind.ENGINEER_OFFER, Kind.STAFF_NOTICE):
        assert LADDERS[kind].channels == (Channel.TEMPLATE,)
    assert ladder_of("carrier_pigeon", {}) is None


def test_a_change_of_state_is_never_coalesced_nor_kept_back() -> None:
    progress = LADDERS[Kind.TICKET_PROGRESS]
    at_night = datetime(2026, 6, 15, 23, 0, tzinfo=ZONE)
    assert hold(progress, (at_night,) * 100, NIGHT, at_night) is None


def test_the_rungs_below_one() -> None:
    progress = LADDERS[Kind.TICKET_PROGRESS]
    assert progress.since(None) == progress.channels
    assert progress.since(Channel.CUSTOM) == (Channel.CUSTOM, Channel.SMS)
    assert progress.below(Channel.SMS) == ()
    assert progress.since(Channel.INBOX) == progress.below(Channel.INBOX) == ()


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (time(21, 59), None),
        (time(22, 0), (16, time(8))),
        (time(23, 59), (16, time(8))),
        (time(0, 0), (15, time(8))),
        (time(7, 59), (15, time(8))),
        (time(8, 0), None),
    ],
)
def test_the_night_ends_at_eight_in_china(at: time, until: tuple[int, time] | None) -> None:
    now = datetime.combine(NOON.date(), at, ZONE).astimezone(UTC)
    found = NIGHT.until(now)
    assert found == (datetime(2026, 6, until[0], until[1].hour, tzinfo=ZONE) if until else None)


def test_quiet_hours_may_lie_within_a_day() -> None:
    noon_rest = QuietHours.parse("12:00-14:00")
    assert noon_rest is not None
    assert noon_rest.until(NOON) == NOON + 2 * HOUR
    assert noon_rest.until(NOON + 2 * HOUR) is None


@pytest.mark.parametrize("text", ["22-8", "24:00-08:00", "22:00-22:00", "later"])
def test_quiet_hours_are_written_in_one_way(text: str) -> None:
    with pytest.raises(ValueError, match="22:00-08:00"):
        QuietHours.parse(text)
    assert QuietHours.parse("") is None


@pytest.mark.parametrize(
    ("kind", "level", "waits"),
    [
        (Kind.RATING_INVITATION, "", True),
        (Kind.STAFF_NOTICE, "提醒", True),
        (Kind.STAFF_NOTICE, "预警", False),
        (Kind.STAFF_NOTICE, "工单变更", False),
        (Kind.ENGINEER_OFFER, "", False),
        (Kind.CONVERSATION_REPLY, "", False),
    ],
)
def test_who_is_left_in_peace_at_night(kind: Kind, level: str, waits: bool) -> None:
    ladder = ladder_of(kind, {"level": level})
    assert ladder is not None
    night = datetime(2026, 6, 15, 3, 0, tzinfo=ZONE)
    found = hold(ladder, (), NIGHT, night)
    assert (found is not None) is waits
    assert found is None or (found.until, found.reason) == (night + 5 * HOUR, "quiet_hours")
    assert hold(ladder, (), None, night) is None


def test_word_to_all_of_a_known_fault_waits_for_the_morning() -> None:
    night = datetime(2026, 6, 15, 3, 0, tzinfo=ZONE)
    for state, waits in ((BULLETIN, True), ("已接单", False)):
        ladder = ladder_of(Kind.TICKET_PROGRESS, {"state": state})
        assert ladder is not None
        assert (hold(ladder, (), NIGHT, night) is not None) is waits


def test_the_second_reminder_of_a_burst_waits_for_the_others() -> None:
    ladder = ladder_of(Kind.STAFF_NOTICE, {"level": "提醒"})
    assert ladder is not None
    found = hold(ladder, (NOON - SECOND,), None, NOON)
    assert found is not None
    assert (found.until, found.reason) == (NOON + 4 * SECOND, "burst")
    assert hold(ladder, (NOON - 5 * SECOND,), None, NOON) is None


def test_nobody_is_asked_for_a_fourth_rating_in_a_day() -> None:
    ladder = LADDERS[Kind.RATING_INVITATION]
    sent = tuple(NOON - n * HOUR for n in (1, 2, 3))
    found = hold(ladder, sent, None, NOON)
    assert found is not None
    assert (found.until, found.reason) == (NOON + 21 * HOUR, "frequency_cap")
    assert hold(ladder, sent[:2], None, NOON) is None
    assert hold(ladder, sent, None, NOON, capped=False) is None
    assert hold(ladder, tuple(NOON - n * HOUR for n in (1, 2, 25)), None, NOON) is None


SLOTS = {"number": "HX1", "service": "空调维修", "state": "已接单", "time": "14:00", "hint": "马上来"}


def test_a_message_in_words() -> None:
    assert [line.value for line in lines_of(SLOTS)] == ["HX1", "空调维修", "已接单", "14:00", "马上来"]
    assert as_text("ticket_progress", SLOTS, "http://x").startswith("【服务进度通知】\n工单编号：HX1\n")
    assert as_sms("ticket_progress", SLOTS, "http://x") == (
        "【服务进度通知】空调维修，已接单，14:00，马上来。详情 http://x"
    )


def test_a_card_for_several_says_how_many() -> None:
    reminder = {"number": "HX1", "matter": "空调维修", "hint": "请联系"}
    assert said(reminder, 1) == reminder
    assert said(reminder, 3)["matter"] == "3 件待办"
    assert said(SLOTS | {"page": "visits/a-link"}, 3) == SLOTS


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (None, None),
        ("not_following", "未关注公众号"),
        ("user: 用户拒收消息", "用户拒收消息"),
        ("test", "test"),
    ],
)
def test_a_reason_in_words(reason: str | None, words: str | None) -> None:
    assert reason_zh(reason) == words
