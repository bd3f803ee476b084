"""The figure of complete evidence asks what the job asks, of the visit on which it was done."""

import asyncpg

from tests.tickets.story import Story


async def complete(story: Story) -> float | None:
    report = (await story.manager.get("/api/v1/kpi/engineers")).json()["items"]
    (mine,) = [each for each in report if each["engineer_id"] == str(story.engineer.person.id)]
    value: float | None = mine["evidence"]["value"]
    return value


async def test_a_job_with_all_that_it_asks_for_is_complete(story: Story) -> None:
    await story.completed()
    assert await complete(story) == 1.0


async def test_what_was_taken_back_shows_nothing(story: Story) -> None:
    await story.completed()
    (after,) = [each for each in (await story.see())["attachments"] if each["purpose"] == "after"]
    url = f"/api/v1/tickets/{story.number}/evidence/{after['id']}/withdraw"
    assert (await story.engineer.post(url, json={"reason": "拍错了"})).status_code == 204
    assert await complete(story) == 0.0


async def test_photos_of_an_earlier_visit_show_nothing_of_this_one(
    story: Story, rows: asyncpg.Connection
) -> None:
    await story.completed()
    await rows.execute(
        """WITH earlier AS (
               INSERT INTO visits (ticket_id, engineer_id, state, promised, planned, arrival_code, created_at)
               SELECT ticket_id, engineer_id, 'done', promised, planned, '', created_at FROM visits RETURNING id)
           UPDATE attachments SET visit_id = earlier.id FROM earlier"""
    )
    assert await complete(story) == 0.0
