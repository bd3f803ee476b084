"""A customer with a full life here, everything of which says something that may be recognised again."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database, driver
from app.integrations.storage import ObjectStore
from app.models import Customer
from app.services.privacy.erase import erase_one
from app.services.privacy.files import remove_files
from tests.harness.callers import Caller
from tests.make import make_household, make_identity, make_scene
from tests.make.doors import LABEL
from tests.tickets import bodies
from tests.tickets.story import SCORES, Story

# What must be found nowhere afterwards. No two are part of one another.
NAME, NICK, PHONE = "慕容拾遗", "拾遗不昧", "13911112222"
DETAIL, OPENID, SERIAL = "青石板巷 77 号", "o-telltale-4711", "SN-TELLTALE-9"
WORDS = "楼道口那只橘猫"
TELLTALES = (NAME, NICK, PHONE, DETAIL, OPENID, SERIAL, WORDS)
URL = "/api/v1/me/deletion"
KEY = {"Idempotency-Key": "a-key-of-one-form"}

# Every table with all that a row says, as PostgreSQL writes it: no column can be left out, not even a new one.
_TABLES = """
SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1
"""


async def found_in(rows: asyncpg.Connection, *telltales: str) -> set[tuple[str, str]]:
    """Tables and what they still say, bytes (as hex) included."""
    sought = [*telltales, *(word.encode().hex() for word in telltales)]
    found = set()
    for table in [row[0] for row in await rows.fetch(_TABLES)]:
        said = await rows.fetch(
            f"SELECT DISTINCT word FROM {table} t, unnest($1::text[]) word WHERE strpos(t::text, word) > 0",  # noqa: S608
            sought,
        )
        found |= {(table, row["word"]) for row in said}
    return found


async def full_life(story: Story, session: AsyncSession, household: Caller) -> None:
    """Reported, said, photographed, urged, disputed, rated, complained, revealed; told by everybody in his words."""
    me = story.customer.person
    assert isinstance(me, Customer)
    me.nickname, me.phone = NICK, PHONE
    await session.flush()
    await make_identity(session, customer_id=me.id, openid=OPENID)
    await make_scene(session, "telltale01", "appliance_label", LABEL | {"serial_number": SERIAL})
    neighbour = household.person
    assert isinstance(neighbour, Customer)
    await make_household(session, me, neighbour, name=f"{NICK}的家")
    wishes = {"visit_notes": WORDS, "same_engineer": True, "contact_hours": []}
    assert (await story.customer.put("/api/v1/me/preferences", json=wishes)).status_code == 200
    owned = {"category": "空调", "serial_number": SERIAL, "plate_number": ""}
    assert (await story.customer.post("/api/v1/assets", json=owned, headers=KEY)).status_code == 201
    await _a_job(story)
    await _aftermath(story)


async def _a_job(story: Story) -> None:
    await story.scheduled(
        fault=f"不制冷，{WORDS}旁边的外机也不转",
        serial_number=SERIAL,
        contact={"name": NAME, "phone": PHONE},
        address=bodies.ADDRESS | {"detail": DETAIL},
    )
    for who in (story.customer, story.agent, story.engineer):
        said = {"text": f"{NAME}，{WORDS}"}
        url = f"/api/v1/tickets/{story.number}/messages"
        assert (await who.post(url, json=said, headers=KEY)).status_code == 201
    await _at_the_desk(story)
    reason = {"reason": f"联系{NAME}"}
    await story.agent.post(f"/api/v1/tickets/{story.number}/contact-reveals", json=reason)
    await story.customer.post(f"/api/v1/tickets/{story.number}/urgings", json={"message": WORDS})
    await story.step(story.engineer, "depart")
    await story.step(story.engineer, "arrive", **bodies.HOME)
    line = {"code": "AC-GAS", "quantity": 2, "discount_fen": 100, "discount_reason": f"{NAME}老客户"}
    quoted = await story.step(story.engineer, "quote", lines=[line])
    await story.step(story.customer, "approve_quote", quote_version=quoted["quote"]["version"])
    for purpose in ("before", "after"):
        await story.photo(story.engineer, purpose, caption=f"{NAME}家")
    await story.step(
        story.engineer,
        "finish",
        fault_code="F01",
        solution=f"在{DETAIL}补充冷媒",
        old_parts="none",
        charge_fen=quoted["quote"]["total_fen"],
    )


async def _at_the_desk(story: Story) -> None:
    """He rang, was passed on, and was taken for one of many with the same fault for a while."""
    called = await story.agent.post("/api/v1/hotline/caller-lookups", json={"phone": PHONE})
    assert called.status_code == 200, called.text
    team = (await story.manager.post("/api/v1/teams", json={"name": "空调组"})).json()
    passed_on = {"team_id": team["id"], "reason": f"{NAME}找过我们两次"}
    routed = await story.manager.post(f"/api/v1/tickets/{story.number}/route", json=passed_on, headers=KEY)
    assert routed.status_code == 201, routed.text
    begun = {"ticket": story.number, "title": f"{DETAIL}一带停电", "severity": "partial"}
    incident = (await story.manager.post("/api/v1/incidents", json=begun, headers=KEY)).json()
    url = f"/api/v1/incidents/{incident['number']}"
    for what, body in (
        ("updates", {"text": f"{NAME}说整栋楼都停了"}),
        ("broadcasts", {"text": f"{DETAIL}一带正在抢修"}),
        (
            "actions",
            {"text": f"回访{NAME}", "owner_id": str(story.manager.person.id), "due_on": "2026-12-01"},
        ),
        (f"tickets/{story.number}/detach", {"reason": f"{NAME}家是外机坏了"}),
    ):
        answer = await story.manager.post(f"{url}/{what}", json=body, headers=KEY)
        assert answer.status_code in (200, 201), (what, answer.text)


async def _aftermath(story: Story) -> None:
    appeal = {"number": story.number, "measure": "urgings", "reason": f"{NAME}催得太急"}
    filed = await story.engineer.post("/api/v1/kpi/appeals", json=appeal)
    verdict = {"decision": "rejected", "note": f"{NAME}没有错"}
    await story.manager.post(f"/api/v1/kpi/appeals/{filed.json()['id']}/decide", json=verdict)
    uploaded = await story.photo(story.customer, "rating")
    rating = SCORES | {"attitude": 1, "comment": f"{WORDS}都比你们快", "attachment_ids": [uploaded]}
    await story.step(story.customer, "confirm")
    await story.step(story.customer, "rate_or_expire", **rating)
    await _complaint_closed(story)


async def _complaint_closed(story: Story) -> None:
    cases = (await story.manager.get("/api/v1/complaints")).json()["items"]
    for case in cases:
        url = f"/api/v1/complaints/{case['id']}"
        await story.manager.post(f"{url}/take")
        await story.manager.post(
            f"{url}/steps", json={"kind": "call", "text": f"致电{PHONE}", "result": WORDS}
        )
        closed = await story.manager.post(f"{url}/close", json={"reason": f"{NAME}已满意"})
        assert closed.status_code == 200, closed.text


async def gone(story: Story, store: ObjectStore) -> dict[str, Any]:
    """Asked for, seven days later carried out; what its owner can show."""
    asked = await story.customer.post(URL, headers={"Idempotency-Key": "go"})
    assert asked.status_code == 201, asked.text
    return await gone_later(story, store, asked.json()["code"], days=7)


async def gone_later(story: Story, store: ObjectStore, code: str, *, days: int = 0) -> dict[str, Any]:
    story.clock.advance(days=days, minutes=1)
    await carried_out(story.database, story.clock.now, store)
    document: dict[str, Any] = (await story.agent.get(f"/api/v1/deletion-proofs/{code}")).json()
    return document


async def carried_out(database: Database, now: datetime, store: ObjectStore, *, batch: int = 50) -> int:
    steps = 0
    due = True
    while due:
        async with database.sessions.begin() as session:
            due = await erase_one(await driver(session), now, batch=batch)
        steps += due
        assert steps < 50, "it does not come to an end"
    await remove_files(database.sessions, store)
    return steps


async def photo_ids(rows: asyncpg.Connection) -> list[UUID]:
    return [row["id"] for row in await rows.fetch("SELECT id FROM attachments")]
