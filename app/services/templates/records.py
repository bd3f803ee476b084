"""The table of cards, and the registry that is read from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import orjson

from app.bell import Topic, ring_sql
from app.models.wechat import CardState
from app.settings import Settings
from app.wechat.templates import (
    CARDS,
    TEMPLATES,
    Slot,
    Template,
    TemplateChannel,
    TemplateKind,
    default_id,
)

Place = tuple[str, TemplateChannel, TemplateKind]

_LIST = """
SELECT appid, channel, kind, template_id, title, slots, labels, sample, state, reason, synced_at
  FROM message_templates WHERE $1::text IS NULL OR appid = $1 ORDER BY appid, channel DESC, kind
"""
_WRITE = f"""
INSERT INTO message_templates AS t
       (appid, channel, kind, template_id, title, slots, labels, sample, state, reason, synced_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (appid, channel, kind) DO UPDATE
   SET template_id = excluded.template_id, title = excluded.title, slots = excluded.slots,
       labels = excluded.labels, sample = excluded.sample, state = excluded.state, reason = excluded.reason,
       synced_at = excluded.synced_at
RETURNING {ring_sql(Topic.WECHAT)}
"""
_BAN = f"""
UPDATE message_templates SET state = 'banned', reason = $3
 WHERE appid = $1 AND template_id = $2 AND state = 'active'
RETURNING {ring_sql(Topic.WECHAT)}
"""


@dataclass(frozen=True)
class Card:
    """One of our cards in one account. ``slots`` is our word to the account's field."""

    appid: str
    channel: TemplateChannel
    kind: TemplateKind
    template_id: str | None
    title: str
    slots: Mapping[str, str]
    # The account's field to what it calls it, in the order in which phones show them.
    labels: Mapping[str, str]
    sample: Mapping[str, str]
    state: CardState
    reason: str | None
    synced_at: datetime | None

    @property
    def place(self) -> Place:
        return self.appid, self.channel, self.kind

    @property
    def template(self) -> Template:
        slots = {word: Slot(key) for word, key in self.slots.items()}
        return Template(self.kind, self.title, self.template_id or "", slots)


async def list_cards(connection: asyncpg.Connection, appid: str | None = None) -> list[Card]:
    return [_card(row) for row in await connection.fetch(_LIST, appid)]


async def write_card(connection: asyncpg.Connection, card: Card) -> None:
    await connection.execute(
        _WRITE,
        card.appid,
        card.channel.value,
        card.kind.value,
        card.template_id,
        card.title,
        *(_json(each) for each in (dict(card.slots), list(card.labels.items()), dict(card.sample))),
        card.state.value,
        card.reason,
        card.synced_at,
    )


async def ban_card(connection: asyncpg.Connection, appid: str, template_id: str, reason: str) -> None:
    """Learnt by sending: it is not used again until a sync, by which a person says that it is mended."""
    await connection.execute(_BAN, appid, template_id, reason)


def registry_of(cards: list[Card]) -> dict[Place, Template]:
    """The cards that can be sent."""
    return {card.place: card.template for card in cards if card.state is CardState.ACTIVE}


async def enter_declared_cards(connection: asyncpg.Connection, settings: Settings) -> None:
    """What the settings name replaces what the table says; what they do not name is entered once (ADR 13)."""
    known = {card.place: card for card in await list_cards(connection)}
    for account_kind, appid in (("official", settings.official_appid), ("mini", settings.mini_appid)):
        for channel, kind in CARDS[account_kind] if appid else ():
            ids = (
                settings.template_ids
                if channel is TemplateChannel.TEMPLATE
                else settings.subscribe_template_ids
            )
            place = (appid, channel, kind)
            given, held = ids.get(kind), known.get(place)
            if held is None or (given and held.template_id != given):
                await write_card(connection, _declared(place, given or _assumed(settings, channel, kind)))


def _assumed(settings: Settings, channel: TemplateChannel, kind: TemplateKind) -> str | None:
    return None if settings.environment == "production" else default_id(channel, kind)


def _declared(place: Place, template_id: str | None) -> Card:
    appid, channel, kind = place
    ours = TEMPLATES[kind]
    return Card(
        appid=appid,
        channel=channel,
        kind=kind,
        template_id=template_id,
        title=ours.title_zh,
        slots={word: slot.key for word, slot in ours.slots.items()},
        labels={},
        sample={},
        state=CardState.ACTIVE if template_id else CardState.UNSET,
        reason=None if template_id else "还没有指定模板，请执行 huixiang wechat templates sync。",
        synced_at=None,
    )


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _card(row: asyncpg.Record) -> Card:
    kind = TemplateKind(row["kind"])
    return Card(
        appid=row["appid"],
        channel=TemplateChannel(row["channel"]),
        kind=kind,
        template_id=row["template_id"],
        title=row["title"],
        slots={word: row["slots"][word] for word in TEMPLATES[kind].slots if word in row["slots"]},
        labels=dict(row["labels"]),
        sample=row["sample"],
        state=CardState(row["state"]),
        reason=row["reason"],
        synced_at=row["synced_at"],
    )
