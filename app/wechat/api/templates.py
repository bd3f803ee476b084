"""The cards that an account has, as the platform lists them."""

import re
from dataclasses import dataclass

from app.wechat.answers import Object, as_object, maybe, text
from app.wechat.client import API, AsyncWeChatClient
from app.wechat.errors import Unreadable

# One line of a template: "工单编号：{{character_string1.DATA}}", with whatever colon and blanks.
_FIELD = re.compile(r"^\s*(.*?)\s*[:：]?\s*\{\{\s*(\w+)\.DATA\s*\}\}", re.MULTILINE)


@dataclass(frozen=True)
class Field:
    key: str
    label: str

    @property
    def type(self) -> str:
        return self.key.rstrip("0123456789")


@dataclass(frozen=True)
class ListedTemplate:
    """One template as the account has it; ``example`` is what was shown in review."""

    template_id: str
    title: str
    fields: tuple[Field, ...]
    example: str


async def list_templates(client: AsyncWeChatClient) -> list[ListedTemplate]:
    """Template messages of a service account. It has a small daily quota: never in a loop."""
    answer = as_object(await client.get("template/get_all_private_template"))
    return [_listed(each, "template_id") for each in _items(answer, "template_list")]


async def list_subscriptions(client: AsyncWeChatClient) -> list[ListedTemplate]:
    """Subscribe messages of a mini-program."""
    answer = as_object(await client.get(f"{API}/wxaapi/newtmpl/gettemplate"))
    return [_listed(each, "priTmplId") for each in _items(answer, "data")]


def fields_of(content: str) -> tuple[Field, ...]:
    return tuple(Field(match[2], match[1]) for match in _FIELD.finditer(content))


def _items(answer: Object, key: str) -> list[Object]:
    items = answer.get(key) or []
    if not isinstance(items, list):
        raise Unreadable(f"{key} is not a list")
    return [as_object(each) for each in items]


def _listed(item: Object, id_key: str) -> ListedTemplate:
    return ListedTemplate(
        template_id=text(item, id_key),
        title=maybe(item, "title") or "",
        fields=fields_of(maybe(item, "content") or ""),
        example=maybe(item, "example") or "",
    )
