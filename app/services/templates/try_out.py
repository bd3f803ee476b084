"""A trial on its way: leased, sent with believable contents outside of any transaction, and written down."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.wechat.api.messages import send_template
from app.wechat.client import AsyncWeChatClient
from app.wechat.errors import ErrorClass, Refused, WeChatError
from app.wechat.samples import SAMPLES
from app.wechat.templates import Registry, TemplateChannel, TemplateKind

# Longer than any call may take.
LEASE = timedelta(seconds=45)
TRIES = 5
AGAIN_AFTER = timedelta(seconds=5)
# Said on the card itself, in the first of these that it has: nobody shall take it for a job.
_MARK, _MARKED = "【试发】请忽略", ("hint", "reason", "reply")
_LATER = frozenset({ErrorClass.REFRESH, ErrorClass.SOON, ErrorClass.LATER_MINUTE, ErrorClass.UNKNOWN})

_LEASE = """
UPDATE template_trials SET state = 'leased', lease_until = $2, available_at = $2, attempts = attempts + 1
 WHERE id = (SELECT id FROM template_trials WHERE state IN ('queued', 'leased') AND available_at <= $1
              ORDER BY available_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, appid, openid, client_msg_id, attempts
"""
# Under the number of the attempt: whoever lost his lease has nothing more to say.
_SETTLE = """
UPDATE template_trials SET state = $3, lease_until = NULL, available_at = coalesce($4, available_at), msgid = $5,
                           reason = $6, settled_at = CASE WHEN $3 = 'queued' THEN NULL ELSE $7::timestamptz END
 WHERE id = $1 AND state = 'leased' AND attempts = $2
"""
_REPORTED = """
UPDATE template_trials SET state = CASE WHEN $3::text IS NULL THEN 'delivered' ELSE 'refused' END, reason = $3,
                           settled_at = $2
 WHERE msgid = $1 RETURNING 1
"""


@dataclass(frozen=True)
class Trial:
    id: int
    kind: TemplateKind
    appid: str
    openid: str
    client_msg_id: uuid.UUID
    attempts: int


@dataclass(frozen=True)
class Outcome:
    """``again`` for what may be tried once more."""

    msgid: str | None = None
    reason: str | None = None
    again: bool = False


async def lease_trial(connection: asyncpg.Connection, now: datetime) -> Trial | None:
    row = await connection.fetchrow(_LEASE, now, now + LEASE)
    return Trial(**(dict(row) | {"kind": TemplateKind(row["kind"])})) if row is not None else None


async def send_trial(
    trial: Trial, clients: Mapping[str, AsyncWeChatClient], registry: Registry, home: str
) -> Outcome:
    """Repeating is harmless: WeChat knows the client_msg_id for ten minutes."""
    client, card = (
        clients.get(trial.appid),
        registry.find(trial.appid, TemplateChannel.TEMPLATE, trial.kind),
    )
    if client is None or card is None:
        return Outcome(reason="没有可用的模板")
    try:
        data = card.render(_contents(trial.kind))
        msgid = await send_template(
            client,
            trial.openid,
            card.template_id,
            data,
            url=f"{home}/h5/",
            client_msg_id=trial.client_msg_id.hex,
        )
    except WeChatError as error:
        said = f"{error.errcode} {error.meaning_zh}" if isinstance(error, Refused) else error.errmsg
        return Outcome(reason=said[:300], again=error.cls in _LATER and trial.attempts < TRIES)
    except ValueError as error:
        return Outcome(reason=f"模板的字段不合适：{error}"[:300])
    return Outcome(msgid=msgid or None)


async def settle_trial(connection: asyncpg.Connection, trial: Trial, outcome: Outcome, now: datetime) -> None:
    state = "queued" if outcome.again else "accepted" if outcome.reason is None else "refused"
    retry_at = now + trial.attempts * AGAIN_AFTER if outcome.again else None
    await connection.execute(
        _SETTLE, trial.id, trial.attempts, state, retry_at, outcome.msgid, outcome.reason, now
    )


async def trial_reported(
    connection: asyncpg.Connection, msgid: str, failed: str | None, now: datetime
) -> bool:
    """What WeChat says afterwards; False when no trial has this msgid."""
    return await connection.fetchval(_REPORTED, msgid, now, failed) is not None


def _contents(kind: TemplateKind) -> dict[str, str]:
    sample = dict(SAMPLES[kind])
    marked = next(name for name in _MARKED if name in sample)
    return sample | {marked: _MARK}
