"""The telephone rings: who that is, and what he has with us."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import AuditEntry
from tests.tickets import bodies
from tests.tickets.story import Story

URL, PHONE = "/api/v1/hotline/caller-lookups", "13900139007"


async def test_who_calls_for_the_first_time_is_known_the_second(story: Story, session: AsyncSession) -> None:
    assert (await story.agent.post(URL, json={"phone": PHONE})).json() == {"items": []}
    contact = {"name": "赵先生", "phone": PHONE}
    old, new = [
        (await story.agent.post("/api/v1/tickets", json=bodies.report(contact=contact, **over))).json()
        for over in ({"serial_number": "SN-9"}, {"fault": "漏水"})
    ]
    story.number = old["number"]
    await story.step(story.agent, "cancel", reason_code="changed_mind")
    (caller,) = (await story.agent.post(URL, json={"phone": PHONE})).json()["items"]
    assert (caller["customer"]["nickname"], caller["customer"]["phone_masked"]) == ("赵先生", "139****9007")
    assert [each["number"] for each in caller["open_tickets"]] == [new["number"]]
    assert [(each["number"], each["label"]) for each in caller["history"]] == [(old["number"], "已取消")]
    assert "SN-9" in [each["serial_number"] for each in caller["assets"]]
    trails = await session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "look_up_caller"))
    assert list(trails) == ["phone=…07"] * 2


async def test_a_number_that_is_none_is_refused(story: Story) -> None:
    answer = await story.agent.post(URL, json={"phone": "0"})
    assert answer.json()["errors"][0]["field"] == "body.phone"
