"""Two reports of one thing: found, joined by customer or desk, told on one timeline, and parted again."""

import asyncio

import asyncpg

from app.services.operations.doctor import examine
from tests.harness.callers import Caller
from tests.harness.live import Live
from tests.tickets import bodies
from tests.tickets.lives import town
from tests.tickets.story import Story
from tests.tickets.traces import running


async def twice(story: Story) -> tuple[str, str]:
    """The story goes on with the second one."""
    first = (await story.submit(fault="空调漏水，滴到地板上"))["number"]
    second = (await story.submit(fault="空调不制冷，一直吹热风"))["number"]
    return first, second


async def test_what_looks_alike_is_found_and_joined_by_the_customer_himself(story: Story) -> None:
    first, second = await twice(story)
    fridge = (await story.submit(category="冰箱", fault="冰箱不制冷"))["number"]
    story.number = second
    found = (await story.customer.get(f"/api/v1/tickets/{second}/similar")).json()
    assert (found["similar"], found["may_join"]) == ([first], True)
    assert found["items"][0]["same_address"] is True
    assert (await story.customer.get(f"/api/v1/tickets/{fridge}/similar")).json()["similar"] == []
    assert (await story.step(story.customer, "merge", into=first))["state"] == "merged"
    assert (await story.customer.get(f"/api/v1/tickets/{first}/similar")).json()["similar"] == []


async def test_after_two_days_only_the_desk_joins(story: Story) -> None:
    first, second = await twice(story)
    story.clock.advance(hours=49)
    refused = await story.ask(story.customer, "merge", into=first)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "too_late_to_join")
    assert (await story.step(story.agent, "merge", into=first))["state"] == "merged"
    assert story.number == second


async def test_all_that_was_said_and_done_is_told_on_the_one_that_goes_on(
    story: Story, rows: asyncpg.Connection
) -> None:
    first, second = await twice(story)
    await story.customer.post(f"/api/v1/tickets/{second}/messages", json={"text": "楼上也在滴水"})
    await story.photo(story.customer, "report")
    await story.step(story.agent, "merge", into=first)
    told = (await story.customer.get(f"/api/v1/tickets/{first}/events")).json()
    assert told["items"][-1]["event"] == "merged_in"
    assert second in told["items"][-1]["text"]
    (merged,) = told["merged"]
    assert (merged["number"], [each["event"] for each in merged["items"]]) == (
        second,
        ["submit", "message", "merge"],
    )
    said = (await story.customer.get(f"/api/v1/tickets/{first}/messages")).json()["items"]
    assert [each["text"] for each in said] == ["楼上也在滴水"]
    assert await running(rows, second) == {}
    story.number = first
    assert len((await story.see())["attachments"]) == 1
    assert await examine(rows) == []


async def test_a_merge_is_undone_within_a_day_with_all_that_moved(
    story: Story, rows: asyncpg.Connection
) -> None:
    first, second = await twice(story)
    await story.photo(story.customer, "report")
    await story.customer.post(f"/api/v1/tickets/{second}/complaint", json={"text": "一直没人管"})
    await story.step(story.agent, "merge", into=first)
    assert [each["number"] for each in (await story.agent.get("/api/v1/complaints")).json()["items"]] == [
        first
    ]
    story.clock.advance(hours=23)
    back = await story.step(story.agent, "unmerge")
    assert (back["state"], len(back["attachments"])) == ("submitted", 1)
    assert set(await running(rows, second)) == {"response", "resolution", "legal"}
    assert [each["number"] for each in (await story.agent.get("/api/v1/complaints")).json()["items"]] == [
        second
    ]
    story.number = first
    survivor = await story.see()
    assert (survivor["fault"], survivor["attachments"]) == ("空调漏水，滴到地板上", [])
    told = (await story.customer.get(f"/api/v1/tickets/{first}/events")).json()
    assert (told["items"][-1]["event"], told["merged"]) == ("merged_out", [])
    assert await examine(rows) == []


async def test_a_day_later_or_after_another_merge_it_stays(story: Story) -> None:
    first, second = await twice(story)
    await story.step(story.agent, "merge", into=first)
    story.clock.advance(minutes=1)
    third = (await story.submit(fault="空调又响了"))["number"]
    story.number = first
    await story.step(story.agent, "merge", into=third)
    story.number = second
    assert (await story.ask(story.agent, "unmerge")).json()["code"] == "survivor_merged"
    told = (await story.customer.get(f"/api/v1/tickets/{third}/events")).json()
    assert [each["number"] for each in told["merged"]] == [second, first]
    story.clock.advance(hours=25)
    refused = await story.ask(story.agent, "unmerge")
    assert refused.json()["errors"][0]["code"] == "too_late_to_unmerge"


async def test_strangers_tickets_are_not_even_found(story: Story, stranger: Caller) -> None:
    first, _ = await twice(story)
    others = (await stranger.post("/api/v1/tickets", json=bodies.report())).json()["number"]
    version = {"event": "merge", "version": 1, "into": first}
    answer = await stranger.post(f"/api/v1/tickets/{others}/transitions", json=version)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not_found")
    assert (await stranger.get(f"/api/v1/tickets/{others}/similar")).json()["similar"] == []


async def test_the_other_of_two_things_becomes_a_ticket_of_its_own(
    story: Story, rows: asyncpg.Connection
) -> None:
    first = (await story.submit(fault="空调漏水，冰箱也不制冷了"))["number"]
    photo = await story.photo(story.customer, "report")
    body = {"fault": "冰箱不制冷", "category": "冰箱", "attachment_ids": [photo]}
    url, key = f"/api/v1/tickets/{first}/splits", {"Idempotency-Key": "split"}
    made = await story.agent.post(url, json=body, headers=key)
    assert made.status_code == 201, made.text
    fridge = made.json()
    assert (fridge["category"], fridge["state"], len(fridge["attachments"])) == ("冰箱", "submitted", 1)
    assert fridge["contact"]["name"] == "王女士"
    assert (await story.agent.post(url, json=body, headers=key)).json()["number"] == fridge["number"]
    for number, other, event in (
        (first, fridge["number"], "split_off"),
        (fridge["number"], first, "split_from"),
    ):
        assert (await story.customer.get(f"/api/v1/tickets/{number}/similar")).json()["linked"] == [other]
        told = (await story.customer.get(f"/api/v1/tickets/{number}/events")).json()["items"]
        assert told[-1]["event"] == event
    again = await story.agent.post(url, json=body)
    assert again.json()["errors"][0]["code"] == "unknown_attachment"
    assert await examine(rows) == []


async def test_two_agents_merge_each_into_the_other(live: Live) -> None:
    """Both lock both in one order: one of them is in time, and nobody waits for ever."""
    async with town(live, engineers=1) as here:
        story = here.story
        for _ in range(3):
            first, second = await twice(story)
            one, other = await asyncio.gather(
                here.ask(story.agent, first, "merge", 1, into=second),
                here.ask(story.agent, second, "merge", 1, into=first),
            )
            assert sorted([one.status_code, other.status_code])[0] == 200
            assert sorted([one.status_code, other.status_code])[1] in (409, 422)
            survivor = second if one.status_code == 200 else first
            story.number = survivor
            await story.step(story.agent, "cancel", reason_code="duplicate")
        assert await here.health() == []
