"""Reading what the platform pushes: XML or JSON, strictly, into plain text fields.

A leaf is always text, whatever JSON type it had. A repeated tag or an array is a tuple; a nested element or
object is a mapping. The documentation and the wire disagree about when a list of one is a list: use `each`.
"""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NoReturn, TypeAlias
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

MAX_BYTES = 64 * 1024
_MAX_DEPTH = 8

Field: TypeAlias = "str | tuple[Field, ...] | Mapping[str, Field]"
Fields: TypeAlias = Mapping[str, Field]


class Rejected(Exception):
    """Not a message of the platform for this account; answer 403 and keep nothing."""


def parse(body: str) -> Fields:
    """The fields of a message, told from its first character to be XML or JSON."""
    start = body.lstrip("\ufeff \t\r\n")[:1]
    if start == "<":
        return _parse_xml(body.lstrip("\ufeff \t\r\n"))
    if start == "{":
        return _parse_json(body.lstrip("\ufeff"))
    raise Rejected("neither XML nor JSON")


def decode(body: bytes) -> str:
    if len(body) > MAX_BYTES:
        raise Rejected("body too large")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Rejected("body is not UTF-8") from error
    if "\0" in text:
        raise Rejected("body contains NUL")
    return text


def scalar(fields: Fields, name: str) -> str:
    """A field that must be there once, as text: an ambiguous one is as bad as none."""
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise Rejected(f"{name} is missing or not one text")
    return value


def optional(fields: Fields, name: str) -> str | None:
    value = fields.get(name)
    if value is None or value == "":
        return None
    return scalar(fields, name)


def each(fields: Fields, name: str) -> Sequence[Field]:
    """A list that arrives as nothing, one thing or many."""
    value = fields.get(name)
    if value is None or value == "":
        return ()
    return value if isinstance(value, tuple) else (value,)


def canonical(fields: Fields) -> str:
    """The same text for the same content, however its keys were ordered or its blanks laid."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=dict)


def _parse_xml(body: str) -> Fields:
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Rejected("malformed XML") from error
    if root.tag != "xml":
        raise Rejected("not an <xml> element")
    return _children(root, _MAX_DEPTH)


def _children(element: Element, depth: int) -> Fields:
    if depth == 0:
        raise Rejected("nested too deeply")
    found: dict[str, list[Field]] = {}
    for child in element:
        content = _children(child, depth - 1) if len(child) else child.text or ""
        found.setdefault(child.tag, []).append(content)
    return MappingProxyType({tag: many[0] if len(many) == 1 else tuple(many) for tag, many in found.items()})


def _parse_json(body: str) -> Fields:
    try:
        tree = json.loads(
            body,
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique_keys,
            strict=False,
        )
    except (ValueError, RecursionError) as error:
        raise Rejected("malformed JSON") from error
    return _members(tree, _MAX_DEPTH)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise ValueError("doubled key")
    return unique


def _members(tree: Mapping[str, object], depth: int) -> Fields:
    return MappingProxyType({_storable(key): _value(inner, depth - 1) for key, inner in tree.items()})


def _value(value: object, depth: int) -> Field:
    if depth == 0:
        raise Rejected("nested too deeply")
    if isinstance(value, dict):
        return _members(value, depth)
    if isinstance(value, list):
        return tuple(_value(inner, depth - 1) for inner in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else _storable(str(value))


def _storable(text: str) -> str:
    """JSON escapes can spell what neither UTF-8 nor PostgreSQL can hold: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
