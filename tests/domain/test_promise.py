from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.promise.grounds import Grounds, Usual, leaning, measured
from app.domain.promise.made import Promise, moved, promise
from app.domain.promise.rules import Facts
from app.domain.promise.steps import Step
from app.domain.service_levels.calendar import Calendar, Hours
from app.domain.situation import Priority
from app.domain.zone import ZONE

ENDS = ("closed", "cancelled", "rejected", "merged")
OPEN = (
    "submitted",
    "pending_info",
    "dispatching",
    "offered",
    "accepted",
    "scheduled",
    "en_route",
    "on_site",
    "quote_pending",
    "in_repair",
    "waiting_parts",
    "suspended",
    "completed",
    "confirmed",
    "unresolved",
)
URGENCIES = ("normal", "urgent", "critical", "systemic")
SERVICES = ("repair", "installation", "cleaning", "maintenance", "consultation", "complaint")


@dataclass(frozen=True)
class Window:
    start: datetime
    end: datetime


def on(day: int, clock: str) -> datetime:
    """A moment of November 2026; the 23rd is a Monday."""
    return datetime.fromisoformat(f"2026-11-{day:02}T{clock}").replace(tzinfo=ZONE)


NOW = on(23, "14:00")
VISIT = Window(on(23, "14:00"), on(23, "16:00"))
NEXT_DAY = Window(on(24, "08:00"), on(24, "10:00"))
FAR = Window(on(26, "10:00"), on(26, "12:00"))
# A branch that is open on Tuesdays from ten; and one of which is known what it takes.
TUESDAYS = Grounds(
    Priority.NORMAL, Calendar(((), (Hours(10 * 3600, 18 * 3600),), (), (), (), (), ())), "只开周二"
)
USUALLY = Grounds(
    Priority.NORMAL,
    usual={Step.RESPONSE: Usual(25 * 60, 50 * 60, 40), Step.WORK: Usual(50 * 60, 3 * 3600, 31)},
)


@dataclass(frozen=True)
class Case:
    state: str
    text: str
    at: datetime
    now: datetime = NOW
    urgency: str = "normal"
    service: str = "repair"
    window: Window | None = None
    parts_eta: datetime | None = None
    resume_at: datetime | None = None
    eta: datetime | None = None
    grounds: Grounds | None = None
    stands: datetime | None = None
    since: datetime = NOW
    late: bool = False


CASES = {
    "submitted": Case("submitted", "预计今天 16:00 前受理并与您联系", on(23, "16:00")),
    "submitted_urgent": Case(
        "submitted", "预计今天 14:30 前受理并与您联系", on(23, "14:30"), urgency="urgent"
    ),
    "submitted_critical": Case(
        "submitted", "预计今天 14:15 前受理并与您联系", on(23, "14:15"), urgency="critical"
    ),
    "submitted_systemic": Case(
        "submitted", "已转入专案组处理，今天 14:15 前向您通报进展", on(23, "14:15"), urgency="systemic"
    ),
    "submitted_systemic_late": Case(
        "submitted",
        "抱歉让您久等，专案组仍在处理，今天 14:30 前向您通报进展",
        on(23, "14:30"),
        now=on(23, "14:16"),
        urgency="systemic",
        late=True,
    ),
    "submitted_consultation": Case(
        "submitted", "预计今天 16:00 前由专员回复您", on(23, "16:00"), service="consultation"
    ),
    "submitted_in_the_evening": Case(
        "submitted",
        "预计明天 09:00 前受理并与您联系",
        on(24, "09:00"),
        now=on(23, "19:00"),
        since=on(23, "19:00"),
    ),
    "submitted_at_night_urgent": Case(
        "submitted",
        "预计明天 00:10 前受理并与您联系",
        on(24, "00:10"),
        now=on(23, "23:40"),
        since=on(23, "23:40"),
        urgency="urgent",
    ),
    "submitted_late": Case(
        "submitted",
        "抱歉让您久等，正在加急处理，预计今天 18:00 前受理并与您联系",
        on(23, "18:00"),
        now=on(23, "16:01"),
        late=True,
    ),
    "submitted_late_twice": Case(
        "submitted",
        "抱歉让您久等，正在加急处理，预计今天 20:00 前受理并与您联系",
        on(23, "20:00"),
        now=on(23, "18:01"),
        late=True,
    ),
    "submitted_late_at_night": Case(
        "submitted",
        "抱歉让您久等，正在加急处理，预计明天 10:00 前受理并与您联系",
        on(24, "10:00"),
        now=on(23, "20:01"),
        late=True,
    ),
    "submitted_by_calendar": Case(
        "submitted", "预计明天 12:00 前受理并与您联系", on(24, "12:00"), grounds=TUESDAYS
    ),
    "submitted_as_it_usually_is": Case(
        "submitted", "预计今天 14:25 前受理并与您联系", on(23, "14:25"), grounds=USUALLY
    ),
    "submitted_as_it_usually_is_in_the_evening": Case(
        "submitted",
        "预计明天 08:15 前受理并与您联系",
        on(24, "08:15"),
        now=on(23, "19:50"),
        since=on(23, "19:50"),
        grounds=USUALLY,
    ),
    "pending_info": Case(
        "pending_info", "请在11月26日（周四）14:00 前补充资料，收到后我们马上继续处理", on(26, "14:00")
    ),
    "pending_info_over": Case(
        "pending_info",
        "补充资料的期限已过，我们将在今天 15:00 前更新工单",
        on(26, "15:00"),
        now=on(26, "14:30"),
        late=True,
    ),
    "dispatching": Case("dispatching", "预计今天 16:00 前为您安排工程师", on(23, "16:00")),
    "dispatching_tomorrow": Case(
        "dispatching", "预计明天 12:00 前为您安排工程师", on(24, "12:00"), grounds=TUESDAYS
    ),
    "dispatching_again": Case(
        "dispatching", "预计今天 15:30 前为您安排工程师", on(23, "15:30"), stands=on(23, "15:30")
    ),
    "dispatching_again_after_a_delay": Case(
        "dispatching",
        "抱歉让您久等，预计今天 18:00 前为您安排工程师",
        on(23, "18:00"),
        stands=on(23, "18:00"),
        late=True,
    ),
    "dispatching_again_too_late": Case(
        "dispatching",
        "抱歉让您久等，预计今天 18:00 前为您安排工程师",
        on(23, "18:00"),
        now=on(23, "16:05"),
        stands=on(23, "16:00"),
        late=True,
    ),
    "dispatching_late": Case(
        "dispatching",
        "抱歉让您久等，预计今天 15:00 前为您安排工程师",
        on(23, "15:00"),
        now=on(23, "14:45"),
        urgency="urgent",
        late=True,
    ),
    "offered": Case("offered", "预计今天 16:00 前为您安排工程师", on(23, "16:00")),
    "accepted": Case("accepted", "工程师已接单，今天 18:00 前与您约定上门时间", on(23, "18:00")),
    "accepted_critical": Case(
        "accepted", "工程师已接单，今天 14:30 前与您约定上门时间", on(23, "14:30"), urgency="critical"
    ),
    "accepted_late": Case(
        "accepted",
        "抱歉让您久等，已催促工程师，今天 20:00 前与您约定上门时间",
        on(23, "20:00"),
        now=on(23, "18:30"),
        late=True,
    ),
    "scheduled": Case("scheduled", "工程师将于今天 14:00–16:00 上门", on(23, "16:00"), window=VISIT),
    "scheduled_tomorrow": Case(
        "scheduled", "工程师将于明天 08:00–10:00 上门", on(24, "10:00"), window=NEXT_DAY
    ),
    "scheduled_later": Case(
        "scheduled", "工程师将于11月26日（周四）10:00–12:00 上门", on(26, "12:00"), window=FAR
    ),
    "scheduled_at_an_odd_minute": Case(
        "scheduled",
        "工程师将于今天 15:03–17:03 上门",
        on(23, "17:03"),
        window=Window(on(23, "15:03"), on(23, "17:03")),
    ),
    "scheduled_without_window": Case(
        "scheduled", "工程师已接单，今天 18:00 前与您约定上门时间", on(23, "18:00")
    ),
    "scheduled_missed": Case(
        "scheduled",
        "抱歉让您久等，工程师未能按时上门，今天 16:30 前会赶到或与您重新约定",
        on(23, "16:30"),
        now=on(23, "16:10"),
        window=VISIT,
        late=True,
    ),
    "en_route": Case("en_route", "工程师已出发，预计今天 16:00 前到达", on(23, "16:00"), window=VISIT),
    "en_route_with_eta": Case(
        "en_route", "工程师已出发，预计今天 14:25 前到达", on(23, "14:25"), window=VISIT, eta=on(23, "14:21")
    ),
    "en_route_behind": Case(
        "en_route",
        "抱歉让您久等，工程师路上耽搁了，预计今天 16:20 前到达",
        on(23, "16:20"),
        window=VISIT,
        eta=on(23, "16:20"),
    ),
    "en_route_late": Case(
        "en_route",
        "抱歉让您久等，工程师路上耽搁了，预计今天 16:30 前到达",
        on(23, "16:30"),
        now=on(23, "16:20"),
        window=VISIT,
        late=True,
    ),
    "on_site": Case("on_site", "工程师已到达，预计今天 15:00 前查明情况并告诉您怎么处理", on(23, "15:00")),
    "on_site_late": Case(
        "on_site",
        "抱歉让您久等，检测比预计的久，今天 15:30 前告诉您怎么处理",
        on(23, "15:30"),
        now=on(23, "15:05"),
        late=True,
    ),
    "quote_pending": Case(
        "quote_pending", "请在11月26日（周四）14:00 前确认报价，确认后马上开始维修", on(26, "14:00")
    ),
    "quote_pending_over": Case(
        "quote_pending",
        "报价确认期限已过，我们将在今天 16:00 前与您联系",
        on(26, "16:00"),
        now=on(26, "14:30"),
        late=True,
    ),
    "in_repair": Case("in_repair", "正在维修，预计今天 16:00 前完成", on(23, "16:00")),
    "in_repair_maintenance": Case(
        "in_repair", "正在保养，预计今天 15:30 前完成", on(23, "15:30"), service="maintenance"
    ),
    "in_repair_as_it_usually_is": Case(
        "in_repair", "正在维修，预计今天 14:50 前完成", on(23, "14:50"), grounds=USUALLY
    ),
    "in_repair_odd_minute": Case(
        "in_repair",
        "正在安装，预计今天 16:05 前完成",
        on(23, "16:05"),
        since=on(23, "14:01"),
        service="installation",
    ),
    "in_repair_late": Case(
        "in_repair",
        "抱歉让您久等，维修比预计的久，预计今天 17:00 前完成",
        on(23, "17:00"),
        now=on(23, "16:01"),
        late=True,
    ),
    "waiting_parts": Case(
        "waiting_parts",
        "配件预计11月25日（周三）到货，11月26日（周四）12:00 前与您约定上门时间",
        on(26, "12:00"),
        parts_eta=on(25, "12:00"),
    ),
    "waiting_parts_due": Case(
        "waiting_parts",
        "配件原定今天到货，明天 12:00 前与您约定上门时间",
        on(26, "12:00"),
        now=on(25, "13:00"),
        parts_eta=on(25, "12:00"),
    ),
    "waiting_parts_late": Case(
        "waiting_parts",
        "抱歉让您久等，配件还没有到，明天 12:00 前告诉您最新的到货时间",
        on(27, "12:00"),
        now=on(26, "12:01"),
        parts_eta=on(25, "12:00"),
        late=True,
    ),
    "waiting_parts_unknown": Case(
        "waiting_parts", "正在确认配件到货时间，明天 14:00 前答复您", on(24, "14:00")
    ),
    "suspended": Case(
        "suspended",
        "已按约定暂缓，11月30日（周一）09:00 恢复处理",
        on(30, "09:00"),
        resume_at=on(30, "09:00"),
    ),
    "suspended_over": Case(
        "suspended",
        "抱歉让您久等，正在恢复处理，今天 11:00 前与您联系",
        on(30, "11:00"),
        now=on(30, "09:10"),
        resume_at=on(30, "09:00"),
        late=True,
    ),
    "suspended_unknown": Case("suspended", "暂缓处理中，明天 14:00 前与您确认何时恢复", on(24, "14:00")),
    "completed": Case(
        "completed", "服务已完成，请在11月25日（周三）14:00 前确认，到期自动确认", on(25, "14:00")
    ),
    "completed_over": Case(
        "completed",
        "确认期限已过，系统将在今天 15:00 前自动确认",
        on(25, "15:00"),
        now=on(25, "14:05"),
        late=True,
    ),
    "confirmed": Case("confirmed", "服务已完成，欢迎在11月30日（周一）14:00 前评价", on(30, "14:00")),
    "confirmed_over": Case(
        "confirmed",
        "评价期限已过，工单将在今天 15:00 前归档",
        on(30, "15:00"),
        now=on(30, "14:05"),
        late=True,
    ),
    "unresolved": Case(
        "unresolved", "本次未能完成，主管将在明天 14:00 前回访您，商量下一步", on(24, "14:00")
    ),
    "unresolved_late": Case(
        "unresolved",
        "抱歉让您久等，主管将在今天 16:00 前回访您，商量下一步",
        on(24, "16:00"),
        now=on(24, "14:01"),
        late=True,
    ),
    "closed": Case("closed", "服务已于今天 14:00 结束，12月23日（周三）前同一故障可免费返修", NOW),
    "closed_long_ago": Case(
        "closed", "服务已于2026年11月23日（周一）14:00 结束", NOW, now=datetime(2027, 1, 4, 9, tzinfo=ZONE)
    ),
    "cancelled": Case("cancelled", "已于昨天 14:00 取消", NOW, now=on(24, "09:00")),
    "rejected": Case("rejected", "已于今天 14:00 答复不予受理，有异议可以申诉", NOW),
    "merged": Case("merged", "已于11月23日（周一）14:00 并入主单，进展请看主单", NOW, now=on(25, "09:00")),
}


def made(case: Case) -> Promise:
    return promise(
        case.state,
        case.service,
        case.urgency,
        now=case.now,
        created_at=NOW - timedelta(hours=1),
        since=case.since,
        window=case.window,
        parts_eta=case.parts_eta,
        resume_at=case.resume_at,
        eta=case.eta,
        grounds=case.grounds,
        stands=case.stands,
    )


@pytest.mark.parametrize("name", CASES)
def test_what_the_customer_is_told(name: str) -> None:
    case = CASES[name]
    told = made(case)
    assert (told.text, told.at, told.late) == (case.text, case.at, case.late)


def test_a_promise_broken_weeks_ago_still_ends_in_the_desks_hours() -> None:
    told = promise("dispatching", "repair", "normal", now=on(23, "21:00"), created_at=on(2, "09:00"))
    assert told.text == "抱歉让您久等，预计明天 09:00 前为您安排工程师"
    assert told.late


def test_every_state_has_its_case() -> None:
    assert {case.state for case in CASES.values()} == {*OPEN, *ENDS}
    assert len(OPEN) + len(ENDS) == 19


def test_an_unknown_state_is_an_error() -> None:
    with pytest.raises(KeyError):
        promise("lost", "repair", "normal", now=NOW, created_at=NOW)


def test_without_since_the_ticket_counts_from_its_creation() -> None:
    told = promise("submitted", "repair", "urgent", now=NOW, created_at=NOW - timedelta(minutes=10))
    assert told.at == on(23, "14:20")


def test_times_of_another_zone_are_told_in_the_customers() -> None:
    utc = NOW.astimezone(UTC)
    told = promise("submitted", "repair", "normal", now=utc, created_at=utc)
    assert told.text == "预计今天 16:00 前受理并与您联系"


def test_an_extended_promise_holds_until_it_is_over() -> None:
    half_an_hour = (on(23, "14:31") + timedelta(minutes=minute) for minute in range(30))
    told = {promise("dispatching", "repair", "urgent", now=now, created_at=NOW).at for now in half_an_hour}
    assert told == {on(23, "15:00")}


MOVES = {
    # The usual time has passed: the next that is known is how long the slowest took.
    "to_the_longest": (
        "in_repair",
        USUALLY,
        on(23, "14:50"),
        0,
        "抱歉让您久等，维修比预计的久，预计今天 17:00 前完成",
    ),
    "beyond_it": (
        "in_repair",
        USUALLY,
        on(23, "17:00"),
        1,
        "抱歉让您久等，维修比预计的久，预计今天 19:00 前完成",
    ),
    "by_a_step": ("dispatching", None, on(23, "16:00"), 0, "抱歉让您久等，预计今天 18:00 前为您安排工程师"),
    "by_twice_as_much": (
        "dispatching",
        None,
        on(23, "18:00"),
        1,
        "抱歉让您久等，预计明天 10:00 前为您安排工程师",
    ),
    "by_no_more_than_16_steps": (
        "dispatching",
        None,
        on(23, "18:00"),
        9,
        "抱歉让您久等，预计11月26日（周四）14:00 前为您安排工程师",
    ),
    "while_the_branch_is_open": (
        "dispatching",
        TUESDAYS,
        on(24, "17:00"),
        0,
        "抱歉让您久等，预计12月1日（周二）11:00 前为您安排工程师",
    ),
}


@pytest.mark.parametrize("name", MOVES)
def test_what_is_promised_instead(name: str) -> None:
    state, grounds, promised, times, text = MOVES[name]
    now = promised - timedelta(minutes=10)
    facts = Facts("repair", "normal", now, NOW, grounds or Grounds(Priority.NORMAL))
    told = moved(facts, state, promised, times)
    assert told.text == text
    assert told.late
    assert told.at > promised


def test_four_of_five_were_done_by_the_usual_time() -> None:
    found = measured([60 * minutes for minutes in (5, 9, 7, 60, 8, 6, 10, 11, 12, 13)])
    assert found == Usual(12 * 60, 60 * 60, 10)
    assert sum(1 for minutes in (5, 9, 7, 60, 8, 6, 10, 11, 12, 13) if minutes * 60 <= found.seconds) == 8


def test_few_cases_lean_on_the_wider_circle() -> None:
    assert leaning(Usual(600, 1200, 10), Usual(1200, 2400, 500)) == Usual(900, 1800, 10)
    assert leaning(Usual(600, 1200, 1), Usual(1200, 2400, 500)) == Usual(1145, 2290, 1)
    assert leaning(None, Usual(1200, 2400, 500)) == Usual(1200, 2400, 500)
    assert leaning(Usual(600, 1200, 3), None) == Usual(600, 1200, 3)


@given(
    state=st.sampled_from(OPEN),
    service=st.sampled_from(SERVICES),
    urgency=st.sampled_from(URGENCIES),
    waited=st.integers(0, 60 * 24 * 60),
    start=st.integers(0, 24 * 60),
    offsets=st.tuples(*[st.none() | st.integers(-5000, 5000)] * 4),
)
def test_an_open_ticket_has_always_a_time_that_is_still_to_come(
    state: str,
    service: str,
    urgency: str,
    waited: int,
    start: int,
    offsets: tuple[int | None, int | None, int | None, int | None],
) -> None:
    since = on(2, "00:00") + timedelta(minutes=start)
    now = since + timedelta(minutes=waited)
    window, parts, resume, eta = (None if m is None else since + timedelta(minutes=m) for m in offsets)
    told = promise(
        state,
        service,
        urgency,
        now=now,
        created_at=since,
        window=Window(window, window + timedelta(hours=2)) if window else None,
        parts_eta=parts,
        resume_at=resume,
        eta=eta,
    )
    assert told.at >= now
    assert told.text
    assert "{" not in told.text
    assert f"{told.at.astimezone(ZONE):%H:%M}" in told.text
