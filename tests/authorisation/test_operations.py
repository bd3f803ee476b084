"""Every operation times every kind of caller, and no operation without its row."""

import pytest
from fastapi import FastAPI

from app.main import create_app
from app.settings import Settings
from tests.authorisation.operations import described, operations
from tests.authorisation.table import ANSWERS, OF_A_TICKET, WHO
from tests.authorisation.world import NO_SUCH_TICKET, World, told
from tests.harness.callers import Caller

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


@pytest.mark.parametrize("operation", ANSWERS)
async def test_each_caller_gets_what_the_table_says(world: World, operation: str) -> None:
    assert await world.everybody(operation) == ANSWERS[operation]


@pytest.mark.parametrize("operation", OF_A_TICKET)
async def test_a_ticket_of_others_answers_like_one_that_does_not_exist(world: World, operation: str) -> None:
    for who in WHO:
        if ANSWERS[operation][who] in (302, 401, 403, 404):
            foreign = await world.ask(who, operation)
            missing = await world.ask(who, operation, NO_SUCH_TICKET)
            if who in ("stranger", "outsider", "contractor"):
                assert told(foreign) == told(missing), who
            else:
                assert missing.status_code in (302, 401, 403, 404), who


@pytest.mark.parametrize("operation", OF_A_TICKET)
async def test_a_ticket_that_does_not_exist_is_404_for_whoever_is_signed_in(
    world: World, operation: str
) -> None:
    for who in WHO:
        expected = ANSWERS[operation][who]
        answer = await world.ask(who, operation, NO_SUCH_TICKET)
        # 302: a page sends him to sign in first.
        assert answer.status_code == (expected if expected in (302, 401) else 404), who


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
