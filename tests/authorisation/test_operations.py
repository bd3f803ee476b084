"""Every operation times every kind of caller, and no operation without its row."""

import pytest
from fastapi import FastAPI

from app.main import create_app
from app.settings import Settings
from tests.authorisation.operations import described, operations
from tests.authorisation.table import ANSWERS, OF_A_TICKET, WHO, in_parts
from tests.authorisation.world import NO_SUCH_TICKET, World, told
from tests.harness.callers import Caller

PARTS = in_parts(ANSWERS)
PARTS_OF_A_TICKET = in_parts(OF_A_TICKET)
FOR_PEOPLE = ("/h5/", "/s/", "/console", "/field", "/assets/")


def test_every_operation_has_its_row(application: FastAPI) -> None:
    assert operations(application) == set(ANSWERS)


def test_the_walk_misses_nothing_that_is_described(application: FastAPI) -> None:
    hidden = {"GET /metrics", "GET /openapi.json", "GET /docs", "GET /docs/oauth2-redirect"}
    pages = {each for each in ANSWERS if any(f" {start}" in each for start in FOR_PEOPLE)}
    assert operations(application) - described(application) == hidden | pages
    assert described(application) <= operations(application)


def test_production_does_not_describe_itself(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"environment": "production"}))
    missing = {"GET /openapi.json", "GET /docs", "GET /docs/oauth2-redirect"}
    assert set(ANSWERS) - operations(app) == missing


@pytest.mark.parametrize("part", PARTS)
async def test_each_caller_gets_what_the_table_says(world: World, part: str) -> None:
    wrong = {}
    for operation in PARTS[part]:
        found = await world.everybody(operation)
        if found != ANSWERS[operation]:
            wrong[operation] = {"found": found, "expected": ANSWERS[operation]}
    assert wrong == {}


@pytest.mark.parametrize("part", PARTS_OF_A_TICKET)
async def test_a_ticket_of_others_answers_like_one_that_does_not_exist(world: World, part: str) -> None:
    """And one that does not exist is 404 for whoever is signed in."""
    for operation in PARTS_OF_A_TICKET[part]:
        for who in WHO:
            expected = ANSWERS[operation][who]
            missing = await world.ask(who, operation, NO_SUCH_TICKET)
            # 302: a page sends him to sign in first.
            assert missing.status_code == (expected if expected in (302, 401) else 404), (operation, who)
            if expected in (302, 401, 403, 404) and who in ("stranger", "outsider", "contractor"):
                foreign = await world.ask(who, operation)
                assert told(foreign) == told(missing), (operation, who)


@pytest.mark.parametrize("who", ["stranger", "outsider", "contractor"])
async def test_nobody_finds_tickets_of_others_in_his_list(world: World, who: str) -> None:
    for query in ({}, {"state": "accepted"}, {"cursor": "7fffffffffffffff"}):
        answer = await world.callers[who].get("/api/v1/tickets", params=query)
        assert answer.json() == {"items": [], "next_cursor": None}


async def test_whoever_may_see_the_ticket_finds_it_in_his_list(world: World) -> None:
    for who in ("owner", "engineer", "agent", "manager", "admin"):
        answer = await world.callers[who].get("/api/v1/tickets")
        assert [item["number"] for item in answer.json()["items"]] == [world.number], who


async def test_a_dismissed_colleague_loses_his_access_with_the_next_call(
    world: World, disabled: Caller
) -> None:
    answer = await disabled.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
