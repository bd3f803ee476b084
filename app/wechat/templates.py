"""The cards we send, as data, and the registry that says which id and field names each has in which account."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.wechat.fields import clip
from app.wechat.marketing import neutral


class TemplateChannel(StrEnum):
    """Where a card appears: in the chat of the service account, or as a notice of the mini-program."""

    TEMPLATE = "template"
    SUBSCRIBE = "subscribe"


class TemplateKind(StrEnum):
    TICKET_PROGRESS = "ticket_progress"
    ENGINEER_OFFER = "engineer_offer"
    RATING_INVITATION = "rating_invitation"
    STAFF_NOTICE = "staff_notice"
    CONVERSATION_REPLY = "conversation_reply"


@dataclass(frozen=True)
class Slot:
    key: str
    """The platform's name of the field: its type and the index that the template gave it"""

    @property
    def field_type(self) -> str:
        return self.key.rstrip("0123456789")


@dataclass(frozen=True)
class Template:
    """One card in one account: the id that the platform knows it by, and the field behind each of our words."""

    kind: TemplateKind
    title_zh: str
    template_id: str
    slots: Mapping[str, Slot]

    def render(self, values: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """The `data` of a message: every slot of the card and nothing else, each clipped to its type.

        A card of the account may have fewer fields than ours; what it has no field for stays on the page behind it.
        Words that read as advertising are reworded, whoever typed them. Raises ValueError for a missing or unknown
        slot, and its subclass Unfit for a value that cannot be shown.
        """
        ours = TEMPLATES[self.kind].slots.keys() | self.slots.keys()
        if not self.slots.keys() <= values.keys() <= ours:
            raise ValueError(f"{self.kind} takes {sorted(self.slots)}, was given {sorted(values)}")
        return {
            slot.key: {"value": clip(slot.field_type, neutral(values[name]))}
            for name, slot in self.slots.items()
        }


@dataclass(frozen=True)
class Registry:
    """Every card that can be sent; `find` answers None where an account has none for that kind."""

    cards: Mapping[tuple[str, TemplateChannel, TemplateKind], Template]

    def find(self, appid: str, channel: TemplateChannel, kind: TemplateKind) -> Template | None:
        return self.cards.get((appid, channel, kind))


def _template(kind: TemplateKind, title_zh: str, **keys: str) -> Template:
    slots = {name: Slot(key) for name, key in keys.items()}
    return Template(kind, title_zh, f"tpl-{kind.replace('_', '-')}", MappingProxyType(slots))


# The cards as we ask operators to create them; the ids are those of the sandbox.
TEMPLATES: Mapping[TemplateKind, Template] = MappingProxyType(
    {
        template.kind: template
        for template in (
            _template(
                TemplateKind.TICKET_PROGRESS,
                "服务进度通知",
                number="character_string1",
                service="thing2",
                state="phrase3",
                time="time4",
                hint="thing5",
            ),
            _template(
                TemplateKind.ENGINEER_OFFER,
                "派单通知",
                number="character_string1",
                service="thing2",
                time="time3",
                address="thing4",
                reason="thing5",
            ),
            _template(
                TemplateKind.RATING_INVITATION,
                "服务评价邀请",
                number="character_string1",
                service="thing2",
                engineer="thing3",
                time="time4",
                hint="thing5",
            ),
            _template(
                TemplateKind.STAFF_NOTICE,
                "待办提醒",
                number="character_string1",
                matter="thing2",
                level="phrase3",
                time="time4",
                hint="thing5",
            ),
            _template(
                TemplateKind.CONVERSATION_REPLY,
                "客服回复提醒",
                number="character_string1",
                service="thing2",
                reply="thing3",
                time="time4",
            ),
        )
    }
)

# What customers are asked to subscribe to in the mini-program; a tap allows one message of each.
SUBSCRIBABLE = (TemplateKind.TICKET_PROGRESS, TemplateKind.RATING_INVITATION, TemplateKind.CONVERSATION_REPLY)


def default_id(channel: TemplateChannel, kind: TemplateKind) -> str:
    """What the sandbox calls it."""
    prefix = "tpl" if channel is TemplateChannel.TEMPLATE else "sub"
    return f"{prefix}-{kind.replace('_', '-')}"


# The cards that an account of each kind should have.
CARDS: Mapping[str, tuple[tuple[TemplateChannel, TemplateKind], ...]] = MappingProxyType(
    {
        "official": tuple((TemplateChannel.TEMPLATE, kind) for kind in TemplateKind),
        "mini": tuple((TemplateChannel.SUBSCRIBE, kind) for kind in SUBSCRIBABLE),
    }
)


def declared(official: str, mini: str, ids: Mapping[str, str], subscribe_ids: Mapping[str, str]) -> Registry:
    """What the settings alone say, with our own names of the fields: until the table of templates has been read."""
    cards = {}
    for account_kind, appid in (("official", official), ("mini", mini)):
        for channel, kind in CARDS[account_kind]:
            given = (ids if channel is TemplateChannel.TEMPLATE else subscribe_ids).get(kind)
            cards[appid, channel, kind] = named(kind, given or default_id(channel, kind))
    return Registry(cards)


def named(kind: TemplateKind, template_id: str) -> Template:
    """Our card under the id of an account."""
    ours = TEMPLATES[kind]
    return Template(kind, ours.title_zh, template_id, ours.slots)
