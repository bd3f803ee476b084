"""The worker process: relay, sweeper and callbacks on PostgreSQL alone, schedules on Redis when there is one.

Each part ends only when it is told to. What Redis does or does not concerns nothing but the schedules.
"""

import asyncio
import logging
import signal
from collections.abc import Callable, Sequence

from arq.worker import Worker
from redis.exceptions import RedisError

from app.bell import Bell
from app.collector import keep_what_is_loaded
from app.db import Database, open_database
from app.domain.quiet import QuietHours
from app.domain.triage import standing_rules
from app.integrations.sms import SmsGateway, open_sms
from app.integrations.storage import open_store
from app.integrations.webhooks import WebhookClient, open_webhooks
from app.platform import Platform, open_platform
from app.services.attachments.urls import photo_urls
from app.services.content.look import Lookout
from app.services.credentials.keyring import key_ring
from app.services.notifications.deliver import Ways
from app.services.promises.book import kept_current
from app.settings import Settings
from app.tasks import end
from app.workers.beside import Beside, beside
from app.workers.content import ContentWorker
from app.workers.inbound import InboundWorker
from app.workers.incidents import IncidentWatch
from app.workers.levels import LevelWatch
from app.workers.planner import Planner
from app.workers.relay import Relay
from app.workers.routing import RoutingWorker
from app.workers.schedules import Resources, build_worker
from app.workers.sweeper import Sweeper
from app.workers.thinking import thinking
from app.workers.trials import TrialWorker
from app.workers.webhooks import WebhookWorker
from app.workers.words import WordKeeper

log = logging.getLogger(__name__)


async def run_worker(settings: Settings) -> None:
    bell = Bell(settings.database_url)
    secret = settings.sms_gateway_secret.get_secret_value()
    async with (
        open_database(settings) as database,
        open_platform(settings, database, bell) as platform,
        open_sms(settings.sms_gateway_url, secret) as sms,
        open_webhooks(at_home=settings.webhooks_stay_home) as calls,
        beside() as aside,
    ):
        await _run(settings, database, platform, bell, sms, aside, calls)


async def _run(
    settings: Settings,
    database: Database,
    platform: Platform,
    bell: Bell,
    sms: SmsGateway | None,
    aside: Beside,
    calls: WebhookClient,
) -> None:
    out = ways(settings, platform, sms)
    relay = Relay(settings.database_url, out, bell)
    trials = TrialWorker(database.sessions, out, bell)
    sweeper = Sweeper(database.sessions, bell)
    levels = LevelWatch(database.sessions)
    incidents = IncidentWatch(database.sessions)
    planner = Planner(database.sessions, thinking(aside, settings.plan_engine), bell)
    store, home = open_store(settings.storage_url), settings.public_base_url
    inbound = InboundWorker(database.sessions, platform, store, bell, home=home, pictures=False)
    # Fetching one takes seconds when WeChat is slow; nothing else may wait for that.
    pictures = InboundWorker(database.sessions, platform, store, bell, home=home, pictures=True)
    content = ContentWorker(database.sessions, lookout(settings, platform))
    routing = RoutingWorker(database.sessions)
    webhooks = WebhookWorker(database.sessions, key_ring(settings), calls, bell)
    resources = Resources(settings.database_url, database, store, aside)
    words = WordKeeper(database.sessions)
    parts = (
        relay,
        sweeper,
        levels,
        incidents,
        planner,
        inbound,
        pictures,
        content,
        routing,
        webhooks,
        words,
        trials,
    )
    scheduling = asyncio.create_task(_keep_scheduling(settings, resources))
    stopped = _on_signals([aside.leave, *(part.stop for part in parts)])
    standing_rules()
    keep_what_is_loaded()
    log.info("worker.started")
    try:
        async with bell.listening(), kept_current(database.reads.acquire), asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(part.run())
    finally:
        await end(scheduling)
    log.info("worker.stopped", extra={"asked": stopped.is_set()})


def lookout(settings: Settings, platform: Platform) -> Lookout:
    minis = {appid: client for appid, client in platform.clients.items() if client.account.kind == "mini"}
    return Lookout(minis, photo_urls(settings))


def ways(settings: Settings, platform: Platform, sms: SmsGateway | None = None) -> Ways:
    return Ways(
        platform.clients,
        platform.registry,
        settings.public_base_url.rstrip("/"),
        QuietHours.parse(settings.quiet_hours),
        settings.push_caps,
        sms,
    )


async def _keep_scheduling(settings: Settings, resources: Resources) -> None:
    """arq ends when Redis goes; it is started anew, with growing patience, for as long as it takes."""
    patience = 1.0
    while True:
        worker: Worker = build_worker(settings, resources)
        try:
            await worker.async_run()
            patience = 1.0
        except (RedisError, OSError) as error:
            log.warning("schedules.redis_lost", extra={"error": type(error).__name__})
        finally:
            await _close_quietly(worker)
        await asyncio.sleep(patience)
        patience = min(patience * 2, 30.0)


async def _close_quietly(worker: Worker) -> None:
    try:
        await worker.close()
    except (RedisError, OSError):
        return


def _on_signals(stops: Sequence[Callable[[], None]]) -> asyncio.Event:
    asked = asyncio.Event()

    def ask() -> None:
        asked.set()
        for stop in stops:
            stop()

    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, ask)
    return asked
