"""The figures of the desk, worked out by hand."""

from datetime import timedelta

import asyncpg
import pytest

from app.domain.kpi.desk import Call, Complaint, DeskRows, RemoteJob, compute_desk
from app.domain.period import Period
from app.domain.rating import Dimension, Scores
from app.services.kpi.recount_desk import recount_desk
from tests.tickets.story import SCORES, Story

JUNE = Period.read("2026-06")
ROWS = DeskRows(
    calls=(
        Call("lin", True, True),
        Call("lin", False, None),
        Call("he", True, False),
        Call("gone", True, True),
    ),
    complaints=(Complaint("lin", True, False), Complaint("lin", False, True)),
    remote=(RemoteJob("he", Scores(4, 4, 4, 4)), RemoteJob("he", None)),
)


def test_each_is_credited_with_what_he_did() -> None:
    he, lin = compute_desk(ROWS, JUNE, ["lin", "he"])
    assert (lin.reached.value, lin.reached.n) == (0.5, 2)
    assert (lin.called_in_time.value, lin.called_in_time.n) == (1.0, 1)
    assert (lin.complaints_solved.value, lin.complaints_in_time.value) == (0.5, 0.5)
    assert (he.remote_response_rate.value, he.remote_response_rate.n) == (0.5, 2)
    assert he.dimensions[Dimension.ATTITUDE].value == 4
    assert lin.dimensions[Dimension.ATTITUDE].shrunk == 4


def test_all_of_the_desk_are_one_team() -> None:
    he, lin = compute_desk(ROWS, JUNE, ["lin", "he"])
    # Two of three attempts: (2 × 0.5 + 10 × 2/3) / 12 and (1 × 1 + 10 × 2/3) / 11.
    assert lin.reached.shrunk == pytest.approx((1 + 20 / 3) / 12)
    assert he.reached.shrunk == pytest.approx((1 + 20 / 3) / 11)


async def test_the_figures_of_the_desk_are_those_of_its_rows(story: Story, rows: asyncpg.Connection) -> None:
    """Solved from afar and rated; called in time and in vain; a complaint that was closed by its owner."""
    await story.submit(service_type="consultation", fault="遥控器怎么设置定时", address=None)
    solved = {"solution": "电话里教会了"}
    await story.step(story.agent, "resolve_remote", **solved)
    await story.step(story.customer, "confirm")
    await story.step(story.customer, "rate_or_expire", **SCORES | {"attitude": 1})
    await _called(story, rows)
    (case,) = (await story.manager.get("/api/v1/complaints")).json()["items"]
    url = f"/api/v1/complaints/{case['id']}"
    await story.agent.post(f"{url}/take")
    assert (await story.manager.post(f"{url}/close", json={"reason": "客户说不用了"})).status_code == 200
    answer = await story.manager.get("/api/v1/kpi/agents", params={"month": "2026-06"})
    agent = str(story.agent.person.id)
    told = {item["agent_id"]: item for item in answer.json()["items"]}[agent]
    assert (told["reached"]["value"], told["reached"]["n"]) == (0.5, 2)
    assert (told["called_in_time"]["value"], told["called_in_time"]["n"]) == (1.0, 1)
    assert (told["remote_response_rate"]["value"], told["attitude"]["value"]) == (1.0, 1.0)
    assert (told["complaints_solved"]["value"], told["complaints_in_time"]["value"]) == (0.0, 1.0)
    compared, differences = await recount_desk(rows, JUNE)
    assert (differences, compared) == ([], 9 * len(answer.json()["items"]))


async def _called(story: Story, rows: asyncpg.Connection) -> None:
    """Nobody was there at first; then somebody was."""
    at = story.clock.now
    owed = await rows.fetchval(
        """
        INSERT INTO follow_ups (ticket_id, seq, cause, rule, rules_version, state, due_at, next_at, attempts,
                                created_at, closed_at)
        SELECT ticket_id, seq, 'completed', 'r', '1', 'reached', $1, $1, 2, $2, $1 FROM completions
            -- The draw may have chosen this job already.
            ON CONFLICT (ticket_id, seq) DO UPDATE
           SET state = 'reached', attempts = 2, due_at = $1, next_at = $1, created_at = $2, closed_at = $1
        RETURNING id
        """,
        at + timedelta(hours=24),
        at,
    )
    for attempt, outcome, later in ((1, "no_answer", 2), (2, "reached", 30)):
        await rows.execute(
            """
            INSERT INTO follow_up_calls (follow_up_id, attempt, agent_id, outcome, solved, note, at)
            VALUES ($1, $2, $3, $4, CASE WHEN $4 = 'reached' THEN TRUE END, '', $5)
            """,
            owed,
            attempt,
            story.agent.person.id,
            outcome,
            at + timedelta(hours=later),
        )
