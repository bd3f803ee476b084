"""Nothing but what the contract names gets in, and nothing of what was sent comes back with a refusal."""

from typing import Any

import pytest

from app.models import Ticket
from app.schemas.tickets import NewTicket
from tests.harness.callers import Caller
from tests.tickets import bodies
from tests.tickets.photos import photo

COLUMNS = sorted(set(Ticket.__table__.columns.keys()) - set(NewTicket.model_fields))
CANARY = "canary-7f3a91"


@pytest.mark.parametrize("column", COLUMNS)
async def test_no_column_of_a_ticket_is_set_from_outside(as_customer: Caller, column: str) -> None:
    for value in (1, "closed", None):
        answer = await as_customer.post("/api/v1/tickets", json=bodies.report(**{column: value}))
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert (error["field"], error["code"]) == (f"body.{column}", "extra_forbidden")


REFUSED: dict[str, dict[str, Any]] = {
    "a phone": {"contact": {"name": "王女士", "phone": CANARY}},
    "a type": {"service_type": CANARY},
    "a moment": {"occurred_at": CANARY},
    "an id": {"asset_id": CANARY},
    "a list of ids": {"attachment_ids": [CANARY]},
    "a name of a member": {CANARY: 1},
    "a member of a member": {"contact": {"name": "王女士", "phone": "13800138000", "x": CANARY}},
    "a text for a number": {"address": bodies.ADDRESS | {"latitude": CANARY}},
    "an object for a text": {"fault": {CANARY: CANARY}},
    "too long a text": {"fault": CANARY * 500},
    "a window": {"preferred_windows": [{"start": CANARY, "end": CANARY}]},
}


@pytest.mark.parametrize("what", REFUSED)
async def test_a_refusal_repeats_nothing(as_customer: Caller, what: str) -> None:
    answer = await as_customer.post("/api/v1/tickets", json=bodies.report(**REFUSED[what]))
    assert answer.status_code == 422
    assert CANARY not in answer.text
    assert CANARY not in str(answer.headers)


async def test_neither_do_queries_headers_and_paths(as_customer: Caller) -> None:
    answers = [
        await as_customer.get("/api/v1/tickets", params={"cursor": CANARY, "state": CANARY, "limit": CANARY}),
        await as_customer.get(f"/api/v1/tickets/{CANARY}"),
        await as_customer.get("/api/v1/tickets", params={"cursor": CANARY}),
        await as_customer.post(
            "/api/v1/tickets", json=bodies.report(), headers={"Idempotency-Key": f"{CANARY} {CANARY}"}
        ),
        await as_customer.post(
            "/api/v1/tickets/HX2606150000000000/transitions", json={"event": CANARY, "version": CANARY}
        ),
        await as_customer.get("/oauth/official-account", params={"next": f"//{CANARY}"}),
    ]
    assert [answer.status_code for answer in answers] == [422] * 6
    assert [answer.text for answer in answers if CANARY in answer.text] == []


ODD = {
    "a NUL": "a\x00b",
    "nothing": "",
    "a NUL alone": "\x00",
    "much": "a" * 5000,
    "invisible": "\u200b\u202e",
}


@pytest.mark.parametrize("what", ODD)
async def test_text_that_a_database_cannot_hold_breaks_nothing(
    as_customer: Caller, as_agent: Caller, what: str
) -> None:
    odd = ODD[what]
    for path, name in (
        ("products", "category"),
        ("price-items", "category"),
        ("kpi/engineers", "engineer_id"),
    ):
        answer = await as_agent.get(f"/api/v1/{path}", params={name: odd})
        assert answer.status_code in (200, 404, 422)
    for name in ("cursor", "state", "limit"):
        assert (await as_customer.get("/api/v1/tickets", params={name: odd})).status_code == 422
    answer = await as_customer.post(
        "/api/v1/attachments", files={"file": ("a.jpg", photo(), "image/jpeg")}, data={"ticket": f"HX{odd}"}
    )
    assert answer.status_code in (400, 404, 422)
    made = await as_customer.post(
        "/api/v1/tickets", json=bodies.report(brand=odd[:60], fault=f"漏水{odd[:60]}")
    )
    assert made.status_code == 201
    assert "\\u0000" not in made.text


@pytest.mark.parametrize("text", [r"\ud800", r"\u0000", r"a\udfffb"])
async def test_half_a_character_is_refused_or_dropped(as_customer: Caller, text: str) -> None:
    body = f'{{"username": "x{text}", "password": "{text}"}}'
    headers = {"Content-Type": "application/json"}
    answer = await as_customer.post("/api/v1/sessions/staff", content=body, headers=headers)
    assert answer.status_code in (401, 422)
