"""The form of an event, made from its body: what the schema asks for is what the page asks for.

What needs more than fields (price lines, photos, calls) has no form here, and a page of its own where there is one.
"""

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from types import MappingProxyType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import AwareDatetime, BaseModel, StringConstraints, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from app.domain.lifecycle import Event
from app.domain.situation import PRIORITY_LABELS, WARRANTY_LABELS, Priority, Warranty
from app.domain.zone import ZONE
from app.edge.validation import field_name, sentence
from app.schemas.tickets import WindowIn
from app.schemas.transitions import TransitionIn
from app.services.tickets import cancel, fail, reject, suspend

_LONG_TEXT = 500

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "category": "品类",
        "charge_fen": "实收（元）",
        "charge_reason": "少收的原因",
        "code": "核销码",
        "engineer_id": "工程师",
        "fault_code": "故障代码",
        "into": "并入哪张工单（单号）",
        "items": "需要补充什么（一行一项）",
        "latitude": "位置",
        "longitude": "位置",
        "note": "备注",
        "old_parts": "旧件",
        "priority": "级别",
        "quote_version": "报价版本",
        "reason": "原因",
        "reason_code": "原因",
        "resume_at": "恢复时间",
        "solution": "处理办法",
        "text": "补充说明",
        "brand": "品牌",
        "model": "型号",
        "serial_number": "序列号",
        "warranty": "保修",
        "window": "上门时间",
    }
)
_DECLINE = {
    "too_far": "距离太远",
    "no_time": "时间冲突",
    "missing_skill": "技能不符",
    "missing_parts": "缺少配件",
    "vehicle": "车辆问题",
    "other": "其他原因",
}
_REBOOK = {
    "customer_wish": "客户要求",
    "engineer_delayed": "工程师延误",
    "parts": "配件未到",
    "weather": "天气原因",
    "other": "其他原因",
}
_OLD_PARTS = {"none": "没有旧件", "returned_to_customer": "已交还客户", "taken_back": "已带回"}
_REASONS: Mapping[Event, Mapping[str, str]] = MappingProxyType(
    {
        Event.CANCEL: cancel.REASONS,
        Event.REJECT: reject.REASONS,
        Event.SUSPEND: suspend.REASONS,
        Event.FAIL: fail.REASONS,
        Event.DECLINE: _DECLINE,
        Event.REBOOK: _REBOOK,
    }
)
_BODIES: Mapping[Event, type[BaseModel]] = {
    Event(get_args(body.model_fields["event"].annotation)[0]): body
    for body in get_args(get_args(TransitionIn)[0])
}
_BODY: TypeAdapter[TransitionIn] = TypeAdapter(TransitionIn)
# What the page puts there itself.
_GIVEN = frozenset({"event", "version", "datum"})
_PHOTOS = "attachment_ids"
_POSITION = frozenset({"latitude", "longitude"})

Kind = Literal[
    "line", "story", "lines", "choice", "moment", "window", "number", "yuan", "position", "engineer"
]


@dataclass(frozen=True)
class Field:
    """``choices`` are (value, words); ``longest`` is in characters."""

    name: str
    label: str
    kind: Kind
    required: bool
    choices: tuple[tuple[str, str], ...] = ()
    longest: int = 200


class FormInvalid(Exception):
    """``errors``: by field, what to do."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("the form is not valid")
        self.errors = errors


def takes_photos(event: Event) -> bool:
    return _PHOTOS in _BODIES[event].model_fields


def fields(event: Event, *, with_photos: bool = False) -> tuple[Field, ...] | None:
    """None for an event that this page cannot ask for; ``with_photos``: the page brings them itself."""
    found: list[Field] = []
    for name, info in _BODIES[event].model_fields.items():
        if name in _GIVEN or (with_photos and name == _PHOTOS):
            continue
        field = _field(event, name, info)
        if field is not None:
            found.append(field)
        elif info.is_required():
            return None
    return tuple(found)


def body_of(
    event: Event,
    version: int,
    form: Mapping[str, str],
    photos: Sequence[str] | None = None,
    beside: Mapping[str, object] | None = None,
) -> TransitionIn:
    """``photos`` are ids, None where the page brings none; ``beside`` is what a page asks for in fields of its own.
    Raises FormInvalid."""
    body: dict[str, Any] = {"event": event.value, "version": version}
    with_photos = photos is not None and takes_photos(event)
    if with_photos:
        body[_PHOTOS] = photos
    for field in fields(event, with_photos=with_photos) or ():
        value = _value(field, form)
        if value is not None:
            body[field.name] = value
    body |= beside or {}
    try:
        return _BODY.validate_python(body)
    except ValidationError as invalid:
        raise FormInvalid(_by_field(invalid.errors())) from invalid


def _by_field(errors: Sequence[Any]) -> dict[str, str]:
    """Under the field of the form: the members of a list or of a window are its own."""
    return {field_name(error["loc"][1:2]): sentence(error) for error in errors}


def _field(event: Event, name: str, info: FieldInfo) -> Field | None:
    label, required = LABELS.get(name, name), info.is_required()
    if name in _POSITION:
        return Field(name, label, "position", required=False)
    if name.endswith("_fen"):
        return Field(name, label, "yuan", required)
    if name == "engineer_id":
        return Field(name, label, "engineer", required=False)
    kind, metadata = _bare(info.annotation, info.metadata)
    if kind is WindowIn:
        return Field(name, label, "window", required)
    if kind is AwareDatetime:
        return Field(name, label, "moment", required)
    if choices := _choices(event, name, kind):
        return Field(name, label, "choice", required, choices)
    if kind is int:
        return Field(name, label, "number", required)
    if kind is str:
        longest = _longest(metadata)
        # What may not be empty is needed, whatever its default says.
        return Field(name, label, "story" if longest > _LONG_TEXT else "line", required, longest=longest)
    if get_origin(kind) is list and _bare(get_args(kind)[0], ())[0] is str:
        return Field(name, label, "lines", required, longest=_LONG_TEXT)
    return None


def _bare(annotation: Any, metadata: Sequence[Any]) -> tuple[Any, list[Any]]:
    """The type itself, whatever was written around it, and all that was."""
    said = list(metadata)
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *more = get_args(annotation)
            said += more
        elif get_origin(annotation) in (Union, types.UnionType):
            inner = [each for each in get_args(annotation) if each is not type(None)]
            if len(inner) != 1:
                return annotation, said
            annotation = inner[0]
        else:
            return annotation, said


def _choices(event: Event, name: str, kind: Any) -> tuple[tuple[str, str], ...]:
    if get_origin(kind) is Literal:
        words = _REASONS.get(event, {}) if name == "reason_code" else _OLD_PARTS
        return tuple((value, words.get(value, value)) for value in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple((member.value, _named(member)) for member in kind)
    return ()


def _named(member: Enum) -> str:
    if isinstance(member, Priority):
        return PRIORITY_LABELS[member]
    return WARRANTY_LABELS[member] if isinstance(member, Warranty) else str(member.value)


def _longest(metadata: Sequence[Any]) -> int:
    limits = [
        each.max_length
        for each in metadata
        if isinstance(each, StringConstraints | annotated_types.MaxLen) and each.max_length
    ]
    return min(limits, default=200)


def _value(field: Field, form: Mapping[str, str]) -> Any:
    """As the schema wants it; None for what was left out."""
    said = form.get(field.name, "").strip()
    if field.kind == "lines":
        return [line.strip() for line in said.splitlines() if line.strip()]
    if not said:
        return "" if field.required and field.kind in ("line", "story") else None
    if field.kind == "window":
        start, _, end = said.partition("/")
        return {"start": start, "end": end}
    if field.kind == "moment":
        return _moment(said)
    if field.kind == "yuan":
        return _fen(said)
    if field.kind in ("number", "position"):
        return _number(said)
    return said


def _moment(said: str) -> str:
    """A browser sends the time on the wall; the house has one zone."""
    try:
        return datetime.fromisoformat(said).replace(tzinfo=ZONE).isoformat()
    except ValueError:
        return said


def _fen(said: str) -> object:
    try:
        return int(Decimal(said) * 100)
    except (InvalidOperation, OverflowError, ValueError):
        return said


def _number(said: str) -> object:
    """Strict fields want a number; what is none is told as it is by the schema."""
    try:
        return int(said) if said.isdecimal() else float(said)
    except ValueError:
        return said
