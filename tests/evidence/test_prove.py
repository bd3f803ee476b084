"""The customer's signature and his completion code."""

from typing import Any

import asyncpg
import pytest
from httpx import Response

from app.domain.evidence.signature import is_blank
from app.services.operations.doctor import examine
from tests.evidence.jobs import SIGNED, becomes, blockers, evidence, finish, url
from tests.tickets.story import Story

DOT = [[[0.5, 0.5]]]


@pytest.fixture
async def installed(story: Story) -> Story:
    """An installation of which everything is there but the customer's word."""
    await story.in_repair()
    await becomes(story, "installation")
    for purpose in ("before", "after"):
        await story.photo(story.engineer, purpose)
    for code, value in (("tidy", None), ("earth", 1.5), ("vacuum", -0.1)):
        await story.engineer.put(url(story, f"checklist/{code}"), json={"value": value})
    return story


async def signed(story: Story, **over: Any) -> Response:
    body = {"strokes": SIGNED, "total_fen": 16000, "quote_version": 1} | over
    return await story.engineer.post(url(story, "signature"), json=body)


async def coded(story: Story, code: str, **over: Any) -> Response:
    body = {"code": code, "total_fen": 16000, "quote_version": 1} | over
    return await story.engineer.post(url(story, "completion-code"), json=body)


async def test_a_signature_lets_an_installation_be_finished(
    installed: Story, rows: asyncpg.Connection
) -> None:
    assert await blockers(installed, "finish") == ["proof_missing"]
    answer = await signed(installed)
    assert (answer.status_code, answer.json()["kind"]) == (201, "signature")
    assert await blockers(installed, "finish") == []
    await finish(installed)
    await installed.step(installed.customer, "confirm")
    (visit,) = (await evidence(installed))["visits"]
    assert [piece["purpose"] for piece in visit["beside"]] == ["signature"]
    assert await examine(rows) == []
    with pytest.raises(asyncpg.CheckViolationError):
        async with rows.transaction():
            await rows.execute("UPDATE completion_proofs SET total_fen = 0")


async def test_the_code_is_the_customers_alone(installed: Story) -> None:
    code = (await installed.see())["visit"]["completion_code"]
    assert len(code) == 6
    for who in (installed.engineer, installed.agent):
        assert (await installed.see(who))["visit"]["completion_code"] is None
    assert code in (await installed.customer.get(f"/h5/tickets/{installed.number}")).text
    assert (await coded(installed, code)).status_code == 201
    assert await blockers(installed, "finish") == []


async def test_five_wrong_guesses_are_the_last(installed: Story) -> None:
    code = (await installed.see())["visit"]["completion_code"]
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    answers = [(await coded(installed, wrong)).json()["code"] for _ in range(6)]
    assert answers == ["wrong_code"] * 5 + ["too_many_attempts"]
    assert (await coded(installed, code)).json()["code"] == "too_many_attempts"
    assert (await signed(installed)).status_code == 201


@pytest.mark.parametrize("over", [{"total_fen": 15999}, {"quote_version": 2}, {"quote_version": None}])
async def test_what_was_shown_must_be_what_is_charged(installed: Story, over: dict[str, Any]) -> None:
    code = (await installed.see())["visit"]["completion_code"]
    for answer in (await signed(installed, **over), await coded(installed, code, **over)):
        assert (answer.status_code, answer.json()["code"]) == (409, "total_changed")
        assert (answer.json()["total_fen"], answer.json()["quote_version"]) == (16000, 1)


async def test_a_variation_asks_for_the_word_anew(installed: Story) -> None:
    await signed(installed)
    quoted = await installed.step(installed.engineer, "quote", lines=[{"code": "AC-GAS", "quantity": 1}])
    await installed.step(installed.customer, "approve_quote", quote_version=quoted["quote"]["version"])
    assert await blockers(installed, "finish") == ["proof_outdated"]


async def test_a_large_charge_wants_it_and_an_ordinary_repair_does_not(story: Story) -> None:
    await story.in_repair()
    for purpose in ("before", "after"):
        await story.photo(story.engineer, purpose)
    assert await blockers(story, "finish") == []
    quoted = await story.step(story.engineer, "quote", lines=[{"code": "AC-GAS", "quantity": 25}])
    assert quoted["quote"]["total_fen"] > 200_000
    await story.step(story.customer, "approve_quote", quote_version=quoted["quote"]["version"])
    assert await blockers(story, "finish") == ["proof_missing"]


@pytest.mark.parametrize("strokes", [[], [[]], DOT, DOT * 30, [[[0.1, 0.5], [0.9, 0.5]]]])
async def test_an_empty_pad_is_no_signature(installed: Story, strokes: list[Any]) -> None:
    answer = await signed(installed, strokes=strokes)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "blank_signature")
    assert await blockers(installed, "finish") == ["proof_missing"]


async def test_a_repeated_signature_is_one(installed: Story, rows: asyncpg.Connection) -> None:
    body = {"strokes": SIGNED, "total_fen": 16000, "quote_version": 1}
    path, key = url(installed, "signature"), {"Idempotency-Key": "once"}
    answers = [await installed.engineer.post(path, json=body, headers=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert await rows.fetchval("SELECT count(*) FROM attachments WHERE purpose = 'signature'") == 1


def test_a_signature_is_more_than_a_slip() -> None:
    assert not is_blank([[(x, y) for x, y in SIGNED[0]]])
    assert is_blank([[(0.5 + i / 1000, 0.5) for i in range(50)]])


async def test_signatures_come_through_their_own_door(story: Story) -> None:
    await story.in_repair()
    answer = await story.engineer.post(
        "/api/v1/attachments",
        files={"file": ("a.jpg", b"x", "image/jpeg")},
        data={"ticket": story.number, "purpose": "signature"},
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.purpose")
