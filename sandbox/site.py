"""The page of the sandbox: phones and console, as files that load nothing from elsewhere."""

import secrets
from mimetypes import guess_type
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox import crypto, guard
from sandbox.answers import Json, world_of
from sandbox.world import World

PAGES = Path(__file__).parent / "pages"
_INDEX = (PAGES / "index.html").read_text("utf-8")
# Only our own page knows it: another site that the browser visits can post here, but cannot read this.
_KEY = secrets.token_urlsafe(24)
_KEY_HEADER = "x-phone-key"
# The phones' own browsers have ports of their own on the host of this page.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src http://{host}:* https://{host}:*; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
_PLAIN_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def admit(request: Request) -> World:
    world = world_of(request)
    if not (world.settings.open_phone or _is_operator(request, world)):
        raise HTTPException(401, "open this page with ?secret=…")
    return world


def admit_owner(request: Request) -> World:
    """One who acts as the owner of a phone, from our own page."""
    world = admit(request)
    if not crypto.same(request.headers.get(_KEY_HEADER, ""), _KEY):
        raise HTTPException(403, "not from this page")
    return world


def _is_operator(request: Request, world: World) -> bool:
    secret = world.settings.secret
    return guard.has_bearer(request, secret) or guard.has_cookie(request, secret)


async def page(request: Request) -> Response:
    world = world_of(request)
    given = request.query_params.get("secret")
    if given and crypto.same(given, world.settings.secret):
        # The secret leaves the address at once; a wish to see a page of the mini-program stays.
        response: Response = RedirectResponse(str(request.url.remove_query_params("secret")), 303)
        _remember(response, world)
        return response
    admit(request)
    text = _INDEX.replace("{{phone-key}}", _KEY)
    text = text.replace(
        "{{console}}", "open" if guard.has_cookie(request, world.settings.secret) else "closed"
    )
    policy = _POLICY.format(host=request.url.hostname)
    return HTMLResponse(
        text, headers={"Cache-Control": "no-store", "Content-Security-Policy": policy, **_PLAIN_HEADERS}
    )


async def asset(request: Request) -> Response:
    path = (PAGES / request.path_params["path"]).resolve()
    if not path.is_relative_to(PAGES) or not path.is_file():
        raise HTTPException(404)
    kind = guess_type(path.name)[0]
    return FileResponse(path, media_type=kind, headers={"Cache-Control": "no-cache", **_PLAIN_HEADERS})


class Unlocking(BaseModel):
    model_config = ConfigDict(extra="forbid")

    secret: str


async def unlock(request: Request) -> Response:
    """From here on this browser is the operator's."""
    world = admit_owner(request)
    body = Unlocking.model_validate_json(await request.body())
    if not crypto.same(body.secret, world.settings.secret):
        raise HTTPException(403, "wrong secret")
    response = Json({"ok": True})
    _remember(response, world)
    return response


def _remember(response: Response, world: World) -> None:
    kept = guard.cookie_value(world.settings.secret)
    response.set_cookie(guard.SECRET_COOKIE, kept, httponly=True, samesite="strict")


ROUTES = [
    Route("/", page),
    Route("/sandbox", page),
    Route("/pages/{path:path}", asset),
    Route("/console/session", unlock, methods=["POST"]),
]
