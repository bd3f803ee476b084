"""The first rule that fits, and whoever of a team is free and has least to do."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from app.domain.routing.choice import HEARTBEAT, Presence, Seat, choose
from app.domain.routing.rules import Conditions, Facts, Rule, first_match
from app.domain.situation import Channel, Priority, ServiceType

NOW = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)
FACTS = Facts(
    channel=Channel.HOTLINE,
    service_type=ServiceType.REPAIR,
    category="空调",
    words="空调不制冷，有焦味",
    priority=Priority.URGENT,
    district="五华区",
    service_point_id="p1",
    hazard=True,
)
SEAT = Seat("a", "何思雨", Presence.ONLINE, NOW, (), 4, 0, None)


@pytest.mark.parametrize(
    ("conditions", "because"),
    [
        (Conditions(), ()),
        (Conditions(channels=(Channel.CHAT, Channel.HOTLINE)), ("渠道是热线",)),
        (Conditions(channels=(Channel.CHAT,)), None),
        (Conditions(service_types=(ServiceType.REPAIR,)), ("类型是维修",)),
        (Conditions(service_types=(ServiceType.COMPLAINT,)), None),
        (Conditions(categories=("空调", "冰箱")), ("品类是空调",)),
        (Conditions(categories=("冰箱",)), None),
        (Conditions(words=("漏水", "焦味")), ("描述中有“焦味”",)),
        (Conditions(words=("漏水",)), None),
        (Conditions(priorities=(Priority.URGENT,)), ("级别是紧急",)),
        (Conditions(priorities=(Priority.NORMAL,)), None),
        (Conditions(districts=("五华区",)), ("地区是五华区",)),
        (Conditions(districts=("西山区",)), None),
        (Conditions(service_point_ids=("p1",)), ("属于指定网点",)),
        (Conditions(service_point_ids=("p2",)), None),
        (Conditions(hazard=True), ("有安全隐患",)),
        (Conditions(hazard=False), None),
        (Conditions(categories=("空调",), hazard=False), None),
        (Conditions(categories=("空调",), districts=("五华区",)), ("品类是空调", "地区是五华区")),
    ],
)
def test_each_condition_that_is_there_must_hold(
    conditions: Conditions, because: tuple[str, ...] | None
) -> None:
    match = first_match([Rule(1, "规则", conditions, "t")], FACTS)
    assert (match.because if match else None) == because


def test_the_first_that_fits_decides_whatever_the_order_in_the_list() -> None:
    rules = [Rule(3, "全部", Conditions(), "c"), Rule(2, "空调", Conditions(categories=("空调",)), "b")]
    match = first_match([*rules, Rule(1, "冰箱", Conditions(categories=("冰箱",)), "a")], FACTS)
    assert match is not None
    assert match.rule.name == "空调"
    assert first_match([], FACTS) is None


@pytest.mark.parametrize(
    ("seat", "obstacle"),
    [
        (SEAT, ""),
        (replace(SEAT, presence=Presence.BUSY), "忙碌"),
        (replace(SEAT, presence=Presence.OFFLINE), "不在线"),
        (replace(SEAT, seen_at=NOW - HEARTBEAT), ""),
        (replace(SEAT, seen_at=NOW - HEARTBEAT - timedelta(seconds=1)), "不在线"),
        (replace(SEAT, seen_at=None), "不在线"),
        (replace(SEAT, skills=("冰箱",)), "不负责空调"),
        (replace(SEAT, skills=("冰箱", "空调")), ""),
        (replace(SEAT, load=4), "已满"),
        (replace(SEAT, capacity=0), "已满"),
    ],
)
def test_who_could_take_it(seat: Seat, obstacle: str) -> None:
    choice = choose([seat], "空调", NOW)
    assert [each.obstacle for each in choice.candidates] == [obstacle]
    assert (choice.chosen is None) == bool(obstacle)


def test_the_load_is_weighed_by_capacity_then_whoever_waited_longest() -> None:
    half = replace(SEAT, staff_id="half", load=2, last_assigned_at=NOW)
    third = replace(SEAT, staff_id="third", capacity=9, load=3, last_assigned_at=NOW)
    assert choose([half, third], "空调", NOW).chosen == third
    longer = replace(third, staff_id="longer", last_assigned_at=NOW - timedelta(hours=1))
    never = replace(third, staff_id="never", last_assigned_at=None)
    assert choose([third, longer], "空调", NOW).chosen == longer
    assert choose([third, longer, never], "空调", NOW).chosen == never


def test_a_day_of_tickets_is_shared_by_capacity_and_floods_nobody() -> None:
    """What is quickly done makes a light load; still nobody who works fast gets everything in a row."""
    dice = Random(7)
    seats = {
        name: replace(SEAT, staff_id=name, capacity=size) for name, size in (("a", 4), ("b", 4), ("c", 8))
    }
    given: Counter[str] = Counter()
    for minute in range(2000):
        chosen = choose(list(seats.values()), "空调", NOW).chosen
        if chosen is not None:
            at = NOW + timedelta(minutes=minute)
            seats[chosen.staff_id] = replace(chosen, load=chosen.load + 1, last_assigned_at=at)
            given[chosen.staff_id] += 1
        for name, seat in seats.items():
            gone = sum(dice.random() < 0.08 for _ in range(seat.load))
            seats[name] = replace(seat, load=seat.load - gone)
    total = sum(given.values())
    assert all(seat.load <= seat.capacity for seat in seats.values())
    assert abs(given["a"] - given["b"]) < 0.1 * total
    assert 1.5 < 2 * given["c"] / (given["a"] + given["b"]) < 2.5
