"""What pydantic found wrong, in words that say what to do. What was sent is never repeated."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from app.errors import FieldError

_AT_MOST = 20
_A_NAME = re.compile(r"\w{1,40}", re.ASCII)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_A_MOMENT = "请填写带时区的时间，例如 2026-06-15T10:00:00+08:00。"
_A_DATE = "请填写日期，例如 2026-06-15。"
_A_NUMBER = "请填写数字。"
_AN_INTEGER = "请填写整数。"
_A_TEXT = "请填写文字。"
_A_LIST = "请提供一个列表。"
_AN_OBJECT = "请提供一个 JSON 对象。"
_A_BOOLEAN = "请填写 true 或 false。"
_AN_ID = "编号格式不正确，请使用系统给出的编号。"
_OTHERWISE = "此项内容有误，请检查后再试。"

# Placeholders are filled from the rule ("ctx"), which comes from our schemas, not from the caller.
_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "请填写此项。",
        "extra_forbidden": "没有这个字段，请删除。",
        "string_type": _A_TEXT,
        "string_unicode": "文字中有无法识别的字符，请删除后再试。",
        "string_too_long": "最多 {max_length} 个字，请缩短。",
        "string_too_short": "至少 {min_length} 个字，请补充。",
        "string_pattern_mismatch": "格式不正确，请检查后再试。",
        "int_type": _AN_INTEGER,
        "int_parsing": _AN_INTEGER,
        "int_parsing_size": "数字太大，请检查。",
        "int_from_float": _AN_INTEGER,
        "float_type": _A_NUMBER,
        "float_parsing": _A_NUMBER,
        "finite_number": _A_NUMBER,
        "bool_type": _A_BOOLEAN,
        "bool_parsing": _A_BOOLEAN,
        "greater_than": "必须大于 {gt}。",
        "greater_than_equal": "不能小于 {ge}。",
        "less_than": "必须小于 {lt}。",
        "less_than_equal": "不能大于 {le}。",
        "enum": "请从这些值中选择：{expected}。",
        "literal_error": "请从这些值中选择：{expected}。",
        "union_tag_invalid": "请从这些值中选择：{expected_tags}。",
        "union_tag_not_found": "请填写 {discriminator}。",
        "too_long": "最多 {max_length} 项，请减少。",
        "too_short": "至少 {min_length} 项，请补充。",
        "list_type": _A_LIST,
        "tuple_type": _A_LIST,
        "dict_type": _AN_OBJECT,
        "model_type": _AN_OBJECT,
        "model_attributes_type": _AN_OBJECT,
        "timezone_aware": _A_MOMENT,
        "datetime_type": _A_MOMENT,
        "datetime_parsing": _A_MOMENT,
        "datetime_from_date_parsing": _A_MOMENT,
        "datetime_object_invalid": _A_MOMENT,
        "date_type": _A_DATE,
        "date_parsing": _A_DATE,
        "date_from_datetime_parsing": _A_DATE,
        "date_from_datetime_inexact": _A_DATE,
        "uuid_type": _AN_ID,
        "uuid_parsing": _AN_ID,
    }
)


def field_errors(errors: Sequence[Mapping[str, Any]], body: object = None) -> list[FieldError]:
    # Pydantic names the member of a union in the path as well; the caller has sent no such level.
    tag = body.get("event") if isinstance(body, dict) else None
    return [
        FieldError(field_name(_without(tag, error["loc"])), str(error["type"]), sentence(error))
        for error in errors[:_AT_MOST]
    ]


def _without(tag: object, loc: Sequence[str | int]) -> Sequence[str | int]:
    tagged = tag is not None and tuple(loc[:2]) == ("body", tag)
    return (loc[0], *loc[2:]) if tagged else loc


def field_name(loc: Sequence[str | int]) -> str:
    """``body.contact.phone``. A name made up by the caller may be anything, so only plain ones are named."""
    return ".".join(str(part) if _A_NAME.fullmatch(str(part)) else "?" for part in loc)


def sentence(error: Mapping[str, Any]) -> str:
    rule: Mapping[str, Any] = error.get("ctx") or {}
    if error["type"] == "value_error":
        # Our own validators speak Chinese; what a library says may repeat the input.
        said = str(rule.get("error", ""))
        return said if _CHINESE.match(said) else _OTHERWISE
    kind = error["type"]
    if kind in ("too_long", "too_short") and isinstance(error.get("input"), str):
        # A bound that pydantic checks after our own validators: it counts characters all the same.
        kind = f"string_{kind}"
    pattern = _SENTENCES.get(kind, _OTHERWISE)
    return pattern.format_map({name: _listed(value) for name, value in rule.items()})


def _listed(value: object) -> str:
    return str(value).replace("'", "").replace(" or ", "、").replace(", ", "、")
