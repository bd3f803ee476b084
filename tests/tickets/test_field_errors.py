"""What is wrong with a request is said in Chinese, at the field where it is wrong."""

import re
from typing import Any

import asyncpg
import pytest

from tests.tickets.story import Story
from tests.tickets.traces import counts

CHINESE = re.compile(r"[\u4e00-\u9fff]")

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("ask_info", {"items": []}, "items"),
    ("supply_info", {}, "body"),
    ("resolve_remote", {"solution": "好"}, "solution"),
    ("reject", {"reason_code": "no_idea"}, "reason_code"),
    ("triage", {"priority": "asap"}, "priority"),
    ("offer", {"engineer_id": "somebody"}, "engineer_id"),
    ("decline", {}, "reason_code"),
    (
        "book",
        {"window": {"start": "2026-06-15T10:00:00+08:00", "end": "2026-06-15T10:10:00+08:00"}},
        "window",
    ),
    ("book", {"window": {"start": "2026-06-15T10:00:00", "end": "2026-06-15T12:00:00"}}, "window.start"),
    ("rebook", {"window": {}, "reason_code": "other"}, "window.start"),
    ("reassign", {"reason": " "}, "reason"),
    ("depart", {"latitude": 91}, "latitude"),
    ("arrive", {}, "body"),
    ("arrive", {"code": "12345"}, "code"),
    ("no_access", {"attachment_ids": [], "calls": []}, "attachment_ids"),
    ("quote", {"lines": []}, "lines"),
    ("quote", {"lines": [{"code": "AC-GAS", "quantity": 0}]}, "lines.0.quantity"),
    ("approve_quote", {"quote_version": 0}, "quote_version"),
    ("need_parts", {"parts": [{"name": ""}], "due_at": "2026-06-20T00:00:00Z"}, "parts.0.name"),
    ("suspend", {"reason_code": "weather", "resume_at": "tomorrow"}, "resume_at"),
    ("finish", {"fault_code": "F", "solution": "修好", "old_parts": "lost", "charge_fen": 1}, "old_parts"),
    ("finish", {"fault_code": "F", "solution": "修好", "old_parts": "none", "charge_fen": -1}, "charge_fen"),
    ("fail", {"reason_code": ""}, "reason_code"),
    ("dispute", {"reason": "没好", "attachment_ids": []}, "attachment_ids"),
    ("rate_or_expire", {"attitude": 6, "expertise": 5, "timeliness": 5, "conduct": 5}, "attitude"),
    ("reopen", {"reason": ""}, "reason"),
    ("cancel", {"reason_code": "x"}, "reason_code"),
    ("merge", {"into": ""}, "into"),
    ("confirm", {"version": 0}, "version"),
    ("confirm", {"surprise": 1}, "surprise"),
]


@pytest.mark.parametrize(("event", "fields", "where"), WRONG, ids=lambda v: v if isinstance(v, str) else "")
async def test_a_wrong_field_is_named(
    event: str, fields: dict[str, Any], where: str, story: Story, rows: asyncpg.Connection
) -> None:
    await story.submit()
    before = await counts(rows)
    answer = await story.ask(story.agent, event, **fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input"), answer.text
    named = {error["field"] for error in answer.json()["errors"]}
    assert any(field == where or field == f"body.{where}" for field in named), named
    assert all(CHINESE.search(error["msg"]) for error in answer.json()["errors"])
    assert await counts(rows) == before


async def test_an_unknown_event_is_named_too(story: Story) -> None:
    await story.submit()
    answer = await story.ask(story.agent, "explode")
    assert answer.status_code == 422
    assert CHINESE.search(answer.json()["msg"])
