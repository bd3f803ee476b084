"""What has served its time goes; what has not, stays; and every table says how long that is."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.models import Base
from app.services.customers.owned import OWNED
from app.services.operations.retention import GRACE, KEPT, as_markdown, forget_expired, kept_too_long
from tests.make import make_customer, make_service_point

_ROWS = {
    "idempotency_keys": "INSERT INTO idempotency_keys (scope, key, fingerprint, response, created_at) "
    "VALUES ('s', :name, '', 'null', :at)",
    "wechat_inbound": "INSERT INTO wechat_inbound (dedup_key, appid, openid, kind, raw, received_at, handled_at) "
    "VALUES (convert_to(:name, 'UTF8'), 'a', 'o', 'text', '', :at, :at)",
    "sessions": "INSERT INTO sessions (id, audience, customer_id, expires_at) "
    "SELECT gen_random_uuid(), 'customer', id, :at FROM customers WHERE :name <> '' LIMIT 1",
    "sign_in_guards": "INSERT INTO sign_in_guards (subject, failures, since) VALUES (:name, 1, :at)",
    "reply_windows": "INSERT INTO reply_windows (appid, openid, kind, remaining, opened_at, until) "
    "VALUES ('a', 'o', :name, 1, :at, :at)",
    "alarms": "INSERT INTO alarms (kind, subject, detail, opened_at, last_at, closed_at) "
    "VALUES ('k', :name, '', :at, :at, :at)",
    "audit_log": "INSERT INTO audit_log (at, actor_role, actor_id, action, subject, reason) "
    "VALUES (:at, 'agent', '', '', :name, '')",
    "plan_reports": "INSERT INTO plan_reports (service_point_id, day, cause, planned_at, engineers, visits, "
    "minutes_before, minutes_won, changes, stranded) "
    "SELECT id, '2026-01-01', :name, :at, 0, 0, 0, 0, '[]', '[]' FROM service_points",
}
_PERIODS = {each.table: each.period for each in KEPT}


@pytest.mark.parametrize("table", _ROWS)
async def test_rows_go_after_their_time_and_not_before(
    session: AsyncSession, now: datetime, table: str
) -> None:
    await make_customer(session)
    await make_service_point(session)
    kept = _PERIODS[table]
    moments = {"old": now - kept - timedelta(seconds=1), "young": now - kept + timedelta(seconds=1)}
    for name, at in moments.items():
        await session.execute(text(_ROWS[table]), {"name": name, "at": at})
    count = text(f"SELECT count(*) FROM {table}")  # noqa: S608
    assert await session.scalar(count) == 2
    connection = await driver(session)
    assert await kept_too_long(connection, now) == []
    assert await kept_too_long(connection, now + GRACE) == [table]
    assert await forget_expired(connection, now) is False
    assert await session.scalar(count) == 1


def test_every_table_says_how_long_it_keeps_its_rows() -> None:
    assert sorted(each.table for each in KEPT) == sorted(Base.metadata.tables)


async def test_every_period_can_be_asked_for(session: AsyncSession, now: datetime) -> None:
    connection = await driver(session)
    for each in KEPT:
        assert (each.days is None) == (each.old == "")
        if each.days is not None:
            assert await connection.fetch(each.expired, now, 1) == []


def test_what_belongs_to_a_customer_is_known_to_name_him() -> None:
    named = {each.table for each in KEPT if each.person}
    assert {owned.table for owned in OWNED} <= named


def test_the_handbook_says_the_same() -> None:
    assert as_markdown() in Path("docs/privacy.md").read_text(encoding="utf-8")
