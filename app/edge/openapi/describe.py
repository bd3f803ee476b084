"""The description of the API: what FastAPI reads off the routes, and what it cannot know.

Added are the errors of each operation, an example of what is sent and of what comes back, readable names of the
schemas, and what is going away (see the modules beside this one).
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from app.edge.openapi import errors
from app.edge.openapi.going import Going, mark
from app.edge.openapi.raised import Raised, raised_by
from app.edge.openapi.samples import Samples
from app.errors import MalformedRequest, MethodNotAllowed, NotFound, Problem

Document = dict[str, Any]
_TAKEN_TWICE = re.compile(r"app__(?:\w+?__)*?(\w+?)__([A-Z]\w*)")
_VERBS = ("get", "put", "post", "delete", "patch")


def operation_id(route: APIRoute) -> str:
    """``read_ticket``: the name of its function, which no other endpoint of the API has.

    Some are called ``get_…`` only because the service that they call has the name.
    """
    return f"read_{route.name.removeprefix('get_')}" if route.name.startswith("get_") else route.name


def describe(app: FastAPI, going: Iterable[Going]) -> None:
    generate: Callable[[], Document] = app.openapi

    def openapi() -> Document:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app, generate())
            mark(app.openapi_schema, going)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def operations(app: FastAPI) -> Iterator[tuple[str, str, RouteContext]]:
    """Method in lower case, path and route of everything that is described."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and route.include_in_schema:
            for method in sorted(route.methods or ()):
                if method.lower() in _VERBS and route.path_format is not None:
                    yield method.lower(), route.path_format, route


def every_error(app: FastAPI) -> set[type[Problem]]:
    """All that the API can answer with, whatever it is asked."""
    paths = app.openapi()["paths"]
    described = (_answered(paths[path][method], route) for method, path, route in operations(app))
    return {Problem, NotFound, MethodNotAllowed, MalformedRequest}.union(*described)


def _answered(operation: Document, route: RouteContext) -> Raised:
    raised = errors.on_the_way(operation)
    return raised if route.endpoint is None else raised | raised_by(route.endpoint)


def _described(app: FastAPI, found: Document) -> Document:
    # A copy: FastAPI puts parts of its own models into it.
    document = _renamed(json.loads(json.dumps(found)))
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    problem = errors.ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    kinds: set[type[Problem]] = set()
    samples = Samples(schemas)
    for method, path, route in operations(app):
        operation = document["paths"][path][method]
        raised = _answered(operation, route)
        kinds |= raised
        operation["summary"] = operation["operationId"].replace("_", " ").capitalize()
        declared = {
            status: answer for status, answer in operation["responses"].items() if not _automatic(answer)
        }
        operation["responses"] = {**errors.responses(raised), **declared}
        samples.give(operation)
    components["examples"] = {
        errors.example_id(kind): errors.example(kind)
        for kind in sorted(kinds, key=lambda kind: (kind.code, kind.status, kind.__module__))
    }
    return document


def _automatic(answer: Document) -> bool:
    return "HTTPValidationError" in json.dumps(answer.get("content", {}))


def _renamed(document: Document) -> Document:
    """``app__schemas__complaints__StepIn`` is called ``ComplaintsStepIn``."""
    names = document.get("components", {}).get("schemas", {})
    better = {name: _readable(name) for name in names}
    counted = Counter(better.values())
    text = json.dumps(document, ensure_ascii=False)
    for name, other in sorted(better.items(), key=lambda each: -len(each[0])):
        if name != other and counted[other] == 1:
            text = text.replace(f'"{name}"', f'"{other}"').replace(f'schemas/{name}"', f'schemas/{other}"')
    renamed: Document = json.loads(text)
    return renamed


def _readable(name: str) -> str:
    match = _TAKEN_TWICE.fullmatch(name)
    if match is None:
        return name
    module, plain = name.removeprefix("app__").rsplit("__", 1)
    place = [part for part in module.split("__") if part not in ("schemas", "domain", "rules", "items")]
    return "".join(word.capitalize() for word in place[-1].split("_")) + plain
