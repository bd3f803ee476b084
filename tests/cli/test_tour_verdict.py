"""The tour's judgement: every message of the timeline once, in order, and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.cli.tour.expected import INVITATION, NOTICE, OFFER, PROGRESS, expected, sign_of
from app.cli.tour.result import judge
from app.cli.tour.story import coming_hours
from app.domain.zone import ZONE
from app.integrations.sandbox import Card
from app.schemas.tickets import WindowIn

BEGIN = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)


def timeline(*events: str) -> list[dict[str, Any]]:
    return [
        {"seq": seq, "event": event, "at": (BEGIN + timedelta(seconds=seq)).isoformat()}
        for seq, event in enumerate(events, 1)
    ]


def card(number: int, user: str, template: str, **rows: str) -> Card:
    at = BEGIN.timestamp() + 1 + number / 10
    return Card(number, user, user, template, "", (("工单编号", "HX1"), *rows.items()), at)


EVENTS = timeline("submit", "offer", "finish")
CARDS = [
    card(1, "c", PROGRESS, 当前状态="已提交"),
    card(2, "c", PROGRESS, 当前状态="派单中"),
    card(3, "e", OFFER),
    card(4, "c", PROGRESS, 当前状态="服务完成"),
    card(5, "c", INVITATION),
]


def test_all_once_and_in_order_is_a_pass() -> None:
    verdict = judge(expected(EVENTS), CARDS, "c")
    assert verdict.ok
    assert [push.delay_ms for push in verdict.pushes] == [100.0, -800.0, -700.0, -1600.0, -1500.0]
    assert [push.event for push in verdict.pushes] == ["submit", "offer", "offer", "finish", "finish"]


@pytest.mark.parametrize(
    ("came", "missing", "surplus"),
    [
        (CARDS[:4], 1, 0),
        ([*CARDS, CARDS[0]], 0, 1),
        ([*CARDS, card(6, "c", PROGRESS, 当前状态="已取消")], 0, 1),
        ([*CARDS[:4], card(5, "e", INVITATION)], 1, 1),
        ([CARDS[1], CARDS[0], *CARDS[2:]], 0, 0),
    ],
    ids=[
        "one is missing",
        "one came twice",
        "one is strange",
        "one went to the wrong phone",
        "two changed places",
    ],
)
def test_anything_else_is_not(came: list[Card], missing: int, surplus: int) -> None:
    verdict = judge(expected(EVENTS), came, "c")
    assert not verdict.ok
    assert (len(verdict.missing), len(verdict.surplus)) == (missing, surplus)


def test_an_urging_reaches_the_engineer_alone() -> None:
    (only,) = expected(timeline("urged"))
    assert only.sign == sign_of(card(1, "e", NOTICE, 级别="催单"), "c")


def test_both_engineers_hear_that_another_comes() -> None:
    signs = [each.sign for each in expected(timeline("replanned"))]
    assert signs == [sign_of(card(1, "e", NOTICE, 级别="行程调整"), "c")] * 2


@pytest.mark.parametrize(("told_after", "cards"), [(0, 3), (1, 3), (2, 2)])
def test_the_customer_hears_that_another_comes_if_he_knew_who(told_after: int, cards: int) -> None:
    told_at = (BEGIN + timedelta(seconds=told_after)).isoformat()
    signs = [each.sign for each in expected(timeline("replanned"), told_at)]
    assert len(signs) == cards
    assert (sign_of(card(1, "c", PROGRESS, 当前状态="已预约"), "c") in signs) is (cards == 3)


def test_what_the_clock_sends_is_not_waited_for() -> None:
    assert expected(timeline("reminded", "escalated")) == []


@pytest.mark.parametrize(
    "clock", ["00:00:00", "00:10:30", "06:59:59", "16:40:00", "21:59:30", "23:28:00", "23:29:30", "23:59:40"]
)
def test_the_coming_hours_can_be_booked_at_any_time(clock: str) -> None:
    now = datetime.fromisoformat(f"2026-06-15T{clock}").replace(tzinfo=ZONE)
    window = WindowIn.model_validate(coming_hours(now))
    assert window.start <= now < window.end
    assert window.end - window.start == timedelta(hours=2)
