"""The errors of each operation: those that its code raises, and those of the way to it."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from app.edge.answers import MEDIA_TYPE, type_of
from app.edge.openapi.raised import Raised
from app.edge.problems import MalformedJson
from app.errors import (
    InvalidInput,
    MalformedRequest,
    PayloadTooLarge,
    Problem,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)
from app.schemas.common import Output

_REF = {"$ref": "#/components/schemas/Problem"}
_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class FieldProblem(Output):
    field: str
    code: str
    msg: str


class ProblemOut(BaseModel):
    """RFC 9457, with a stable ``code``, a Chinese ``msg`` fit to show, and the id to quote to support."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    msg: str
    errors: list[FieldProblem]
    trace_id: str


def on_the_way(operation: dict[str, Any]) -> Raised:
    """What is answered before or around the endpoint: by the middleware, the parser, a database that is away."""
    found: set[type[Problem]] = {Unavailable}
    if operation.get("security"):
        found.add(Unauthenticated)
    if operation.get("requestBody") or operation.get("parameters"):
        found.add(InvalidInput)
    if operation.get("requestBody"):
        form = "multipart/form-data" in operation["requestBody"]["content"]
        found |= {PayloadTooLarge, UnsupportedMedia, MalformedRequest if form else MalformedJson}
    return frozenset(found)


def responses(kinds: Iterable[type[Problem]]) -> dict[str, Any]:
    """By status, with one example for each code: ``{"409": {"content": {…: {"examples": {"stale_version": …}}}}}``."""
    found: dict[str, Any] = {}
    for kind in sorted(kinds, key=lambda kind: (kind.status, kind.code)):
        answer = found.setdefault(
            str(kind.status),
            {
                "description": HTTPStatus(kind.status).phrase,
                "content": {MEDIA_TYPE: {"schema": _REF, "examples": {}}},
            },
        )
        answer["content"][MEDIA_TYPE]["examples"][kind.code] = {
            "$ref": f"#/components/examples/{example_id(kind)}"
        }
        if issubclass(kind, TooManyRequests):
            answer["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "string"}}}
    return found


def example_id(kind: type[Problem]) -> str:
    """Two kinds share a code where the same thing is refused in two places, with the same status or another."""
    return f"{kind.code}.{kind.status}"


def example(kind: type[Problem]) -> dict[str, Any]:
    errors = []
    if kind is InvalidInput:
        errors = [{"field": "body.contact.phone", "code": "missing", "msg": "请填写此项。"}]
    value = {
        "type": type_of(kind.code),
        "title": kind.title,
        "status": kind.status,
        "detail": kind.title,
        "code": kind.code,
        "msg": kind.msg,
        "errors": errors,
        "trace_id": _TRACE,
    }
    return {"summary": kind.title, "value": value}
