"""Every operation that the app answers, found by walking its routes, the hidden ones included."""

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts


def operations(app: FastAPI) -> set[str]:
    """``GET /api/v1/tickets/{number}``; HEAD and OPTIONS are GET's shadows and left out."""
    return {
        f"{method} {route.path}"
        for route in iter_route_contexts(app.routes)
        for method in route.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }


def described(app: FastAPI) -> set[str]:
    """The operations that the OpenAPI document tells of."""
    return {f"{method.upper()} {path}" for path, item in app.openapi()["paths"].items() for method in item}
