"""A token of another system opens its own few calls: for all others it is as good as none."""

from fastapi import FastAPI

from tests.authorisation.table import ANSWERS
from tests.authorisation.world import TOKEN, World
from tests.harness.callers import Caller


async def test_a_token_opens_nothing_else(world: World, app: FastAPI) -> None:
    made = await world.callers["admin"].post("/api/v1/api-tokens", json=TOKEN)
    world.callers["system"] = Caller(app, made.json()["token"])
    for operation, answers in ANSWERS.items():
        if "/partner/" in operation:
            continue
        async with world.undone():
            found = (await world.ask("system", operation)).status_code
        assert found == answers["anonymous"], operation
