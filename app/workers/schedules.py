"""What runs by the clock, through arq. Every job is short, safe to run twice, and loses nothing by being late."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import orjson
from arq.connections import RedisSettings
from arq.cron import CronJob, cron
from arq.typing import WorkerCoroutine
from arq.worker import Worker

from app.db import Database, driver
from app.integrations.storage import ObjectStore
from app.services.attachments.sweep import sweep
from app.services.customers.adopt import adopt
from app.services.operations.reconcile import reconcile_deliveries
from app.services.operations.retention import forget_expired
from app.services.privacy.erase import erase_one
from app.services.privacy.files import remove_files
from app.services.promises.usual import count_usual
from app.services.rosters.fill import fill_ahead
from app.settings import Settings
from app.workers import trends
from app.workers.beside import Beside, Left

# Between two turns at the trends of the past: nobody is waiting for them, and what people ask for shares the machine.
_PAUSE_SECONDS = 0.3

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Resources:
    database_url: str
    database: Database
    store: ObjectStore
    beside: Beside


async def sweep_photos(context: dict[str, Any]) -> None:
    """Photos that nobody used within a day, and objects without a row."""
    resources: Resources = context["resources"]
    await sweep(resources.database.sessions, resources.store, now=datetime.now(UTC))


async def forget(context: dict[str, Any]) -> None:
    """What has served its time, in small transactions."""
    resources: Resources = context["resources"]
    more = True
    while more:
        async with resources.database.sessions.begin() as session:
            more = await forget_expired(await driver(session), datetime.now(UTC))


async def reconcile(context: dict[str, Any]) -> None:
    """Messages that WeChat accepted long ago and never reported on."""
    resources: Resources = context["resources"]
    async with resources.database.sessions.begin() as session:
        count = await reconcile_deliveries(await driver(session), datetime.now(UTC))
    if count:
        log.warning("deliveries.unreported", extra={"count": count})


async def fill_rosters(context: dict[str, Any]) -> None:
    """The working days of the next thirty, as they follow from the patterns."""
    resources: Resources = context["resources"]
    async with resources.database.sessions.begin() as session:
        await fill_ahead(await driver(session), datetime.now(UTC))


async def count_usual_times(context: dict[str, Any]) -> None:
    """How long the steps of a job take, for the promises of the next hour."""
    resources: Resources = context["resources"]
    async with resources.database.sessions.begin() as session:
        await count_usual(await driver(session), datetime.now(UTC))


async def count_trends(context: dict[str, Any]) -> None:
    """The days of the trends that are due; when the worker ends, the next one goes on with them."""
    resources: Resources = context["resources"]
    due = True
    with suppress(Left):
        while due:
            due = await resources.beside.run(trends.count_trends, resources.database_url)
            await asyncio.sleep(_PAUSE_SECONDS)


async def adopt_left_behind(context: dict[str, Any]) -> None:
    """What was being written for a customer at the moment of his merge."""
    resources: Resources = context["resources"]
    async with resources.database.sessions.begin() as session:
        count = await adopt(await driver(session), datetime.now(UTC))
    if count:
        log.info("customers.adopted", extra={"count": count})


async def erase_accounts(context: dict[str, Any]) -> None:
    """Accounts whose time to think again is over, and then the files of what was forgotten."""
    resources: Resources = context["resources"]
    due = True
    while due:
        async with resources.database.sessions.begin() as session:
            due = await erase_one(await driver(session), datetime.now(UTC))
    await remove_files(resources.database.sessions, resources.store)


def _job(function: Callable[[dict[str, Any]], Awaitable[None]]) -> WorkerCoroutine:
    # arq's own type for a job carries a __qualname__ that a plain Callable does not promise.
    return cast("WorkerCoroutine", function)


# A cron slot that died with its worker is taken again: the jobs do not mind, so they may be tried thrice.
JOBS: tuple[CronJob, ...] = (
    cron(_job(sweep_photos), minute={7}, max_tries=3, timeout=120),
    cron(_job(forget), hour={3}, minute={20}, max_tries=3, timeout=120),
    cron(_job(fill_rosters), minute={12}, max_tries=3, timeout=120),
    cron(_job(count_usual_times), minute={3}, max_tries=3, timeout=120),
    cron(_job(count_trends), minute=set(range(1, 60, 5)), run_at_startup=True, max_tries=3, timeout=120),
    cron(_job(adopt_left_behind), second={30}, max_tries=3, timeout=60),
    cron(_job(erase_accounts), second={45}, max_tries=3, timeout=120),
    cron(_job(reconcile), minute=set(range(0, 60, 10)), max_tries=3, timeout=60),
)


def build_worker(settings: Settings, resources: Resources) -> Worker:
    return Worker(
        cron_jobs=JOBS,
        ctx={"resources": resources},
        redis_settings=RedisSettings.from_dsn(settings.redis_url),
        queue_name="huixiang:schedules",
        handle_signals=False,
        poll_delay=0.5,
        max_jobs=4,
        keep_result=0,
        job_timeout=timedelta(minutes=2),
        health_check_interval=15,
        job_serializer=orjson.dumps,
        job_deserializer=orjson.loads,
    )
