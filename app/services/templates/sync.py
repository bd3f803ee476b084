"""Hold our cards against what the account really has: adopt its ids and fields, mark what is gone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import asyncpg

from app.models.wechat import CardState
from app.services.templates.match import Mapped, choose, map_fields
from app.services.templates.records import Card, list_cards, write_card
from app.wechat.api.templates import ListedTemplate, list_subscriptions, list_templates
from app.wechat.client import AsyncWeChatClient
from app.wechat.samples import SAMPLES
from app.wechat.templates import CARDS, TEMPLATES, Slot, Template, TemplateChannel, TemplateKind


@dataclass(frozen=True)
class Synced:
    """One card before and after; ``change`` in Chinese, empty when nothing changed."""

    card: Card
    change: str


async def ask_templates(client: AsyncWeChatClient) -> list[ListedTemplate]:
    """What the account has. Raises WeChatError."""
    is_official = client.account.kind == "official"
    return await (list_templates(client) if is_official else list_subscriptions(client))


async def sync_templates(
    connection: asyncpg.Connection,
    appid: str,
    account_kind: str,
    listed: Sequence[ListedTemplate],
    *,
    now: datetime,
    write: bool = True,
) -> list[Synced]:
    """In the caller's transaction; ``write`` False only says what would change."""
    known = {card.place: card for card in await list_cards(connection, appid)}
    done = []
    for channel, kind in CARDS[account_kind]:
        held = known.get((appid, channel, kind))
        card = _settled(appid, channel, kind, held, listed, now)
        done.append(Synced(card, _change(held, card)))
        if write:
            await write_card(connection, card)
    return done


def _settled(
    appid: str,
    channel: TemplateChannel,
    kind: TemplateKind,
    held: Card | None,
    listed: Sequence[ListedTemplate],
    now: datetime,
) -> Card:
    found = choose(kind, held.template_id if held else None, listed)
    if found is None:
        return _without(appid, channel, kind, held, now)
    mapped = map_fields(kind, found)
    card = Card(
        appid=appid,
        channel=channel,
        kind=kind,
        template_id=found.template_id,
        title=found.title,
        slots=dict(mapped.slots),
        labels=dict(mapped.labels),
        sample={},
        state=CardState.UNSET if mapped.problem else CardState.ACTIVE,
        reason=mapped.problem,
        synced_at=now,
    )
    return replace(card, sample=_sample(kind, mapped) if not mapped.problem else {})


def _without(
    appid: str, channel: TemplateChannel, kind: TemplateKind, held: Card | None, now: datetime
) -> Card:
    """Gone from the account, or never there."""
    ours = TEMPLATES[kind]
    wanted = "、".join(f"{word} {slot.key}" for word, slot in ours.slots.items())
    if held is not None and held.template_id is not None:
        reason = f"账号里已没有模板 {held.template_id}。请重新添加“{ours.title_zh}”后再同步。"
        return replace(held, state=CardState.MISSING, reason=reason, synced_at=now)
    reason = f"账号里没有“{ours.title_zh}”这样的模板，需要的字段：{wanted}。"
    slots = {word: slot.key for word, slot in ours.slots.items()}
    return Card(appid, channel, kind, None, ours.title_zh, slots, {}, {}, CardState.UNSET, reason, now)


def _sample(kind: TemplateKind, mapped: Mapped) -> dict[str, str]:
    """The account's fields with believable values, as they would be sent."""
    template = Template(kind, "", "", {word: Slot(key) for word, key in mapped.slots.items()})
    return {key: shown["value"] for key, shown in template.render(SAMPLES[kind]).items()}


def _change(held: Card | None, card: Card) -> str:
    if held is None or held.state is not card.state:
        was = "未登记" if held is None else _STATES[held.state]
        return f"{was} → {_STATES[card.state]}"
    if held.template_id != card.template_id:
        return f"模板 {held.template_id} → {card.template_id}"
    if dict(held.slots) != dict(card.slots):
        moved = [f"{word} → {key}" for word, key in card.slots.items() if held.slots.get(word) != key]
        return f"字段对应：{'、'.join(moved)}" if moved else "字段减少"
    return ""


_STATES = {
    CardState.ACTIVE: "可用",
    CardState.MISSING: "已不存在",
    CardState.BANNED: "被封禁",
    CardState.UNSET: "未设置",
}
