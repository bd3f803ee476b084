"""Which of an account's templates is which of our cards, and which of its fields takes which of our words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from app.wechat.api.templates import Field, ListedTemplate
from app.wechat.marketing import marketing_in
from app.wechat.templates import TEMPLATES, TemplateKind

# What accounts call the fields of our words; the first one is what we ask for.
LABELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "number": ("工单编号", "工单号", "订单编号", "订单号", "单号", "编号"),
        "service": ("服务内容", "服务项目", "服务类型", "服务名称", "项目", "内容"),
        "state": ("当前状态", "服务状态", "工单状态", "订单状态", "进度", "状态"),
        "time": ("预计时间", "上门时间", "完成时间", "回复时间", "预约时间", "时间", "日期"),
        "hint": ("温馨提示", "备注", "说明", "提示"),
        "address": ("服务地址", "上门地址", "地址", "地点"),
        "reason": ("派单说明", "备注", "说明"),
        "engineer": ("服务人员", "工程师", "师傅", "人员"),
        "matter": ("事项", "待办事项", "主题", "内容"),
        "level": ("级别", "优先级", "类型", "状态"),
        "reply": ("回复内容", "回复", "内容"),
    }
)
# Types of field that can hold what ours holds, the best first.
_FITTING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "character_string": ("character_string", "thing"),
        "thing": ("thing", "short_thing"),
        "phrase": ("phrase", "thing", "short_thing"),
        "time": ("time", "date"),
    }
)
# What accounts call the cards, beside our own title.
_TITLES: Mapping[TemplateKind, tuple[str, ...]] = MappingProxyType(
    {
        TemplateKind.TICKET_PROGRESS: ("服务进度", "工单进度", "维修进度", "进度通知", "进度提醒"),
        TemplateKind.ENGINEER_OFFER: ("派单", "接单", "新工单"),
        TemplateKind.RATING_INVITATION: ("评价",),
        TemplateKind.STAFF_NOTICE: ("待办", "工单处理"),
        TemplateKind.CONVERSATION_REPLY: ("回复", "客服消息", "咨询"),
    }
)


@dataclass(frozen=True)
class Mapped:
    """``slots`` is our word to the account's field; ``problem`` says in Chinese why the card cannot be used."""

    slots: Mapping[str, str]
    labels: Mapping[str, str]
    problem: str | None = None


def map_fields(kind: TemplateKind, listed: ListedTemplate) -> Mapped:
    """Every field of the template needs one of our words, or WeChat refuses the message for an empty value."""
    labels = {field.key: field.label for field in listed.fields}
    ours = {word: slot.key for word, slot in TEMPLATES[kind].slots.items()}
    if words := marketing_in("\n".join((listed.title, *labels.values(), listed.example))):
        return Mapped(
            ours, labels, f"模板含营销词：{'、'.join(words)}。服务通知里有它会被微信封禁，请换一个模板。"
        )
    if not listed.fields:
        return Mapped(ours, labels, "微信没有给出这个模板的字段。")
    slots = _assigned(kind, listed.fields)
    left = [f"{field.label}（{field.key}）" for field in listed.fields if field.key not in slots.values()]
    if left:
        return Mapped(
            slots, labels, f"这些字段没有可填的内容：{'、'.join(left)}。请在后台换用字段相符的模板。"
        )
    return Mapped(slots, labels)


def choose(
    kind: TemplateKind, known_id: str | None, listed: Sequence[ListedTemplate]
) -> ListedTemplate | None:
    """By the id that we know, else by title; of several, the one whose fields fit."""
    for each in listed:
        if each.template_id == known_id:
            return each
    alike = [each for each in listed if _is_called(kind, each.title)]
    alike.sort(key=lambda each: (map_fields(kind, each).problem is not None, _distance(kind, each.title)))
    return alike[0] if alike else None


def _is_called(kind: TemplateKind, title: str) -> bool:
    return title == TEMPLATES[kind].title_zh or any(word in title for word in _TITLES[kind])


def _distance(kind: TemplateKind, title: str) -> int:
    return 0 if title == TEMPLATES[kind].title_zh else 1


def _assigned(kind: TemplateKind, fields: Sequence[Field]) -> dict[str, str]:
    """The best pairs first: a word whose very label and type the account has gets that field before all others."""
    pairs = sorted(
        (
            (_score(word, slot.field_type, field), word_at, field_at, word, field.key)
            for word_at, (word, slot) in enumerate(TEMPLATES[kind].slots.items())
            for field_at, field in enumerate(fields)
            if field.type in _FITTING[slot.field_type]
        ),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    slots: dict[str, str] = {}
    for _, _, _, word, key in pairs:
        if word not in slots and key not in slots.values():
            slots[word] = key
    return {word: slots[word] for word in TEMPLATES[kind].slots if word in slots}


def _score(word: str, field_type: str, field: Field) -> int:
    names = LABELS[word]
    exact = 8 if field.label == names[0] else 6 if field.label in names else 0
    partly = 3 if not exact and any(name in field.label for name in names) else 0
    return exact + partly + (2 if field.type == field_type else 0)
