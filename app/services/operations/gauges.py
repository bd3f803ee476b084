"""The state of the house in figures, read from the database at each scrape: no process has to remember it."""

from datetime import datetime

import asyncpg
from prometheus_client import Gauge

from app.domain.content import CheckState
from app.domain.conversation.words import Satisfaction
from app.domain.lifecycle import OPEN
from app.domain.service_levels.policy import Metric
from app.services.promises.figures import kept_lately

PENDING = Gauge("outbox_pending", "Messages that wait to be sent or are being sent.")
OLDEST = Gauge("outbox_oldest_seconds", "Age of the oldest message that is due and not sent.")
DEAD = Gauge("dlq_size", "Messages that could not be delivered and wait for an operator.")
DEFERRED = Gauge("outbox_deferred", "Messages that wait for a better hour.")
ALARMS = Gauge("alarms_open", "Alarms that nobody has closed.")
INBOUND = Gauge("callback_pending", "Callbacks of WeChat that wait for their effect.")
TICKETS = Gauge("tickets", "Open tickets by state.", ["state"])
UNASSIGNED = Gauge("dispatch_unassigned", "Tickets that have waited for an engineer for over ten minutes.")
OVERDUE = Gauge("sweep_lateness_seconds", "How late the oldest step of the clock is that nobody took.")
LEVELS = Gauge(
    "service_level_lateness_seconds",
    "How late the oldest look at the deadlines of a ticket is that nobody took.",
)
BREACHED = Gauge(
    "service_level_breached", "Open tickets that were told to be overdue, by what of them.", ["metric"]
)
KEPT = Gauge(
    "promises_kept_ratio",
    "Share of the promises of the last thirty days that were kept.",
    ["service_point", "which"],
)
TOKEN_AGE = Gauge("wechat_token_expires_seconds", "Time until the access token ends.", ["appid"])
CONTENT = Gauge("content_checks_waiting", "Published texts and photos that wait, by for whom.", ["state"])
WECHAT_PHONES = Gauge(
    "wechat_phones_kept", "Customers whose number WeChat told us; each cost a call that is paid for."
)
UNANSWERED = Gauge("conversations_unanswered", "Conversations in which a customer waits for an answer.")
WAITING = Gauge("conversations_waiting_seconds", "How long the customer who has waited longest waits.")
SATISFACTION = Gauge(
    "conversation_satisfaction", "Chats of the last thirty days by what the customer tapped.", ["answer"]
)
OLDEST_TRANSACTION = Gauge("pg_oldest_tx_seconds", "Age of the oldest transaction of this database.")

_WAITING = (CheckState.PENDING, CheckState.REVIEW, CheckState.FAILED)

_HOUSE = """
SELECT (SELECT count(*) FROM outbox WHERE state IN ('queued', 'leased')) AS pending,
       (SELECT min(available_at) FROM outbox WHERE state IN ('queued', 'leased')) AS oldest,
       (SELECT count(*) FROM outbox WHERE state = 'dead')
           + (SELECT count(*) FROM outbox WHERE state = 'parked') AS dead,
       (SELECT count(*) FROM outbox WHERE state = 'deferred') AS deferred,
       (SELECT count(*) FROM alarms WHERE closed_at IS NULL) AS alarms,
       (SELECT count(*) FROM wechat_inbound WHERE handled_at IS NULL) AS inbound,
       (SELECT min(wake_at) FROM tickets WHERE wake_at IS NOT NULL) AS wake,
       (SELECT min(next_at) FROM service_levels WHERE next_at IS NOT NULL) AS look,
       (SELECT count(*) FROM tickets WHERE state = 'dispatching'
          AND entered_at < $1::timestamptz - interval '10 minutes') AS unassigned,
       (SELECT count(*) FROM conversations WHERE waiting_since IS NOT NULL) AS unanswered,
       (SELECT min(waiting_since) FROM conversations WHERE waiting_since IS NOT NULL) AS waiting,
       (SELECT max(extract(epoch FROM now() - xact_start)) FROM pg_stat_activity
         WHERE datname = current_database() AND xact_start IS NOT NULL) AS transaction
"""
_STATES = "SELECT state, count(*) AS n FROM tickets WHERE state = ANY ($1) GROUP BY state"
_BREACHED = """
SELECT e.metric, count(DISTINCT e.ticket_id) AS n
  FROM service_levels l JOIN tickets t ON t.id = l.ticket_id AND t.state = ANY ($1)
  JOIN service_level_events e ON e.ticket_id = l.ticket_id AND e.mark = '100%' GROUP BY e.metric
"""
_CONTENT = "SELECT state, count(*) AS n FROM content_checks WHERE state <> 'passed' GROUP BY state"
_PHONES = "SELECT count(*) FROM customers WHERE phone_source = 'wechat'"
_SATISFACTION = """
SELECT satisfaction, count(*) AS n FROM conversations WHERE satisfied_at > $1::timestamptz - interval '30 days'
 GROUP BY satisfaction
"""
_TOKENS = """
SELECT appid, expires_at FROM wechat_credentials WHERE kind = 'access' AND expires_at IS NOT NULL
"""


async def measure(connection: asyncpg.Connection, now: datetime) -> None:
    row = await connection.fetchrow(_HOUSE, now)
    PENDING.set(row["pending"])
    OLDEST.set(_late(row["oldest"], now))
    DEAD.set(row["dead"])
    DEFERRED.set(row["deferred"])
    ALARMS.set(row["alarms"])
    INBOUND.set(row["inbound"])
    OVERDUE.set(_late(row["wake"], now))
    LEVELS.set(_late(row["look"], now))
    UNASSIGNED.set(row["unassigned"])
    UNANSWERED.set(row["unanswered"])
    WAITING.set(_late(row["waiting"], now))
    OLDEST_TRANSACTION.set(row["transaction"] or 0)
    taps = {each["satisfaction"]: each["n"] for each in await connection.fetch(_SATISFACTION, now)}
    for answer in Satisfaction:
        SATISFACTION.labels(answer.value).set(taps.get(answer, 0))
    counts = {each["state"]: each["n"] for each in await connection.fetch(_STATES, sorted(OPEN))}
    for state in OPEN:
        TICKETS.labels(state.value).set(counts.get(state, 0))
    breached = {each["metric"]: each["n"] for each in await connection.fetch(_BREACHED, sorted(OPEN))}
    for metric in Metric:
        BREACHED.labels(metric.value).set(breached.get(metric, 0))
    await _measure_promises(connection, now)
    waiting = {each["state"]: each["n"] for each in await connection.fetch(_CONTENT)}
    for why in _WAITING:
        CONTENT.labels(why.value).set(waiting.get(why, 0))
    WECHAT_PHONES.set(await connection.fetchval(_PHONES))
    for each in await connection.fetch(_TOKENS):
        TOKEN_AGE.labels(each["appid"]).set((each["expires_at"] - now).total_seconds())


async def _measure_promises(connection: asyncpg.Connection, now: datetime) -> None:
    for each in await kept_lately(connection, now):
        point = each.service_point or ""
        for which, figure in (("first", each.first), ("last", each.last)):
            if figure.value is not None:
                KEPT.labels(point, which).set(figure.value)


def _late(due: datetime | None, now: datetime) -> float:
    return 0.0 if due is None else max(0.0, (now - due).total_seconds())
