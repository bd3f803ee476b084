"""An example of anything that the API takes or gives, made from its schema.

``samples.toml`` says what stands in a member of a name; the first of its values that fits the schema is taken. What
it does not name is made from the type. Hence a new operation has its examples without anybody writing them.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

_TOLD = tomllib.loads(Path(__file__).with_name("samples.toml").read_text(encoding="utf-8"))
# Members by name, or by ``Schema.name`` where the name alone does not say enough.
_MEMBERS: Mapping[str, list[Any]] = _TOLD["members"]
# What has to agree with itself, as a whole.
_WHOLE: Mapping[str, Any] = _TOLD["schemas"]
# What may be left out and is only noise in an example.
_LEFT_OUT: Mapping[str, list[str]] = _TOLD["left_out"]
_REF = "#/components/schemas/"
_FORMATS: Mapping[str, Any] = {
    "date-time": "2026-06-15T10:00:00+08:00",
    "date": "2026-06-15",
    "time": "10:00:00",
    "uuid": "0190163d-8694-739b-aea5-966c26f8ad91",
    "uri": "https://service.example.com/h5/",
    "binary": "@photo.jpg",
}
_DEEPEST = 8
_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


class Samples:
    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas

    def give(self, operation: Schema) -> None:
        """Puts an example beside each body, each JSON answer and each parameter of the operation."""
        for parameter in operation.get("parameters", ()):
            if parameter.get("required"):
                parameter["example"] = self.of(parameter["schema"], parameter["name"])
        bodies = [operation.get("requestBody", {})]
        answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        for body in bodies + answers:
            for media in body.get("content", {}).values():
                if media.get("schema"):
                    media.update(self._shown(media["schema"]))

    def _shown(self, schema: Schema) -> Schema:
        """One example, or one of each member of a union."""
        mapping = schema.get("discriminator", {}).get("mapping")
        if mapping is None:
            return {"example": self.of(schema)}
        return {"examples": {name: {"value": self.of({"$ref": ref})} for name, ref in mapping.items()}}

    def of(self, schema: Schema, name: str = "", owner: str = "", depth: int = 0) -> Any:
        if "$ref" in schema:
            target = schema["$ref"].removeprefix(_REF)
            if target in _WHOLE:
                return _WHOLE[target]
            found = self._schemas[target]
            told = self._told(found, name, owner)
            return told if told is not None else self.of(found, name, target, depth)
        for keyword in ("anyOf", "oneOf", "allOf"):
            if keyword in schema:
                return self._one_of(schema[keyword], name, owner, depth)
        told = self._told(schema, name, owner)
        return self._made(schema, name, owner, depth) if told is None else told

    def _one_of(self, options: list[Schema], name: str, owner: str, depth: int) -> Any:
        some = [each for each in options if each.get("type") != "null"]
        # An answer that holds answers of its kind ends somewhere.
        if depth >= _DEEPEST and len(some) < len(options):
            return None
        for each in some:
            told = self._told(each, name, owner)
            if told is not None:
                return told
        return self.of(some[0], name, owner, depth)

    def _told(self, schema: Schema, name: str, owner: str) -> Any:
        for key in (f"{owner}.{name}", name):
            for value in _MEMBERS.get(key, ()):
                if fits(value, schema):
                    return value
        return None

    def _made(self, schema: Schema, name: str, owner: str, depth: int) -> Any:
        for keyword in ("const", "default"):
            if keyword in schema and schema[keyword] not in ("", [], None):
                return schema[keyword]
        for keyword in ("enum", "examples"):
            if schema.get(keyword):
                return next((value for value in schema[keyword] if value != ""), "")
        kind = schema.get("type")
        if kind == "object" or "properties" in schema:
            return self._object(schema, owner, depth)
        if kind == "array":
            return self._array(schema, name, owner, depth)
        if kind == "string":
            return _string(schema, name)
        if kind in ("integer", "number"):
            return _number(schema)
        return True if kind == "boolean" else {}

    def _object(self, schema: Schema, owner: str, depth: int) -> Any:
        left_out = _LEFT_OUT.get(owner, ())
        members = {
            name: self.of(each, name, owner, depth + 1)
            for name, each in schema.get("properties", {}).items()
            if name not in left_out
        }
        extra = schema.get("additionalProperties")
        if not members and isinstance(extra, dict):
            keys = schema.get("propertyNames", {})
            return {str(self.of(keys, "key")) if keys else "key": self.of(extra, "", owner, depth + 1)}
        return members

    def _array(self, schema: Schema, name: str, owner: str, depth: int) -> Any:
        if "prefixItems" in schema:
            return [self.of(each, name, owner, depth + 1) for each in schema["prefixItems"]]
        if depth >= _DEEPEST and not schema.get("minItems"):
            return []
        singular = f"{name.removesuffix('ies')}y" if name.endswith("ies") else name.removesuffix("s")
        one = self.of(schema.get("items", {}), singular, owner, depth + 1)
        return [one] * max(1, schema.get("minItems", 1))


def fits(value: object, schema: Schema) -> bool:
    """Of the keywords that our schemas use, those that decide about a single value."""
    if "enum" in schema:
        return value in schema["enum"]
    if "const" in schema:
        return bool(value == schema["const"])
    kind = str(schema.get("type"))
    if (
        kind not in _KINDS
        or not isinstance(value, _KINDS[kind])
        or isinstance(value, bool) != (kind == "boolean")
    ):
        return False
    if isinstance(value, str):
        return _fits_text(value, schema)
    if isinstance(value, int | float):
        return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    return not isinstance(value, list) or fits_all(value, schema)


def fits_all(values: list[Any], schema: Schema) -> bool:
    items = schema.get("items", {})
    return "$ref" not in items and all(fits(each, items) for each in values)


def _fits_text(value: str, schema: Schema) -> bool:
    if "format" in schema and not _of_format(value, schema["format"]):
        return False
    pattern = schema.get("pattern")
    return (
        schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
        and (pattern is None or re.search(pattern, value) is not None)
    )  # fmt: skip


def _of_format(value: str, name: str) -> bool:
    shapes = {"date": r"\d{4}-\d\d-\d\d", "date-time": r"\d{4}-\d\d-\d\dT.+", "uuid": r"[0-9a-f-]{36}"}
    return name in shapes and re.fullmatch(shapes[name], value) is not None


def _string(schema: Schema, name: str) -> str:
    if schema.get("format") in _FORMATS:
        return str(_FORMATS[schema["format"]])
    if name == "id" or name.endswith("_id"):
        return str(_FORMATS["uuid"])
    text = name.replace("_", " ") or "text"
    return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", 1000)]


def _number(schema: Schema) -> int | float:
    low = max(1.0, float(schema.get("minimum") or schema.get("exclusiveMinimum") or 0))
    value = min(low, float(schema.get("maximum", low)))
    return int(value) if schema.get("type") == "integer" else value
