"""What probes and operators are told."""

import uuid
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database, open_database
from app.main import create_app
from app.routers.health import may_see_metrics
from app.settings import Settings
from tests.harness.callers import Caller
from tests.make import make_customer


async def test_alive_without_asking_anybody(client: Caller) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_ready(client: Caller) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "issues": []})


async def test_redis_away_is_degraded_and_still_serves(
    client: Caller, app: FastAPI, settings: Settings
) -> None:
    app.state.settings = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert [issue["code"] for issue in answer.json()["issues"]] == ["redis_unreachable"]


async def test_other_migrations_than_ours_are_not_ready(client: Caller, session: AsyncSession) -> None:
    await session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert [issue["code"] for issue in answer.json()["issues"]] == ["migrations_behind"]


@pytest.mark.parametrize(("minutes", "status"), [(9, "ready"), (11, "degraded")])
async def test_a_stuck_outbox_is_told_and_turns_nobody_away(
    client: Caller, session: AsyncSession, now: datetime, minutes: int, status: str
) -> None:
    await add_push(session, now - timedelta(minutes=minutes), now)
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, status)
    assert [issue["code"] for issue in answer.json()["issues"]] == ["outbox_stuck"] * (status == "degraded")


async def test_no_database_is_an_answer_and_not_a_crash(settings: Settings) -> None:
    async with open_database(settings) as database:
        await database.reads.close()
        app = create_app(
            settings,
            database=Database(
                database.engine,
                database.sessions,
                database.reads,
                database.kept,
                database.writes,
                database.callbacks,
            ),
        )
        async with Caller(app) as client:
            answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert [issue["code"] for issue in answer.json()["issues"]] == ["database_unreachable"]


@pytest.mark.parametrize(
    ("environment", "expected", "token", "seen"),
    [
        ("development", "", "", True),
        ("production", "", "", False),
        ("production", "s3cret", "", False),
        ("production", "s3cret", "other", False),
        ("production", "s3cret", "s3cret", True),
        ("development", "s3cret", "", False),
    ],
)
def test_who_may_see_the_figures(environment: str, expected: str, token: str, seen: bool) -> None:
    given = Settings(_env_file=None, environment=environment, metrics_token=expected)
    assert may_see_metrics(token, given) is seen


async def test_production_shows_no_description_of_itself(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"environment": "production"}))
    async with Caller(app) as client:
        answers = [await client.get(path) for path in ("/docs", "/redoc", "/openapi.json", "/metrics")]
    assert [answer.status_code for answer in answers] == [404] * 4


def test_a_weak_key_stops_the_process() -> None:
    with pytest.raises(RuntimeError, match="HUIXIANG_SECRET_KEY"):
        create_app(Settings(_env_file=None, secret_key="short"))


async def add_push(session: AsyncSession, due: datetime, now: datetime) -> None:
    customer = await make_customer(session)
    ticket = await session.scalar(
        text(
            "INSERT INTO tickets (number, version, seq, state, service_type, category, fault, brand, model, "
            "serial_number, on_site, priority, warranty, customer_id, created_by, contact_name, "
            "contact_phone, preferred_windows, diagnosis, required_skill, promised_at, promise, created_at, "
            "entered_at) VALUES ('HX1', 1, 1, 'submitted', 'repair', 'tv', 'dark', '', '', '', false, "
            "'normal', 'unknown', :customer, 'customer', 'w', '1', '[]', '{}', 'tv', :now, '', :now, :now) "
            "RETURNING id"
        ),
        {"customer": customer.id, "now": now},
    )
    await session.execute(
        text(
            "INSERT INTO outbox (ticket_id, seq, kind, recipient, recipient_id, slots, available_at, "
            "client_msg_id, created_at) VALUES (:ticket, 1, 'ticket_progress', 'customer', :whom, '{}', "
            ":due, :id, :due)"
        ),
        {"ticket": ticket, "whom": customer.id, "due": due, "id": uuid.uuid4()},
    )
