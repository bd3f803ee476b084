from starlette.types import Scope

UNMATCHED = "unmatched"


def template(scope: Scope) -> str:
    """``/api/v1/tickets/{number}`` of a request that was routed.

    The route knows its own path and the prefix of its router, but not a prefix given to ``include_router``;
    hence routers here carry their whole prefix themselves.
    """
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else UNMATCHED
