"""Jobs of other kinds than the usual repair, under way."""

from typing import Any

from app.db import driver
from tests.tickets.story import Story

# A wave across the pad.
SIGNED = [[[0.1 + 0.04 * i, 0.3 if i % 2 else 0.6] for i in range(20)]]
FINISH = {"fault_code": "F01", "solution": "已完成", "old_parts": "none"}


_BECOMES = """
UPDATE tickets SET service_type = coalesce($2, service_type), warranty = coalesce($3, warranty),
                   required_licences = coalesce($4, required_licences)
 WHERE number = $1
"""


async def becomes(
    story: Story,
    service_type: str | None = None,
    *,
    warranty: str | None = None,
    licences: list[str] | None = None,
) -> None:
    """The same job, had it been of another kind: who may do it is not the matter here."""
    async with story.database.sessions.begin() as session:
        await (await driver(session)).execute(_BECOMES, story.number, service_type, warranty, licences)


def url(story: Story, path: str) -> str:
    return f"/api/v1/tickets/{story.number}/{path}"


async def blockers(story: Story, event: str) -> list[str]:
    seen = await story.see(story.engineer)
    (allowed,) = [each for each in seen["allowed_events"] if each["event"] == event]
    return [each["code"] for each in allowed["blockers"]]


async def evidence(story: Story, who: Any = None) -> dict[str, Any]:
    answer = await (who or story.customer).get(url(story, "evidence"))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def finish(story: Story) -> dict[str, Any]:
    quote = (await story.see())["quote"]
    charge = quote["total_fen"] if quote and quote["state"] == "approved" else 0
    return await story.step(story.engineer, "finish", **FINISH, charge_fen=charge)
