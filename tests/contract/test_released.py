"""No client of the last release stumbles, and what goes says so beforehand."""

import copy
import json
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from app.edge.openapi.catalogue import as_markdown
from app.edge.openapi.describe import describe, every_error
from app.edge.openapi.going import Going, TellsOfGoing
from app.edge.problems import handle_problems
from app.errors import Conflict
from tests.contract.released import PATH, breaking, compact

DECLARED = tomllib.loads(PATH.with_name("breaking.toml").read_text("utf-8"))
OLD = Going("GET /old", date(2026, 12, 1), date(2027, 6, 1), "GET /new")


@pytest.fixture(scope="module")
def released() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PATH.read_text("utf-8"))
    return found


def test_nothing_breaks_that_is_not_declared(application: FastAPI, released: dict[str, Any]) -> None:
    found = breaking(released, compact(application.openapi()))
    assert found == sorted(each["what"] for each in DECLARED.get("difference", ())), (
        "See docs/api-deprecation.md: keep it, or declare it in tests/contract/breaking.toml with the reason"
    )


Change = Callable[[dict[str, Any]], object]
TICKETS = "POST /api/v1/tickets"


def operation(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["operations"][TICKETS]
    return found


def members(document: dict[str, Any], schema: str) -> dict[str, Any]:
    found: dict[str, Any] = document["schemas"][schema]["properties"]
    return found


CHANGES: dict[str, tuple[Change, str | None]] = {
    "an operation goes": (lambda d: d["operations"].pop(TICKETS), f"{TICKETS} is gone"),
    "its id changes": (
        lambda d: operation(d).update(id="report"),
        f"{TICKETS} is called report, no longer create_ticket",
    ),
    "a parameter goes": (
        lambda d: operation(d)["parameters"].pop("header Idempotency-Key"),
        f"{TICKETS}: parameter header Idempotency-Key is gone",
    ),
    "a parameter is required": (
        lambda d: operation(d)["parameters"]["header Idempotency-Key"].update(required=True),
        f"{TICKETS}: parameter header Idempotency-Key is required",
    ),
    "a status goes": (lambda d: operation(d)["answers"].pop("201"), f"{TICKETS} does not answer 201"),
    "a member that is sent goes": (lambda d: members(d, "NewTicket").pop("brand"), "NewTicket.brand is gone"),
    "a member must be sent": (
        lambda d: d["schemas"]["NewTicket"]["required"].append("brand"),
        "NewTicket.brand is required",
    ),
    "a value may not be sent": (
        lambda d: d["schemas"]["ServiceType"]["enum"].remove("repair"),
        "ServiceType may not be 'repair'",
    ),
    "a member of an answer goes": (
        lambda d: members(d, "TicketOut").pop("promise"),
        "TicketOut.promise is gone",
    ),
    "a member of an answer may be null": (
        lambda d: members(d, "TicketOut").update(number={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        "TicketOut.number may be null",
    ),
    "a member changes its type": (
        lambda d: members(d, "TicketOut").update(version={"type": "string"}),
        "TicketOut.version may be string",
    ),
    "an event goes": (
        lambda d: d["schemas"]["Book"]["properties"]["event"].update(const="reserve"),
        "POST /api/v1/tickets/{number}/transitions body may not be object book",
    ),
    "a new member of an answer": (lambda d: members(d, "TicketOut").update(mood={"type": "string"}), None),
    "a new optional member": (lambda d: members(d, "NewTicket").update(mood={"type": "string"}), None),
    "a new value of an answer": (lambda d: d["schemas"]["State"]["enum"].append("dreaming"), None),
    "a new operation": (lambda d: d["operations"].update({"GET /mood": operation(d)}), None),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_breaks_is_seen_and_nothing_else(released: dict[str, Any], name: str) -> None:
    change, expected = CHANGES[name]
    changed = copy.deepcopy(released)
    change(changed)
    found = breaking(released, changed)
    assert found == [] if expected is None else expected in found


async def test_what_goes_says_so_with_every_answer_and_in_the_description() -> None:
    app = FastAPI()

    @app.get("/old")
    async def old(wrong: bool = False) -> str:
        if wrong:
            raise Conflict
        return "still here"

    @app.get("/new")
    async def new() -> str:
        return "here"

    handle_problems(app)
    describe(app, [OLD])
    app.add_middleware(TellsOfGoing, going=[OLD])
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        for path, status in (("/old", 200), ("/old?wrong=true", 409)):
            answer = await client.get(path)
            assert answer.status_code == status
            assert answer.headers["deprecation"] == "@1796083200"
            assert answer.headers["sunset"] == "Tue, 01 Jun 2027 00:00:00 GMT"
        assert "deprecation" not in (await client.get("/new")).headers
    described = app.openapi()["paths"]
    assert described["/old"]["get"]["deprecated"] is True
    assert "GET /new" in described["/old"]["get"]["description"]
    assert "deprecated" not in described["/new"]["get"]


def test_callers_get_half_a_year() -> None:
    with pytest.raises(ValueError, match="180 days"):
        Going("GET /old", date(2026, 12, 1), date(2027, 1, 1), "GET /new")


def test_the_catalogue_of_errors_is_that_of_the_code(application: FastAPI) -> None:
    page = Path("docs/errors.md").read_text(encoding="utf-8")
    assert page == as_markdown(every_error(application)), "huixiang errors > docs/errors.md"
