"""Rosters in the console: the week of a branch, one engineer's pattern, days and absences, the holidays of a year."""

from datetime import date, timedelta

from tests.tickets.story import Story


def _page(story: Story) -> str:
    return f"/console/rosters/{story.engineer.person.id}"


async def test_the_week_shows_who_works_when(story: Story) -> None:
    week = (await story.agent.get("/console/rosters")).text
    assert "陈师傅" in week
    assert "08:00–20:00" in week
    nobody = await story.agent.get(
        "/console/rosters", params={"point": "00000000-0000-0000-0000-000000000001"}
    )
    assert "陈师傅" not in nobody.text


async def test_a_pattern_of_several_spans_is_worked_from_now_on(story: Story) -> None:
    typed = {"monday": "08:30-12:00 13:30-18:00", "tuesday": "22:00-06:00", "max_visits": "7"}
    assert (await story.manager.post(f"{_page(story)}/pattern", data=typed)).status_code == 303
    shown = (await story.manager.get(_page(story))).text
    assert 'value="08:30-12:00 13:30-18:00"' in shown
    assert 'value="22:00-06:00"' in shown
    assert (await story.agent.post(f"{_page(story)}/pattern", data=typed)).status_code == 403


async def test_a_pattern_that_cannot_be_comes_back_as_it_was_typed(story: Story) -> None:
    typed = {"monday": "早上八点", "tuesday": "09:00-18:00"}
    wrong = await story.manager.post(f"{_page(story)}/pattern", data=typed)
    assert wrong.status_code == 200
    assert "请写成 08:30-12:00" in wrong.text
    assert 'value="早上八点"' in wrong.text
    assert 'value="09:00-18:00"' in wrong.text
    over = await story.manager.post(f"{_page(story)}/pattern", data={"monday": "09:00-12:00 11:00-15:00"})
    assert "重叠" in over.text


async def test_a_day_is_entered_by_hand_and_given_back(story: Story) -> None:
    tomorrow = (story.clock.now.date() + timedelta(days=1)).isoformat()
    typed = {"day": tomorrow, "spans": "10:00-14:00", "max_visits": "3", "how": "hand"}
    assert (await story.manager.post(f"{_page(story)}/days", data=typed)).status_code == 303
    assert "10:00–14:00" in (await story.agent.get(_page(story))).text
    gone = {"day": (story.clock.now.date() - timedelta(days=3)).isoformat(), "spans": "10:00-14:00"}
    assert "不能修改已经过去的日期" in (await story.manager.post(f"{_page(story)}/days", data=gone)).text
    back = {"day": tomorrow, "how": "pattern"}
    assert (await story.manager.post(f"{_page(story)}/days", data=back)).status_code == 303


async def test_leave_tells_which_visits_it_leaves_open(story: Story) -> None:
    seen = await story.scheduled()
    start = date.fromisoformat(seen["visit"]["start"][:10])
    typed = {"kind": "sick", "start": f"{start}T00:00", "end": f"{start}T23:59", "reason": "发烧"}
    made = await story.agent.post(f"{_page(story)}/absences", data=typed)
    assert made.status_code == 303
    shown = (await story.agent.get(made.headers["location"])).text
    assert "病假" in shown
    assert story.number in shown
    assert "病假" in (await story.agent.get("/console/rosters", params={"day": start.isoformat()})).text
    cancel = shown.split("/cancel")[0].rsplit('"', 1)[1] + "/cancel"
    assert (await story.agent.post(cancel)).status_code == 303
    assert story.number not in (await story.agent.get(_page(story))).text
    wrong = await story.agent.post(f"{_page(story)}/absences", data=typed | {"end": f"{start}T00:00"})
    assert "结束时间要晚于开始时间" in wrong.text
    assert "发烧" in wrong.text


async def test_licences_are_ticked_with_their_last_day(story: Story) -> None:
    typed = {"has_0": "true", "number_0": "T-4711", "until_0": "2027-03-31"}
    assert (await story.manager.post(f"{_page(story)}/licences", data=typed)).status_code == 303
    assert "T-4711" in (await story.manager.get(_page(story))).text


async def test_holidays_and_make_up_days_are_a_line_each(story: Story) -> None:
    url = "/console/rosters/holidays?year=2027"
    typed = {"items": "2027-10-01 国庆节\n2027-10-09 国庆调休 按周五上班"}
    assert (await story.manager.post(url, data=typed)).status_code == 303
    shown = (await story.agent.get(url)).text
    assert "调休上班，按周五排班" in shown
    assert "放假" in shown
    assert (await story.agent.post(url, data=typed)).status_code == 403
    wrong = await story.manager.post(url, data={"items": "国庆节 十月一日"})
    assert "这一行没有看懂：“国庆节 十月一日”" in wrong.text
    other_year = await story.manager.post(url, data={"items": "2026-10-01 国庆节"})
    assert "都在 2027 年" in other_year.text
