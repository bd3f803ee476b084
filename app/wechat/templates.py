"""The template messages we send, as data. Which id each has in an account is a setting."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.wechat.fields import clip


class TemplateKind(StrEnum):
    TICKET_PROGRESS = "ticket_progress"
    ENGINEER_OFFER = "engineer_offer"
    RATING_INVITATION = "rating_invitation"
    STAFF_NOTICE = "staff_notice"


@dataclass(frozen=True)
class Slot:
    key: str
    """The platform's name of the field: its type and the index that the template gave it"""

    @property
    def field_type(self) -> str:
        return self.key.rstrip("0123456789")


@dataclass(frozen=True)
class Template:
    kind: TemplateKind
    title_zh: str
    default_id: str
    slots: Mapping[str, Slot]


def _template(kind: TemplateKind, title_zh: str, default_id: str, **keys: str) -> Template:
    slots = {name: Slot(key) for name, key in keys.items()}
    return Template(kind, title_zh, default_id, MappingProxyType(slots))


TEMPLATES: Mapping[TemplateKind, Template] = MappingProxyType(
    {
        template.kind: template
        for template in (
            _template(
                TemplateKind.TICKET_PROGRESS,
                "服务进度通知",
                "tpl-ticket-progress",
                number="character_string1",
                service="thing2",
                state="phrase3",
                time="time4",
                hint="thing5",
            ),
            _template(
                TemplateKind.ENGINEER_OFFER,
                "派单通知",
                "tpl-engineer-offer",
                number="character_string1",
                service="thing2",
                time="time3",
                address="thing4",
                reason="thing5",
            ),
            _template(
                TemplateKind.RATING_INVITATION,
                "服务评价邀请",
                "tpl-rating-invitation",
                number="character_string1",
                service="thing2",
                engineer="thing3",
                time="time4",
                hint="thing5",
            ),
            _template(
                TemplateKind.STAFF_NOTICE,
                "待办提醒",
                "tpl-staff-notice",
                number="character_string1",
                matter="thing2",
                level="phrase3",
                time="time4",
                hint="thing5",
            ),
        )
    }
)


def template_id(kind: TemplateKind, configured: Mapping[str, str]) -> str:
    """The id configured for a kind, or the default that the sandbox knows."""
    return configured.get(kind) or TEMPLATES[kind].default_id


def render(kind: TemplateKind, values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The `data` of a template message: every slot of the kind and nothing else, each clipped to its type.

    Raises ValueError for a missing or unknown slot, and its subclass Unfit for a value that cannot be shown.
    """
    slots = TEMPLATES[kind].slots
    if values.keys() != slots.keys():
        raise ValueError(f"{kind} takes {sorted(slots)}, was given {sorted(values)}")
    return {slot.key: {"value": clip(slot.field_type, values[name])} for name, slot in slots.items()}
