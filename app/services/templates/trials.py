"""Asking that a template be sent to one follower: written here, sent by the worker."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.bell import Topic, ring_sql
from app.domain.card import title_of
from app.errors import InvalidInput
from app.models.wechat import CardState
from app.schemas.trials import TrialIn, TrialOut
from app.services.idempotency import Once
from app.services.templates.records import list_cards
from app.wechat.templates import TemplateChannel

SHOWN = 50
# The one that he used last, if several accounts know him.
_OF_STAFF = """
SELECT w.appid, w.openid, w.follows, FALSE AS customers FROM wechat_identities w JOIN staff s ON s.id = w.staff_id
 WHERE w.staff_id = $1 AND s.active AND w.appid = ANY ($2::text[]) ORDER BY w.follows DESC, w.id DESC LIMIT 1
"""
_BY_OPENID = """
SELECT w.appid, w.openid, w.follows, w.customer_id IS NOT NULL AND EXISTS (
           SELECT FROM tickets t WHERE t.customer_id = w.customer_id) AS customers
  FROM wechat_identities w WHERE w.openid = $1 AND w.appid = ANY ($2::text[]) ORDER BY w.id DESC LIMIT 1
"""
_WRITE = f"""
WITH asked AS (
    INSERT INTO template_trials (kind, appid, openid, asked_by, asked_at, available_at, client_msg_id)
    VALUES ($1, $2, $3, $4::uuid, $5, $5, $6) RETURNING id
)
SELECT id, {ring_sql(Topic.TRIAL)} FROM asked
"""
_LIST = """
SELECT t.id, t.kind, coalesce(s.name, '') AS who, t.openid, b.name AS asked_by, t.asked_at, t.state, t.reason
  FROM template_trials t JOIN staff b ON b.id = t.asked_by
  LEFT JOIN wechat_identities w ON w.appid = t.appid AND w.openid = t.openid LEFT JOIN staff s ON s.id = w.staff_id
 WHERE $1::bigint IS NULL OR t.id = $1 ORDER BY t.id DESC LIMIT $2
"""
_BOUND = """
SELECT DISTINCT s.id::text, s.name FROM wechat_identities w JOIN staff s ON s.id = w.staff_id AND s.active
 WHERE w.follows ORDER BY s.name LIMIT 500
"""


@dataclass(frozen=True)
class _Follower:
    appid: str
    openid: str


async def ask_for_trial(
    connection: asyncpg.Connection, body: TrialIn, *, once: Once, now: datetime
) -> TrialOut:
    """Errors: invalid_input where there is no such template or follower, or he is a customer of ours."""
    if earlier := await once.earlier(connection, now):
        return TrialOut.model_validate(earlier)
    accounts = await _accounts_with(connection, body)
    whom = await _follower(connection, body, accounts)
    values = body.kind.value, whom.appid, whom.openid, once.actor.id, now, uuid.uuid4()
    trial_id = await connection.fetchval(_WRITE, *values)
    (made,) = await list_trials(connection, trial_id)
    await once.keep(connection, made.model_dump(mode="json"))
    return made


async def list_trials(connection: asyncpg.Connection, trial_id: int | None = None) -> list[TrialOut]:
    """The newest first."""
    rows = await connection.fetch(_LIST, trial_id, SHOWN)
    return [TrialOut(**dict(row), title=title_of(row["kind"])) for row in rows]


async def bound_staff(connection: asyncpg.Connection) -> list[tuple[str, str]]:
    """Whom a template may be sent to by name."""
    return [(row["id"], row["name"]) for row in await connection.fetch(_BOUND)]


async def _accounts_with(connection: asyncpg.Connection, body: TrialIn) -> list[str]:
    """The service accounts in which this card can be sent."""
    found = [
        card.appid
        for card in await list_cards(connection)
        if card.kind.value == body.kind.value
        and card.channel is TemplateChannel.TEMPLATE
        and card.state is CardState.ACTIVE
    ]
    if not found:
        said = f"公众号里没有可用的“{title_of(body.kind.value)}”模板，请先在公众平台添加并同步模板。"
        raise InvalidInput.at("body.kind", said, "no_template")
    return found


async def _follower(connection: asyncpg.Connection, body: TrialIn, accounts: list[str]) -> _Follower:
    asked = (_OF_STAFF, body.staff_id) if body.staff_id else (_BY_OPENID, body.openid)
    field = "body.staff_id" if body.staff_id else "body.openid"
    row = await connection.fetchrow(*asked, accounts)
    if row is None:
        said = "这位同事还没有绑定微信。" if body.staff_id else "没有这个 openid，请让他先关注公众号。"
        raise InvalidInput.at(field, said, "no_follower")
    if not row["follows"]:
        raise InvalidInput.at(field, "他没有关注公众号，请先关注再试。", "not_following")
    if row["customers"]:
        raise InvalidInput.at(field, "这个微信是客户的，试发只能发给同事或自己的微信。", "customer")
    return _Follower(row["appid"], row["openid"])
