"""The API as it was released, and what of it a newer one breaks (docs/api-deprecation.md).

``python -m tests.contract.released`` writes the present one into ``released.json``: part of a release.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clients.described import service

PATH = Path(__file__).with_name("released.json")
_REF = "#/components/schemas/"
# Words for people, and what only documents use.
_WORDS = ("title", "description", "examples", "example", "default", "deprecated")

Document = dict[str, Any]


def compact(described: Document) -> Document:
    """Operations and schemas without their words, and without errors, whose codes may grow."""
    operations = {
        f"{method.upper()} {path}": {
            "id": each["operationId"],
            "parameters": {
                f"{p['in']} {p['name']}": {"required": p.get("required", False), "schema": _bare(p["schema"])}
                for p in each.get("parameters", ())
            },
            "body": _body(each.get("requestBody", {})),
            "answers": {
                status: _body(answer) for status, answer in each["responses"].items() if status[0] in "23"
            },
        }
        for path, item in described["paths"].items()
        for method, each in item.items()
    }
    schemas = {name: _bare(each) for name, each in described["components"]["schemas"].items()}
    return {"operations": operations, "schemas": schemas}


def breaking(before: Document, now: Document) -> list[str]:
    """What a client of ``before`` could stumble over."""
    return sorted(dict.fromkeys(_Comparison(before, now).differences()))


class _Comparison:
    def __init__(self, before: Document, now: Document) -> None:
        self._before, self._now = before, now
        self._seen: set[tuple[str, str, bool]] = set()

    def differences(self) -> Iterator[str]:
        for call, was in self._before["operations"].items():
            is_now = self._now["operations"].get(call)
            if is_now is None:
                yield f"{call} is gone"
                continue
            if was["id"] != is_now["id"]:
                yield f"{call} is called {is_now['id']}, no longer {was['id']}"
            yield from self._parameters(call, was["parameters"], is_now["parameters"])
            yield from self._media(f"{call} body", was["body"], is_now["body"], sent=True)
            for status, answer in was["answers"].items():
                if status not in is_now["answers"]:
                    yield f"{call} does not answer {status}"
                else:
                    yield from self._media(f"{call} {status}", answer, is_now["answers"][status], sent=False)

    def _parameters(self, call: str, was: Document, is_now: Document) -> Iterator[str]:
        for name, each in was.items():
            if name not in is_now:
                yield f"{call}: parameter {name} is gone"
            else:
                yield from self._schema(f"{call} {name}", each["schema"], is_now[name]["schema"], sent=True)
        for name, each in is_now.items():
            if each["required"] and not was.get(name, {}).get("required", False):
                yield f"{call}: parameter {name} is required"

    def _media(self, where: str, was: Document, is_now: Document, *, sent: bool) -> Iterator[str]:
        for media, schema in was.items():
            if media not in is_now:
                yield f"{where} is no longer {media}"
            else:
                yield from self._schema(where, schema, is_now[media], sent=sent)

    def _schema(self, where: str, was: Document, is_now: Document, *, sent: bool) -> Iterator[str]:
        if "$ref" in was and "$ref" in is_now:
            names = was["$ref"].removeprefix(_REF), is_now["$ref"].removeprefix(_REF)
            if (*names, sent) in self._seen:
                return
            self._seen.add((*names, sent))
            where = names[0]
        was, is_now = _resolved(self._before, was), _resolved(self._now, is_now)
        options, present = _options(self._before, was), _options(self._now, is_now)
        # Sent: everything that was taken still is. Answered: nothing comes that did not come before.
        narrow, wide = (options, present) if sent else (present, options)
        for kind in narrow:
            if kind not in wide and not (kind == "integer" and "number" in wide):
                yield f"{where} {'may not be' if sent else 'may be'} {kind}"
        for kind in options.keys() & present.keys():
            yield from self._one(where, options[kind], present[kind], sent=sent)

    def _one(self, where: str, was: Document, is_now: Document, *, sent: bool) -> Iterator[str]:
        if sent:
            for value in was.get("enum", ()):
                if value not in is_now.get("enum", [value]):
                    yield f"{where} may not be {value!r}"
        yield from self._members(where, was, is_now, sent=sent)
        if "items" in was and "items" in is_now:
            yield from self._schema(f"{where}[]", was["items"], is_now["items"], sent=sent)

    def _members(self, where: str, was: Document, is_now: Document, *, sent: bool) -> Iterator[str]:
        members, present = was.get("properties", {}), is_now.get("properties", {})
        for name in members:
            if name not in present:
                yield f"{where}.{name} is gone"
            else:
                yield from self._schema(f"{where}.{name}", members[name], present[name], sent=sent)
        required, needed = set(was.get("required", ())), set(is_now.get("required", ()))
        for name in sorted(needed - required if sent else required - needed):
            if sent or name in present:
                yield f"{where}.{name} {'is required' if sent else 'may be missing'}"


def _resolved(document: Document, schema: Document) -> Document:
    while "$ref" in schema:
        schema = document["schemas"][schema["$ref"].removeprefix(_REF)]
    return schema


def _options(document: Document, schema: Document) -> dict[str, Document]:
    """By kind of value: of a union each member, of several objects each by what tells them apart."""
    found: dict[str, Document] = {}
    union: list[Document] = schema.get("anyOf") or schema.get("oneOf") or [schema]
    for each in union:
        resolved = _resolved(document, each)
        if "anyOf" in resolved or "oneOf" in resolved:
            found |= _options(document, resolved)
            continue
        kind = str(resolved.get("type", "anything"))
        event = resolved.get("properties", {}).get("event", {}).get("const")
        found[f"{kind} {event}" if event else kind] = resolved
    return found


def _body(told: Document) -> Document:
    return {
        media: _bare(each["schema"]) for media, each in told.get("content", {}).items() if "schema" in each
    }


def _bare(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_bare(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _bare(each) for key, each in schema.items() if key not in _WORDS or not _is_word(key, each)}


def _is_word(key: str, value: object) -> bool:
    """A member may be called ``title`` as well: then it is a schema."""
    return not isinstance(value, dict) or key in ("default", "example")


def as_text(released: Document) -> str:
    """One line for each operation and each schema, so that a release shows what it changed."""
    parts = [
        f'"{part}": {{\n'
        + ",\n".join(
            f"{json.dumps(name)}: {json.dumps(each, ensure_ascii=False, separators=(',', ':'), sort_keys=True)}"
            for name, each in sorted(released[part].items())
        )
        + "\n}"
        for part in ("operations", "schemas")
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    PATH.write_text(as_text(compact(service().openapi())), encoding="utf-8")
