"""Runs migrations on the database of the settings, under a lock so that two deployments cannot run at once."""

import asyncio
import time

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from app.db import driver_url
from app.models import Base
from app.settings import get_settings

MIGRATION_LOCK = 4210471


def run(connection: Connection) -> None:
    # A migration that cannot get its lock soon gives way to the traffic; it can be run again.
    connection.execute(text("SET lock_timeout = '3s'"))
    _alone(connection)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _alone(connection: Connection) -> None:
    """Asked again and again: one statement that waits would hold a snapshot, and an index that is built
    concurrently waits for every snapshot."""
    while True:
        alone = connection.scalar(text(f"SELECT pg_try_advisory_lock({MIGRATION_LOCK})"))
        connection.commit()
        if alone:
            return
        time.sleep(0.2)


async def main() -> None:
    url = context.config.attributes.get("database_url") or get_settings().database_url
    engine = create_async_engine(driver_url(url))
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


asyncio.run(main())
