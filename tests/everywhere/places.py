"""Every page that people may open, found from the table of operations, with an address in a furnished world."""

import re
from dataclasses import dataclass

import asyncpg

from app.pages.problem import PREFIX
from tests.authorisation.table import ANSWERS, WHO
from tests.authorisation.world import BADGE, POINT, World
from tests.tickets import bodies
from tests.tickets.story import SCORES

# No pages: a calendar entry, a table for a spreadsheet, a drawing, a script, and a link that leads to WeChat.
_NO_PAGES = re.compile(r"\.(ics|xlsx|csv|svg|js)$|^/s/|^/console/?$")
# Whom to ask first: whoever sees the most.
_SEES = ("admin", "engineer", "owner", "anonymous")


@dataclass(frozen=True)
class Place:
    """``who`` may open ``path``, which is an address of the page ``template``."""

    who: str
    path: str
    template: str


@dataclass(frozen=True)
class Places:
    world: World
    found: tuple[Place, ...]


def templates() -> list[str]:
    """The pages of the app; tests/authorisation holds the table against the routes."""
    paths = (operation.removeprefix("GET ") for operation in ANSWERS if operation.startswith("GET "))
    return [p for p in paths if p.startswith(tuple(PREFIX)) and not _NO_PAGES.search(p)]


async def furnish(world: World, rows: asyncpg.Connection) -> Places:
    """One ticket that went wrong and is finished, and one with a visit to come."""
    story = world.story
    done = await _gone_wrong(world)
    link = await rows.fetchval("SELECT link FROM complaint_cases WHERE link IS NOT NULL")
    case = await rows.fetchval("SELECT id FROM complaint_cases ORDER BY id LIMIT 1")
    asset = (await story.customer.post("/api/v1/assets", json={"category": "空调", "model": "KFR"})).json()[
        "id"
    ]
    transfer = (await story.customer.post(f"/api/v1/assets/{asset}/transfer")).json()
    invitation = await story.customer.post(f"/api/v1/households/{world.ids['household_id']}/invitations")
    story.clock.advance(hours=20)
    await story.scheduled(fault="第二张：漏水")
    await story.customer.post(f"/api/v1/tickets/{story.number}/urgings", json={"message": "请快点"})
    visit = await rows.fetchval("SELECT link FROM visits WHERE link IS NOT NULL ORDER BY id DESC LIMIT 1")
    values = {
        **{name: [value] for name, value in world.ids.items()},
        "number": [story.number, done],
        "case_id": [str(case)],
        "badge": [BADGE],
        "points": [POINT],
        "transfers": [transfer["code"]],
        "invitations": [invitation.json()["code"]],
        "complaints": [link],
        "visits": [visit],
    }
    return Places(world, tuple(place for template in templates() for place in _addresses(template, values)))


async def _gone_wrong(world: World) -> str:
    """From the accepted ticket of the world to a complaint with a remedy."""
    story = world.story
    await story.step(story.customer, "book", window=bodies.window(story.clock.now))
    await story.customer.post(f"/api/v1/tickets/{story.number}/messages", json={"text": "几点到"})
    await story.step(story.engineer, "depart")
    await story.step(story.engineer, "arrive", **bodies.HOME)
    quoted = await story.step(story.engineer, "quote", lines=[{"code": "AC-GAS", "quantity": 2}])
    await story.step(story.customer, "approve_quote", quote_version=quoted["quote"]["version"])
    for purpose in ("before", "after"):
        await story.photo(story.engineer, purpose)
    await story.step(
        story.engineer,
        "finish",
        fault_code="F01",
        solution="补充冷媒",
        old_parts="none",
        charge_fen=quoted["quote"]["total_fen"],
    )
    bad = SCORES | {"timeliness": 1, "comment": "约好两点，四点才来"}
    await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=bad)
    appeal = {"number": story.number, "measure": "on_time", "reason": "路上堵车"}
    await story.engineer.post("/api/v1/kpi/appeals", json=appeal)
    (case,) = (await story.manager.get("/api/v1/complaints", params={"state": "open"})).json()["items"]
    await story.agent.post(f"/api/v1/complaints/{case['id']}/take")
    await story.agent.post(
        f"/api/v1/complaints/{case['id']}/steps", json={"kind": "call", "text": "致电道歉"}
    )
    remedy = {"root_cause": "没有提前告知", "remedy": "退还上门费", "amount_fen": 5000}
    await story.agent.post(f"/api/v1/complaints/{case['id']}/remedy", json=remedy)
    await story.sweep()
    return story.number


def _addresses(template: str, values: dict[str, list[str]]) -> list[Place]:
    """A parameter without a value fails here: whoever adds such a page says in ``furnish`` what it shows."""
    found = [template]
    for name in re.findall(r"\{(\w+)\}", template):
        # A token, a code or a scene is of what stands before it in the address.
        known = values.get(name) or values[template.split("/")[2]]
        if name == "number" and template.startswith(("/h5/visits", "/h5/complaints")):
            known = [values["number"][0 if "visits" in template else 1]]
        if template.endswith("/receipt"):
            known = values["number"][1:]
        found = [path.replace(f"{{{name}}}", value) for path in found for value in known]
    who = next((w for w in (*_SEES, *WHO) if ANSWERS[f"GET {template}"][w] == 200), "admin")
    return [Place(_who(template, who), path, template) for path in found]


def _who(template: str, allowed: str) -> str:
    """Where the world of the table has nothing to show, the page is its customer's, or staff's."""
    if allowed != "admin" or template.startswith("/console"):
        return allowed
    return "stranger" if template.startswith(("/h5/transfers", "/h5/invitations")) else "owner"
