"""What a customer's mini-program may ask him for, and what he answered."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.errors import InvalidInput
from app.models.messages import ConsentKind, ConsentSource
from app.services.consents.ledger import Whose, tapped
from app.services.idempotency import Once
from app.wechat.templates import Registry, TemplateChannel

# One dialog shows three at most.
ASKED_AT_ONCE = 3

_IDENTITY = """
SELECT openid FROM wechat_identities WHERE customer_id = $1 AND appid = $2 ORDER BY id DESC LIMIT 1
"""
_BALANCES = """
SELECT appid, template_id, available, always, blocked FROM consent_balances b
 WHERE EXISTS (SELECT FROM wechat_identities w
                WHERE w.customer_id = $1 AND w.appid = b.appid AND w.openid = b.openid)
 ORDER BY updated_at
"""


@dataclass(frozen=True)
class Answer:
    """What ``wx.requestSubscribeMessage`` said of one template."""

    template_id: str
    accepted: bool
    always: bool


@dataclass(frozen=True)
class Consent:
    appid: str
    kind: str
    template_id: str
    title: str
    left: int
    always: bool
    blocked: bool
    # Whether to ask for it the next time the customer taps "submit".
    ask: bool


async def list_consents(
    connection: asyncpg.Connection, registry: Registry, actor: Actor, appid: str | None = None
) -> list[Consent]:
    """Every template that can be asked for, those first of which least is left."""
    rows = await connection.fetch(_BALANCES, UUID(actor.id))
    held = {(row["appid"], row["template_id"]): row for row in rows}
    cards = [
        (account, kind, card)
        for (account, channel, kind), card in registry.cards.items()
        if channel is TemplateChannel.SUBSCRIBE and appid in (None, account)
    ]
    found = []
    for account, kind, card in cards:
        row = held.get((account, card.template_id))
        left, always, blocked = (
            (row["available"], row["always"], row["blocked"]) if row else (0, False, False)
        )
        found.append(
            Consent(account, kind.value, card.template_id, card.title_zh, left, always, blocked, False)
        )
    found.sort(key=lambda each: (each.blocked, each.left))
    return [_asked(each, place) for place, each in enumerate(found)]


async def report_answers(
    connection: asyncpg.Connection,
    registry: Registry,
    actor: Actor,
    answers: Sequence[Answer],
    *,
    once: Once,
    appid: str | None,
    now: datetime,
) -> list[Consent]:
    """How it stands afterwards. The caller gives a transaction. Raises InvalidInput for a template that is not ours."""
    earlier = await once.earlier(connection, now)
    if earlier is not None:
        return [Consent(**each) for each in earlier["items"]]
    for place, answer in enumerate(answers):
        account = _account_of(registry, answer.template_id, appid)
        if account is None:
            where = f"body.results.{place}.template_id"
            raise InvalidInput.at(where, "没有这个订阅消息模板。", "unknown_template")
        openid = await connection.fetchval(_IDENTITY, UUID(actor.id), account)
        if openid is None:
            raise InvalidInput.at("body.appid", "请先在小程序里登录。", "no_mini_identity")
        whose = Whose(account, openid, answer.template_id)
        await tapped(connection, whose, _kind(answer), ConsentSource.CLIENT, now)
    found = await list_consents(connection, registry, actor, appid)
    await once.keep(connection, {"items": [asdict(each) for each in found]})
    return found


def _asked(consent: Consent, place: int) -> Consent:
    return replace(consent, ask=place < ASKED_AT_ONCE and not consent.blocked)


def _kind(answer: Answer) -> ConsentKind:
    if not answer.accepted:
        return ConsentKind.REJECTED
    return ConsentKind.ALWAYS if answer.always else ConsentKind.ACCEPTED


def _account_of(registry: Registry, template_id: str, appid: str | None) -> str | None:
    return next(
        (
            account
            for (account, channel, _kind), card in registry.cards.items()
            if channel is TemplateChannel.SUBSCRIBE
            and card.template_id == template_id
            and appid in (None, account)
        ),
        None,
    )
