"""Which errors the code of an operation can raise: `make client` reads it off the source (docs/adr/0047)."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from app.errors import Problem

# ``module:name`` of an endpoint, and of each kind of problem.
READ = Path(__file__).with_name("raised.json")
Raised = frozenset[type[Problem]]


def problems() -> dict[str, type[Problem]]:
    """Every kind of problem that this process knows, by ``module:name``."""
    found: dict[str, type[Problem]] = {}

    def walk(kind: type[Problem]) -> None:
        found[name_of(kind)] = kind
        for each in kind.__subclasses__():
            walk(each)

    walk(Problem)
    return {key: kind for key, kind in found.items() if key.startswith("app.")}


def raised_by(endpoint: Callable[..., Any]) -> Raised:
    """Nothing for an endpoint that is not part of ``app``."""
    return _everywhere().get(name_of(endpoint), frozenset())


def name_of(definition: Callable[..., Any]) -> str:
    return f"{definition.__module__}:{definition.__qualname__}"


@lru_cache(maxsize=1)
def _everywhere() -> Mapping[str, Raised]:
    """What is gone from the code since it was read is left out."""
    kinds = problems()
    return {
        endpoint: frozenset(kinds[name] for name in names if name in kinds)
        for endpoint, names in orjson.loads(READ.read_bytes()).items()
    }
