"""Where the clocks of other service desks went wrong, by the thread in which their users said so, and here."""

from dataclasses import replace

from app.domain.lifecycle import State
from app.domain.service_levels.clocks import Earlier, with_earlier
from app.domain.service_levels.measure import Measure, Status, measures
from app.domain.service_levels.policy import Metric, Policy, Target
from app.domain.service_levels.trace import why
from app.domain.situation import Priority
from tests.service_levels.calendars import CALENDARS, at, span
from tests.service_levels.course import STANDING, Course

REPAIRED = """
C.submit  11-23 09:00
S.triage  11-23 09:01
S.offer   11-23 09:02
E.accept  11-23 09:10
C.book    11-23 09:30
E.depart  11-23 14:00
E.arrive  11-23 14:30
E.start   11-23 14:40
E.finish  11-23 15:30
"""


def one(course: Course, metric: Metric) -> Measure:
    (found,) = course.of(metric)
    return found


def test_chatwoot_10178_the_timer_stops_when_the_job_is_done() -> None:
    resolution = one(Course().lives(REPAIRED), Metric.RESOLUTION)
    assert resolution.status() is Status.MET
    assert resolution.used(at("12-31 09:00")) == span("6h30m")
    assert resolution.due is None


def test_zammad_3551_a_reply_that_pauses_is_a_first_response_all_the_same() -> None:
    course = Course().lives("C.submit 11-23 09:00\nA.ask_info 11-23 09:40")
    response = one(course, Metric.FIRST_RESPONSE)
    assert (response.status(), response.run.met_at) == (Status.MET, at("11-23 09:40"))
    assert one(course, Metric.RESOLUTION).status() is Status.PAUSED


def test_zammad_5177_the_next_response_leaves_the_first_alone() -> None:
    course = Course().lives("C.submit 11-23 09:00\nC.message 11-23 09:30\nC.urged 11-23 10:30")
    assert course.of(Metric.NEXT_RESPONSE) == []
    assert one(course, Metric.FIRST_RESPONSE).due == at("11-23 11:00")
    course.lives("A.message 11-23 10:40\nC.message 11-23 12:00")
    assert one(course, Metric.FIRST_RESPONSE).run.met_at == at("11-23 10:40")
    assert one(course, Metric.NEXT_RESPONSE).due == at("11-23 16:00")


def test_glpi_6902_another_policy_keeps_every_pause() -> None:
    course = Course().lives("C.submit 11-23 09:00\nA.ask_info 11-23 10:00\nC.supply_info 11-23 13:00")
    assert one(course, Metric.RESOLUTION).due == at("11-23 20:00")
    targets = {**STANDING.targets, Metric.RESOLUTION: Target(span("4h"))}
    course.level = replace(STANDING, targets=targets)
    assert one(course, Metric.RESOLUTION).due == at("11-23 16:00")


def test_zammad_4353_a_target_that_is_taken_away_is_not_measured() -> None:
    course = Course().lives(REPAIRED)
    course.level = replace(STANDING, targets={})
    assert not any(course.of(metric) for metric in Metric)


def test_zammad_904_merging_stops_every_clock() -> None:
    course = Course().lives("C.submit 11-23 09:00\nS.triage 11-23 09:01\nA.merge 11-23 09:30")
    assert all(run.over for run in course.runs())
    assert one(course, Metric.RESOLUTION).status() is Status.STOPPED


def test_closing_stops_every_clock() -> None:
    course = Course().lives(
        REPAIRED + "C.message 11-23 16:00\nC.confirm 11-23 16:30\nC.rate_or_expire 11-23 16:31"
    )
    assert all(run.over for run in course.runs())


def test_cancelling_stops_every_clock() -> None:
    course = Course().lives(
        "C.submit 11-23 09:00\nS.triage 11-23 09:01\nS.offer 11-23 09:02\nC.cancel 11-23 09:05"
    )
    assert all(run.over for run in course.runs())
    assert not one(course, Metric.ACCEPTANCE).breached(at("11-24 09:00"))


def test_zammad_1322_what_a_customer_writes_anywhere_resumes() -> None:
    course = Course().lives("C.submit 11-23 09:00\nA.ask_info 11-23 09:30\nC.supply_info 11-24 09:30")
    resolution = one(course, Metric.RESOLUTION)
    assert (resolution.status(), resolution.due) == (Status.RUNNING, at("11-24 17:00"))
    assert one(course, Metric.NEXT_RESPONSE).due == at("11-24 13:30")


def test_zammad_188_a_job_that_comes_back_has_clocks_of_its_own() -> None:
    text = "C.confirm 11-23 16:30\nC.rate_or_expire 11-23 16:31\nC.reopen 12-10 10:00"
    course = Course().lives(REPAIRED + text)
    first, again = course.of(Metric.RESOLUTION)
    assert first.status() is Status.MET
    assert (again.status(), again.due) == (Status.RUNNING, at("12-10 18:00"))
    assert course.of(Metric.FIRST_RESPONSE)[1].due == at("12-10 12:00")


def test_zammad_3140_nothing_is_due_at_midnight() -> None:
    course = Course(calendar=CALENDARS["desk"]).lives("C.submit 11-23 19:00")
    response = one(course, Metric.FIRST_RESPONSE)
    at_what = [response.reached(mark.after) for mark in response.marks()]
    assert at_what == [at("11-23 20:00"), at("11-24 08:36"), at("11-24 09:00")]


def test_zammad_4432_the_policy_decides_about_waiting_for_parts() -> None:
    text = "E.need_parts 11-23 15:00\nS.parts_ready 11-25 15:00"
    course = Course().lives(REPAIRED.replace("E.finish  11-23 15:30", text))
    assert one(course, Metric.RESOLUTION).due == at("11-23 17:00")
    course.level = replace(STANDING, pauses=frozenset({State.WAITING_PARTS}))
    assert one(course, Metric.RESOLUTION).due == at("11-25 17:00")


def test_frappe_1554_a_suspension_pauses_and_the_policy_may_say_no() -> None:
    course = Course().lives(REPAIRED.partition("C.book")[0] + "A.suspend 11-23 11:00")
    assert one(course, Metric.RESOLUTION).status() is Status.PAUSED
    assert one(course, Metric.RESOLUTION).due is None
    course.level = replace(STANDING, pauses=frozenset())
    assert one(course, Metric.RESOLUTION).due == at("11-23 17:00")


def test_frappe_1675_the_time_after_a_job_that_was_done_is_not_counted() -> None:
    course = Course().lives(REPAIRED + "C.dispute 11-25 09:00")
    resolution = one(course, Metric.RESOLUTION)
    assert (resolution.status(), resolution.due) == (Status.RUNNING, at("11-25 10:30"))


def test_osticket_3034_a_quote_that_waits_for_the_customer_pauses() -> None:
    text = REPAIRED.replace("E.start   11-23 14:40", "E.quote 11-23 14:40\nC.approve_quote 11-24 14:40")
    resolution = one(Course().lives(text.replace("E.finish  11-23", "E.finish  11-24")), Metric.RESOLUTION)
    assert resolution.used(at("11-30 09:00")) == span("6h30m")


def test_the_system_does_not_answer_for_anybody() -> None:
    course = Course().lives(
        "C.submit 11-23 09:00\nS.triage 11-23 09:01\nS.offer 11-23 09:02\nE.decline 11-23 09:05"
    )
    assert one(course, Metric.FIRST_RESPONSE).status() is Status.RUNNING


def test_who_wrote_twice_waits_since_the_first_time() -> None:
    course = Course().lives(REPAIRED.partition("E.depart")[0] + "C.message 11-23 10:00\nC.urged 11-23 11:00")
    question = one(course, Metric.NEXT_RESPONSE)
    assert question.due == at("11-23 14:00")
    course.lives("A.message 11-23 15:00\nC.message 11-23 16:00")
    answered, asked = course.of(Metric.NEXT_RESPONSE)
    assert (answered.status(), answered.due) == (Status.MET, at("11-23 14:00"))
    assert asked.due == at("11-23 20:00")


def test_each_offer_has_a_clock_of_its_own() -> None:
    offers = Course().lives(
        "C.submit 11-23 09:00\nS.triage 11-23 09:01\nS.offer 11-23 09:02\nS.decline 11-23 09:17\n"
        "S.offer 11-23 09:20\nE.accept 11-23 09:24"
    )
    late, taken = offers.of(Metric.ACCEPTANCE)
    assert (late.status(), late.run.from_seq) == (Status.STOPPED, 3)
    assert (taken.status(), taken.used(at("11-24 09:00"))) == (Status.MET, span("4m"))


def test_parts_are_a_clock_between_us() -> None:
    course = Course().lives(REPAIRED.replace("E.finish  11-23 15:30", "E.need_parts 11-23 15:00"))
    assert one(course, Metric.PARTS).due == at("11-26 15:00")
    course.lives("S.parts_ready 11-27 15:00")
    assert one(course, Metric.PARTS).breached(at("11-28 09:00"))


def test_a_clock_that_was_set_back_counts_nothing_twice() -> None:
    course = Course().lives("C.submit 11-23 11:00\nA.ask_info 11-23 11:10\nC.supply_info 11-23 10:45")
    assert one(course, Metric.RESOLUTION).used(at("11-23 11:00")) == span("25m")


def test_nothing_is_told_a_second_too_early() -> None:
    targets = {**STANDING.targets, Metric.FIRST_RESPONSE: Target(3)}
    course = Course(replace(STANDING, targets=targets)).lives("C.submit 11-23 09:00")
    assert [mark.after for mark in one(course, Metric.FIRST_RESPONSE).marks()] == [2, 3, 3]


def test_a_task_force_is_called_for_at_once() -> None:
    course = Course(replace(STANDING, task_force=True)).lives("C.submit 11-28 03:00\nA.triage 11-28 03:01")
    resolution = one(course, Metric.RESOLUTION)
    first = next(resolution.marks())
    assert (first.name, resolution.reached(first.after)) == ("task_force", at("11-28 03:00"))


def test_what_was_called_for_at_once_stays_called_for_when_all_is_over_within_the_second() -> None:
    course = Course(replace(STANDING, task_force=True)).lives("C.submit 11-28 03:00\nC.cancel 11-28 03:00")
    resolution = one(course, Metric.RESOLUTION)
    first = next(resolution.marks())
    assert (first.name, resolution.reached(first.after)) == ("task_force", at("11-28 03:00"))
    assert (resolution.due, resolution.breached(at("11-29 03:00"))) == (None, False)


def joined(course: Course, *reports: Earlier) -> dict[Metric, Measure]:
    """The clocks of a ticket of which these reports are part now."""
    runs = with_earlier(course.runs(), reports)
    policy = Policy(1, {Priority.NORMAL: course.level})
    return {m.run.metric: m for m in measures(runs, policy, Priority.NORMAL, course.calendar)}


def test_what_was_merged_in_began_to_wait_when_it_was_reported() -> None:
    course = Course().lives("C.submit 11-23 10:00\nC.urged 11-23 10:30")
    found = joined(course, Earlier(at("11-23 09:15")), Earlier(at("11-23 09:30")))
    # Two hours from 09:15, and eight.
    assert found[Metric.FIRST_RESPONSE].due == at("11-23 11:15")
    assert found[Metric.RESOLUTION].due == at("11-23 17:15")
    first = found[Metric.FIRST_RESPONSE]
    assert why(first, first.run.segments[0]) == "计时：客户更早的报修，已并入本单"


def test_what_was_answered_before_it_was_merged_waits_for_no_first_response() -> None:
    course = Course().lives("C.submit 11-23 10:00")
    found = joined(course, Earlier(at("11-23 09:00"), answered_at=at("11-23 09:20")))
    assert found[Metric.FIRST_RESPONSE].due == at("11-23 12:00")
    assert found[Metric.RESOLUTION].due == at("11-23 17:00")


def test_a_later_report_that_was_merged_in_changes_no_clock() -> None:
    course = Course().lives("C.submit 11-23 10:00")
    assert joined(course, Earlier(at("11-23 11:00"))) == joined(course)
