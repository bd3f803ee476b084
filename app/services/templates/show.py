"""How a card looks on a phone: what the account calls its fields, and what stands in them."""

from collections.abc import Sequence

import asyncpg

from app.schemas.doors import TemplateCardOut, TemplateRow
from app.services.templates.match import LABELS
from app.services.templates.records import Card, list_cards
from app.wechat.samples import SAMPLES


def rows_of(card: Card) -> Sequence[tuple[str, str]]:
    """Label and value, line by line, with a believable content."""
    rendered = card.template.render(SAMPLES[card.kind])
    words = {key: word for word, key in card.slots.items()}
    keys = [key for key in card.labels if key in words] or list(words)
    return [(card.labels.get(key) or LABELS[words[key]][0], rendered[key]["value"]) for key in keys]


async def show_cards(connection: asyncpg.Connection) -> list[TemplateCardOut]:
    return [_shown(card) for card in await list_cards(connection)]


def _shown(card: Card) -> TemplateCardOut:
    return TemplateCardOut(
        appid=card.appid,
        channel=card.channel.value,
        kind=card.kind.value,
        template_id=card.template_id,
        title=card.title,
        state=card.state,
        reason=card.reason,
        slots=dict(card.slots),
        sample=[TemplateRow(label=label, value=value) for label, value in rows_of(card)],
        synced_at=card.synced_at,
    )
