"""How each push looks, wherever it appears: as a card, as words in a chat, as an SMS, in the inbox."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from app.domain.card import Line, as_sms, as_text, lines_of, title_of
from app.models.wechat import CardState
from app.services.templates.records import list_cards
from app.services.templates.show import rows_of
from app.wechat.marketing import WORDS, marketing_in
from app.wechat.samples import SAMPLES
from app.wechat.templates import TemplateChannel, TemplateKind

_CAPABILITIES = "SELECT appid, kind, name, capabilities FROM wechat_accounts ORDER BY kind DESC, appid"
CHANNELS = {TemplateChannel.TEMPLATE: "公众号服务通知", TemplateChannel.SUBSCRIBE: "小程序订阅消息"}


@dataclass(frozen=True)
class CardPreview:
    """``reason`` says in Chinese why it cannot be sent."""

    channel: str
    appid: str
    title: str
    state: CardState
    reason: str | None
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Preview:
    kind: str
    title: str
    cards: tuple[CardPreview, ...]
    chat: str
    sms: str
    inbox: tuple[Line, ...]


async def previews(connection: asyncpg.Connection, page: str) -> list[Preview]:
    """With believable contents; ``page`` is where a link would lead."""
    cards = await list_cards(connection)
    return [
        Preview(
            kind=kind.value,
            title=title_of(kind.value),
            cards=tuple(
                CardPreview(CHANNELS[c.channel], c.appid, c.title, c.state, c.reason, rows_of(c))
                for c in cards
                if c.kind is kind
            ),
            chat=as_text(kind.value, SAMPLES[kind], page),
            sms=as_sms(kind.value, SAMPLES[kind], page),
            inbox=lines_of(SAMPLES[kind]),
        )
        for kind in TemplateKind
    ]


async def capabilities(connection: asyncpg.Connection) -> list[tuple[str, str, tuple[str, ...]]]:
    """Name, kind and what each account may do; its secrets stay where they are."""
    rows = await connection.fetch(_CAPABILITIES)
    return [(row["name"] or row["appid"], row["kind"], tuple(sorted(row["capabilities"]))) for row in rows]


def refused_words(text: str) -> list[tuple[str, str]]:
    """Each word that reads as advertising, with the plain one that takes its place (ADR 14)."""
    return [(word, WORDS[word]) for word in marketing_in(text)]
