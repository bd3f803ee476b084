"""Which requests are whose.

FastAPI asks every router in turn, and each of its routes; of some hundred routers that was the most of what a short
request cost. Ours say at once that a request is nothing to them.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from fastapi import APIRouter
from starlette.routing import Match
from starlette.types import Scope

UNMATCHED = "unmatched"


class Routes(APIRouter):
    """A router that is passed over when no path of its own begins as the request's does."""

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
