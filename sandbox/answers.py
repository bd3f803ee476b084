from collections.abc import Awaitable, Callable

import orjson
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from sandbox.mishaps import BadRule
from sandbox.refusals import NotPossible, Unknown
from sandbox.world import World


def world_of(request: Request) -> World:
    world: World = request.app.state.world
    return world


class Json(Response):
    """Dataclasses go out as objects."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        return orjson.dumps(content)


async def _unprocessable(_request: Request, error: Exception) -> Response:
    details = (
        error.errors(include_url=False, include_input=False) if isinstance(error, ValidationError) else []
    )
    listed = [{"loc": detail["loc"], "msg": detail["msg"]} for detail in details]
    return Json({"error": str(error) if not listed else "invalid body", "details": listed}, 422)


async def _not_found(_request: Request, error: Exception) -> Response:
    return Json({"error": str(error)}, 404)


HANDLERS: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    ValidationError: _unprocessable,
    BadRule: _unprocessable,
    NotPossible: _unprocessable,
    Unknown: _not_found,
}
