"""Who is called about, when, and when again."""

from datetime import datetime, timedelta

import pytest

from app.domain.contact_hours import ContactHours
from app.domain.follow_up.calls import due, first_call, next_call, script
from app.domain.follow_up.rules import CallOutcome, Cause, Job, Rule, is_drawn, rulebook
from app.domain.situation import ServiceType
from app.domain.zone import ZONE

CALLS = rulebook().calls
ORDINARY = Job("HX1", 9, Cause.COMPLETED, ServiceType.REPAIR)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("job", "rule"),
    [
        (ORDINARY, "抽样"),
        (Job("HX1", 9, Cause.UNRESOLVED, ServiceType.REPAIR), "未能修复"),
        (Job("HX1", 9, Cause.COMPLETED, ServiceType.REPAIR, rework=True, urged=3), "返修"),
        (Job("HX1", 9, Cause.COMPLETED, ServiceType.COMPLAINT), "投诉"),
        (Job("HX1", 9, Cause.COMPLETED, ServiceType.REPAIR, urged=2), "多次催单"),
        (Job("HX1", 9, Cause.COMPLETED, ServiceType.REPAIR, charge_fen=50000), "高额维修"),
        (Job("HX1", 9, Cause.COMPLETED, ServiceType.INSTALLATION, charge_fen=49999), "安装"),
    ],
)
def test_the_first_rule_that_fits_decides(job: Job, rule: str) -> None:
    found = rulebook().rule_for(job)
    assert found
    assert found.name == rule


def test_the_draw_repeats_itself_and_keeps_to_the_rate() -> None:
    rule = Rule(name="三成", rate=0.3, questions=())
    drawn = [is_drawn(Job(f"HX{n}", 5, Cause.COMPLETED, ServiceType.REPAIR), rule) for n in range(4000)]
    again = [is_drawn(Job(f"HX{n}", 5, Cause.COMPLETED, ServiceType.REPAIR), rule) for n in range(4000)]
    assert drawn == again
    assert 0.28 < sum(drawn) / 4000 < 0.32
    assert not is_drawn(ORDINARY, Rule(name="不打", rate=0, questions=()))
    assert is_drawn(ORDINARY, Rule(name="都打", rate=1, questions=()))


@pytest.mark.parametrize(
    ("finished", "first"),
    [
        (at(15, 10), at(15, 11)),
        (at(15, 19, 30), at(16, 9)),
        (at(15, 23, 30), at(16, 9)),
        (at(16, 6), at(16, 9)),
    ],
)
def test_nobody_is_called_at_once_or_by_night(finished: datetime, first: datetime) -> None:
    assert first_call(finished, CALLS) == first
    assert due(finished, CALLS) == finished + timedelta(hours=24)


def test_the_hours_of_the_customer_come_before_ours() -> None:
    evenings = ContactHours.read([{"weekdays": [1, 2, 3, 4, 5], "from": "20:00", "until": "21:30"}])
    assert first_call(at(15, 10), CALLS, evenings) == at(15, 20)
    assert next_call(CallOutcome.BUSY, at(15, 21), 1, CALLS, evenings) == at(16, 20)


def test_it_is_tried_three_times_and_later_each_time() -> None:
    assert next_call(CallOutcome.NO_ANSWER, at(15, 11), 1, CALLS) == at(15, 15)
    assert next_call(CallOutcome.BUSY, at(15, 19, 30), 2, CALLS) == at(16, 9)
    assert next_call(CallOutcome.NO_ANSWER, at(16, 9), 3, CALLS) is None
    assert next_call(CallOutcome.REACHED, at(15, 11), 1, CALLS) is None
    assert next_call(CallOutcome.REFUSED, at(15, 11), 1, CALLS) is None


def test_the_script_names_the_customer_and_the_engineer() -> None:
    book = rulebook()
    for rule in (*book.rule, None):
        lines = script(rule, book.script, name="王女士", service="空调维修", engineer="陈师傅")
        assert "王女士" in lines[0]
        assert "空调维修" in lines[0]
        assert not any("{" in line for line in lines)
