"""Whatever creates may be asked again with its ``Idempotency-Key``: one effect, the same answer."""

import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.authorisation.table import ANSWERS, WHO
from tests.authorisation.world import World

# Creating calls that need no key, each with what makes a repetition harmless.
BY_NATURE = {
    "POST /api/v1/partner/tickets": "one ticket for each external_reference",
    "POST /api/v1/household-members": "whoever is a member already uses up nothing",
    "POST /api/v1/asset-transfers": "what is his stays his",
    "POST /api/v1/tickets/{number}/completion-code": "a visit has one proof",
    "POST /api/v1/tickets/{number}/contact-reveals": "each look is asked for its right to look, and logged",
}
# Refused by the state of this world; their own tests repeat them.
ELSEWHERE = {
    "POST /api/v1/assets/{asset_id}/transfer",
    "POST /api/v1/attachments/videos",
    "POST /api/v1/complaints/{case_id}/steps",
    "POST /api/v1/follow-ups/{follow_up_id}/calls",
    "POST /api/v1/incidents",
    "POST /api/v1/incidents/{incident}/tickets",
    "POST /api/v1/kpi/appeals",
    "POST /api/v1/me/consents",
    "POST /api/v1/price-lists",
    "POST /api/v1/template-trials",
    "POST /api/v1/tickets/{number}/empty-trips/{trip_id}/waiver",
    "POST /api/v1/tickets/{number}/part-reservations",
    "POST /api/v1/tickets/{number}/signature",
    "POST /api/v1/tickets/{number}/urgings/answer",
}


def creating(app: FastAPI) -> dict[str, bool]:
    """Every POST that answers 201 or 202, and whether it takes a key."""
    return {
        f"POST {path}": any(each["name"] == "Idempotency-Key" for each in item["post"].get("parameters", ()))
        for path, item in app.openapi()["paths"].items()
        if "post" in item and {"201", "202"} & set(item["post"]["responses"])
    }


def test_whatever_creates_takes_a_key(application: FastAPI) -> None:
    found = creating(application)
    assert {operation for operation, keyed in found.items() if not keyed} == set(BY_NATURE)
    assert len(found) > 40


async def rows(connection: AsyncConnection) -> dict[str, int]:
    """How many rows of each table there are, the log of looks and the keys aside."""
    names = (
        await connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
    ).scalars()
    counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names)  # noqa: S608
    return {row[0]: row[1] for row in await connection.execute(text(counts))}


@pytest.mark.timeout(120)
async def test_what_is_repeated_has_one_effect_and_the_same_answer(
    world: World, application: FastAPI, connection: AsyncConnection
) -> None:
    tried = set()
    for operation in sorted(operation for operation, keyed in creating(application).items() if keyed):
        who = next((each for each in WHO if ANSWERS[operation][each] in (201, 202)), None)
        if who is None:
            continue
        async with world.undone():
            caller = world.callers[who]
            caller.headers["Idempotency-Key"] = "once"
            try:
                first = await world.ask(who, operation)
                before, replays = await rows(connection), replayed()
                second = await world.ask(who, operation)
            finally:
                del caller.headers["Idempotency-Key"]
            assert (first.status_code, second.status_code) == (ANSWERS[operation][who],) * 2, operation
            assert second.json() == first.json(), operation
            assert replayed() == replays + 1, operation
            assert await rows(connection) == before, operation
            tried.add(operation)
    assert {each for each, keyed in creating(application).items() if keyed} - tried == ELSEWHERE


async def test_a_secret_that_is_told_again_lies_sealed(world: World, connection: AsyncConnection) -> None:
    caller = world.callers["admin"]
    headers = {"Idempotency-Key": "sealed"}
    body = {"name": "ERP", "scopes": ["tickets:read"], "expires_at": "2027-01-01T00:00:00+08:00"}
    first = await caller.post("/api/v1/api-tokens", json=body, headers=headers)
    kept = await connection.execute(text("SELECT response::text FROM idempotency_keys WHERE key = 'sealed'"))
    assert first.json()["token"] not in kept.scalar_one()
    again = await caller.post("/api/v1/api-tokens", json=body, headers=headers)
    assert again.json() == first.json()
    other = await caller.post("/api/v1/api-tokens", json=body | {"name": "CRM"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def replayed() -> float:
    return REGISTRY.get_sample_value("idempotent_replays_total") or 0.0
