"""Nothing but what the contract names gets in, and nothing of what was sent comes back with a refusal."""

import pytest

from app.models import Ticket
from app.schemas.tickets import NewTicket
from tests.harness.callers import Caller
from tests.tickets import bodies

COLUMNS = sorted(set(Ticket.__table__.columns.keys()) - set(NewTicket.model_fields))
CANARY = "canary-7f3a91"


@pytest.mark.parametrize("column", COLUMNS)
async def test_no_column_of_a_ticket_is_set_from_outside(as_customer: Caller, column: str) -> None:
    for value in (1, "closed", None):
        answer = await as_customer.post("/api/v1/tickets", json=bodies.report(**{column: value}))
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert (error["field"], error["code"]) == (f"body.{column}", "extra_forbidden")


REFUSED = {
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
