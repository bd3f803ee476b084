"""What has served its time goes; what has not, stays."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.services.operations.retention import CALLBACKS, GUARDS, KEYS, SESSIONS, forget_expired
from tests.make import make_customer

_ROWS = {
    "idempotency_keys": (
        "INSERT INTO idempotency_keys (scope, key, fingerprint, response, created_at) "
        "VALUES ('s', :name, '', 'null', :at)",
        KEYS,
    ),
    "wechat_inbound": (
        "INSERT INTO wechat_inbound (dedup_key, appid, openid, kind, raw, received_at, handled_at) "
        "VALUES (convert_to(:name, 'UTF8'), 'a', 'o', 'text', '', :at, :at)",
        CALLBACKS,
    ),
    "sessions": (
        "INSERT INTO sessions (id, audience, customer_id, expires_at) "
        "SELECT gen_random_uuid(), 'customer', id, :at FROM customers WHERE :name <> '' LIMIT 1",
        SESSIONS,
    ),
    "sign_in_guards": (
        "INSERT INTO sign_in_guards (subject, failures, since) VALUES (:name, 1, :at)",
        GUARDS,
    ),
}


@pytest.mark.parametrize("table", _ROWS)
async def test_rows_go_after_their_time_and_not_before(
    session: AsyncSession, now: datetime, table: str
) -> None:
    await make_customer(session)
    statement, kept = _ROWS[table]
    moments = {"old": now - kept - timedelta(seconds=1), "young": now - kept + timedelta(seconds=1)}
    for name, at in moments.items():
        await session.execute(text(statement), {"name": name, "at": at})
    count = text(f"SELECT count(*) FROM {table}")  # noqa: S608
    assert await session.scalar(count) == 2
    await forget_expired(await driver(session), now)
    assert await session.scalar(count) == 1
