"""Ways into a mini-program from outside: URL links, schemes, and codes with a scene."""

import re
import secrets
import sqlite3
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox import cards, defaults, pictures, quotas
from sandbox.answers import world_of
from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.store import Store
from sandbox.wire import Raw
from sandbox.world import World

LONGEST = 30 * 86_400
SHORTEST = 60
_QUERY = re.compile(r"[0-9a-zA-Z!#$&'()*+,/:;=?@\-._~%]{0,1024}")
_SCENE = re.compile(r"[0-9a-zA-Z!#$&'()*+,/:;=?@\-._~]+")
_NAMED = re.compile(
    r"weixin://dl/business/\?t=([\w-]+)|https?://[^/?#]+/(?:wxaurl|a)/([\w-]+)(?:[?#].*)?", re.ASCII
)
_ENVIRONMENTS = ("release", "trial", "develop")
_SCHEME = "weixin://dl/business/"
_GONE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>微信</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><p style="font:16px sans-serif;
margin:20vh auto;text-align:center;color:#737373">链接已过期</p></html>"""


@dataclass(frozen=True, slots=True)
class Link:
    code: str
    kind: str
    appid: str
    path: str
    query: str
    env_version: str
    created_at: float
    expires_at: float | None
    opened: int


def url_link(world: World, call: Call) -> dict[str, object]:
    _in_pace(world, call)
    path, query, environment = _target(world, call, call.body)
    code = _keep(world, call, "urllink", path, query, environment, _expiry(world, call.body))
    return {"errcode": 0, "errmsg": "ok", "url_link": f"{world.settings.base}/wxaurl/{code}"}


def scheme(world: World, call: Call) -> dict[str, object]:
    _in_pace(world, call)
    target = call.body.get("jump_wxa", {})
    if not isinstance(target, dict):
        raise PlatformError(47001)
    path, query, environment = _target(world, call, target)
    code = _keep(world, call, "scheme", path, query, environment, _expiry(world, call.body))
    return {"errcode": 0, "errmsg": "ok", "openlink": f"{_SCHEME}?t={code}"}


def unlimited_code(world: World, call: Call) -> Raw:
    scene = call.body.get("scene")
    if not isinstance(scene, str) or not scene or len(scene) > 32:
        raise PlatformError(40169)
    if _SCENE.fullmatch(scene) is None:
        raise PlatformError(40129)
    page = call.text("page")
    if page.startswith("/") or "?" in page:
        raise PlatformError(40165)
    environment = call.body.get("env_version", "release")
    if environment not in _ENVIRONMENTS:
        raise PlatformError(85096)
    checked = call.body.get("check_path", True) is not False
    if page and checked and environment == "release" and not cards.published(world, call.caller.appid, page):
        raise PlatformError(41030)
    width = call.body.get("width", 430)
    if not isinstance(width, int) or isinstance(width, bool) or not 280 <= width <= 1280:
        raise PlatformError(40097)
    query = f"scene={quote(scene, safe='')}"
    code = _keep(world, call, "wxacode", page, query, str(environment), None)
    return Raw(pictures.qr_jpeg(f"{world.settings.base}/a/{code}", width), "image/jpeg")


def _in_pace(world: World, call: Call) -> None:
    quotas.spend_second(world, call.caller, "links", defaults.LINKS_A_SECOND, 44990)


def _target(world: World, call: Call, given: dict[str, object]) -> tuple[str, str, str]:
    path, query = given.get("path", ""), given.get("query", "")
    if not isinstance(path, str) or "?" in path:
        raise PlatformError(40165)
    if path and not cards.published(world, call.caller.appid, path):
        raise PlatformError(40165)
    if not isinstance(query, str) or _QUERY.fullmatch(query) is None:
        raise PlatformError(40212)
    environment = given.get("env_version", "release")
    if environment not in _ENVIRONMENTS:
        raise PlatformError(85402)
    return path, query, str(environment)


def _expiry(world: World, body: dict[str, object]) -> float:
    """Never longer than thirty days, whatever was asked for."""
    now = world.clock.now()
    if body.get("expire_type", 0) == 1:
        days = body.get("expire_interval")
        if not isinstance(days, int) or not 1 <= days <= 30:
            raise PlatformError(85403)
        return now + days * 86_400
    moment = body.get("expire_time")
    if moment is None:
        return now + LONGEST
    if not isinstance(moment, int) or not SHORTEST <= moment - now <= LONGEST:
        raise PlatformError(85401)
    return float(moment)


def _keep(
    world: World, call: Call, kind: str, path: str, query: str, environment: str, expires_at: float | None
) -> str:
    code = secrets.token_urlsafe(8)
    world.store.run(
        "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
        code,
        kind,
        call.caller.appid,
        path,
        query,
        environment,
        world.clock.now(),
        expires_at,
    )
    return code


def code_in(text: str) -> str:
    """What a link, a scheme or the content of a picture names; "" for anything else."""
    found = _NAMED.fullmatch(text)
    return "" if found is None else found.group(1) or found.group(2)


def open_link(world: World, code: str) -> Link | None:
    """Living ones only; anybody may open it, as often as they like."""
    row = world.store.one(
        "UPDATE links SET opened = opened + 1 WHERE code = ? AND (expires_at IS NULL OR expires_at > ?)"
        " RETURNING *",
        code,
        world.clock.now(),
    )
    return None if row is None else _link(row)


def newest(store: Store, limit: int) -> list[Link]:
    return [_link(row) for row in store.all("SELECT * FROM links ORDER BY created_at DESC LIMIT ?", limit)]


def _link(row: sqlite3.Row) -> Link:
    return Link(**row)


async def follow(request: Request) -> Response:
    """In a browser the phones open the mini-program's pane."""
    world = world_of(request)
    with world.store.writing():
        link = open_link(world, request.path_params["code"])
    if link is None:
        return HTMLResponse(_GONE, 410)
    query = link.query
    if added := request.query_params.get("cq"):
        query = "&".join(part for part in (query, added[:256]) if part)
    target = urlencode({"mini": link.appid, "path": link.path, "query": query})
    return RedirectResponse(f"/?{target}", 302)


ROUTES = [Route("/wxaurl/{code}", follow), Route("/a/{code}", follow)]
