"""What a customer says once of how he wishes to be served, and where it is heeded."""

from typing import Any

import asyncpg
import pytest

from app.services.notifications.lease import lease
from tests.harness.callers import Caller
from tests.tickets import bodies
from tests.tickets.conftest import rows
from tests.tickets.story import SCORES, Story

__all__ = ["rows"]

URL = "/api/v1/me/preferences"
EVENINGS = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "from": "18:00", "until": "20:00"}
SAID = {"contact_hours": [EVENINGS], "same_engineer": False, "visit_notes": "门铃坏了，请打电话"}


async def said(who: Caller, **over: Any) -> None:
    answer = await who.put(URL, json=SAID | over)
    assert answer.status_code == 200, answer.text


async def slots(story: Story) -> list[dict[str, Any]]:
    answer = await story.customer.get(f"/api/v1/tickets/{story.number}/slots")
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_nothing_said_is_anytime_and_the_same_good_engineer(as_customer: Caller) -> None:
    taken_for_granted = {"contact_hours": [], "same_engineer": True, "visit_notes": ""}
    assert (await as_customer.get(URL)).json() == taken_for_granted
    await said(as_customer)
    assert (await as_customer.get(URL)).json() == SAID
    assert (await as_customer.put(URL, json={})).json() == taken_for_granted


@pytest.mark.parametrize(
    ("span", "field"),
    [
        (EVENINGS | {"until": "18:00"}, "body.contact_hours.0"),
        (EVENINGS | {"from": "24:00"}, "body.contact_hours.0.from"),
        (EVENINGS | {"weekdays": [8]}, "body.contact_hours.0.weekdays.0"),
    ],
)
async def test_hours_that_are_none_are_told_so(as_customer: Caller, span: dict[str, Any], field: str) -> None:
    answer = await as_customer.put(URL, json={"contact_hours": [span]})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_slots_in_his_hours_come_first(story: Story) -> None:
    await said(story.customer)
    await story.accepted()
    found = await slots(story)
    assert [each["start"][11:16] for each in found] == ["18:00"] * 3
    await said(story.customer, contact_hours=[])
    assert "18:00" not in [each["start"][11:16] for each in await slots(story)]


async def test_who_wants_no_engineer_twice_gets_none_for_that_reason(story: Story) -> None:
    await story.completed()
    await story.step(story.customer, "confirm")
    await story.step(story.customer, "rate_or_expire", **SCORES)
    await story.accepted()
    assert [each for each in await slots(story) if "上次为您服务的" in each["reason"]]
    await said(story.customer, contact_hours=[])
    assert not [each for each in await slots(story) if "上次为您服务的" in each["reason"]]


async def test_whoever_comes_knows_what_he_says_of_the_visit(story: Story) -> None:
    await said(story.customer)
    await story.accepted()
    url = f"/api/v1/tickets/{story.number}/contact-reveals"
    told = (await story.engineer.post(url, json={"reason": "上门前联系"})).json()
    assert told["preferences"] == SAID


async def test_the_relay_knows_his_hours_for_what_can_wait(story: Story, rows: asyncpg.Connection) -> None:
    await said(story.customer)
    await story.completed()
    await story.step(story.customer, "confirm")
    await rows.execute("UPDATE outbox SET state = 'accepted' WHERE kind <> 'rating_invitation'")
    (invitation,) = await lease(rows, limit=5, now=story.clock.now)
    assert invitation.kind == "rating_invitation"
    assert len(invitation.hours.spans) == 1


async def test_they_go_with_him_when_two_records_become_one(story: Story, stranger: Caller) -> None:
    await said(stranger)
    await story.customer.post("/api/v1/tickets", json=bodies.report())
    wish = {
        "customer_id": str(stranger.person.id),
        "into": str(story.customer.person.id),
        "reason": "来电核实为同一人",
    }
    merged = (await story.agent.post("/api/v1/customer-merges", json=wish)).json()
    assert (await story.customer.get(URL)).json() == SAID
    undone = await story.agent.post(
        f"/api/v1/customer-merges/{merged['id']}/undo", json={"reason": "认错人了"}
    )
    assert undone.status_code == 200
    assert (await story.customer.get(URL)).json()["visit_notes"] == ""
    assert (await stranger.get(URL)).json() == SAID
