from collections.abc import Callable
from typing import Any

import pytest

from app.services.follow_ups import plan
from tests.harness.callers import Caller
from tests.service_levels.conftest import new_watch
from tests.tickets.conftest import colleague, engineer, rows, story, stranger

__all__ = ["colleague", "engineer", "new_watch", "rows", "story", "stranger"]

Owed = list[dict[str, Any]]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the draw says, every job is called about."""
    monkeypatch.setattr(plan, "is_drawn", lambda *_: True)


def listed(who: Caller) -> Callable[[str], Any]:
    async def ask(state: str) -> Owed:
        answer = await who.get("/api/v1/follow-ups", params={"state": state})
        assert answer.status_code == 200, answer.text
        items: Owed = answer.json()["items"]
        return items

    return ask
