"""What clients are made from: the OpenAPI document, the codes of errors, and what may be repeated."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi import FastAPI

from app.edge.openapi.describe import operations
from app.edge.openapi.raised import name_of
from app.errors import Problem
from app.main import create_app
from app.settings import Settings
from clients.raised import raised

_KEY = "Idempotency-Key"


@dataclass(frozen=True)
class Code:
    code: str
    status: int
    title: str
    msg: str


@cache
def service() -> FastAPI:
    """Nothing is opened by it, so that the addresses need not exist."""
    settings = Settings(
        _env_file=None,
        environment="test",
        database_url="postgresql://nowhere/nothing",
        redis_url="redis://nowhere",
        secret_key="only describes itself, and never signs anything",
    )
    return create_app(settings)


def raised_by_endpoint(app: FastAPI) -> dict[str, list[str]]:
    """The kinds of problems that each endpoint can raise, both as ``module:name``."""
    found = raised()
    endpoints = {name_of(route.endpoint) for _, _, route in operations(app) if route.endpoint is not None}
    return {each: sorted(map(name_of, found.get(each, ()))) for each in sorted(endpoints)}


def bare(described: dict[str, Any]) -> dict[str, Any]:
    """Without errors, of which codes.ts holds all, and without examples: the types are a sixth as long."""
    paths = {
        path: {
            method: _bare(
                operation
                | {
                    "responses": {
                        s: a for s, a in operation["responses"].items() if not s.startswith(("4", "5"))
                    }
                }
            )
            for method, operation in item.items()
        }
        for path, item in described["paths"].items()
    }
    components = {name: each for name, each in described["components"].items() if name != "examples"}
    return described | {"paths": paths, "components": components}


def _bare(operation: Any) -> Any:
    """Examples stand beside schemas, never inside of them."""
    if isinstance(operation, list):
        return [_bare(each) for each in operation]
    if not isinstance(operation, dict):
        return operation
    beside = ("example", "examples") if "schema" in operation else ()
    return {
        key: _bare(each) if key != "schema" else each for key, each in operation.items() if key not in beside
    }


def codes() -> list[Code]:
    """All that a caller can meet, by name; of several classes with one code the general one speaks."""
    found: dict[str, Code] = {}
    for each in _family(Problem):
        found.setdefault(each.code, Code(each.code, each.status, each.title, each.msg))
    return sorted(found.values(), key=lambda each: each.code)


def repeatable(described: dict[str, Any]) -> list[str]:
    """Paths whose POST has one effect, however often it is sent with one key."""
    return sorted(
        path
        for path, item in described["paths"].items()
        if any(each["name"] == _KEY for each in item.get("post", {}).get("parameters", ()))
    )


def _family(kind: type[Problem]) -> Iterator[type[Problem]]:
    # Nearest to the root first, and among equals by place: the order must not hang on who imported whom.
    generation = [kind]
    while generation:
        yield from generation
        below = [heir for each in generation for heir in each.__subclasses__()]
        generation = sorted(below, key=lambda each: (each.__module__, each.__qualname__))
