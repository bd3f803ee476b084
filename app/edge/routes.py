"""Which requests are whose.

FastAPI asks every router in turn, and each of its routes; of some hundred routers that was the most of what a short
request cost. Ours say at once that a request is nothing to them.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

UNMATCHED = "unmatched"


class Declared(APIRoute):
    """What a router says of an operation. What answers is made by the application that includes the router.

    FastAPI makes it there, when a request first begins as the router's paths do, of what was declared; the whole of it
    that it would make here as well is never asked, and was a quarter of a start (docs/adr/0056).
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **declared: Any) -> None:
        # Not said by all: form_limits. What an endpoint yields, FastAPI finds out where it makes the route.
        self.__dict__.update(
            {"form_limits": {}, **declared}, path=path, endpoint=endpoint, stream_item_type=None
        )
        self.name = declared["name"] or endpoint.__name__
        self.methods = {method.upper() for method in declared["methods"]}


class Routes(APIRouter):
    """A router that is passed over when no path of its own begins as the request's does."""

    def __init__(self, **given: Any) -> None:
        super().__init__(route_class=Declared, **given)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if not path.startswith(self._beginnings):
            return Match.NONE, {}
        return super().matches(scope)

    @cached_property
    def _beginnings(self) -> tuple[str, ...]:
        """Of every path as much as holds no parameter, the shortest alone; read once, when all routes are there."""
        routes: Sequence[Any] = self.routes
        fixed = sorted({route.path.partition("{")[0] for route in routes})
        shortest: list[str] = []
        for beginning in fixed:
            if not beginning.startswith(tuple(shortest)):
                shortest.append(beginning)
        return tuple(shortest)


def template(scope: Scope) -> str:
    """``/api/v1/tickets/{number}`` of a request that was routed.

    The route knows its own path and the prefix of its router, but not a prefix given to ``include_router``;
    hence routers here carry their whole prefix themselves.
    """
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else UNMATCHED
