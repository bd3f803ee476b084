"""Checks of what users write and show, before others see it."""

import secrets

from sandbox import people, texts
from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.faults import Fired, Situation
from sandbox.mishaps import CONTENT
from sandbox.people import Identity
from sandbox.world import World

PATH = "/wxa/msg_sec_check"
MEDIA_PATH = "/wxa/media_check_async"
_LONGEST = 2500
_VISITED = 2 * 3600


def check_text(world: World, call: Call) -> dict[str, object]:
    who = _asker(world, call)
    content = call.body.get("content")
    if not isinstance(content, str) or not content:
        raise PlatformError(44004)
    if len(content) > _LONGEST:
        raise PlatformError(40097)
    parts = [content, *(call.text(name) for name in ("title", "nickname", "signature"))]
    suggest: str
    suggest, label, keyword = texts.judge("\n".join(parts))
    if "content" in (fired := _fire(world, call, who, PATH)):
        suggest, label = _told(fired)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "detail": [_opinion(suggest, label, keyword)],
        "trace_id": trace(),
        "result": {"suggest": suggest, "label": label},
    }


def _asker(world: World, call: Call) -> Identity:
    """Version 2 judges what a named visitor of the last two hours says."""
    if call.body.get("version") != 2 or call.body.get("scene") not in (1, 2, 3, 4):
        raise PlatformError(40097)
    openid = call.text("openid")
    if not openid:
        raise PlatformError(41009)
    who = people.by_openid(world.store, call.caller.appid, openid)
    if who is None:
        raise PlatformError(43104)
    if who.last_visit_at is None or world.clock.now() - who.last_visit_at > _VISITED:
        raise PlatformError(61010)
    return who


def _fire(world: World, call: Call, who: Identity, path: str) -> Fired:
    fired = world.faults.fire(Situation(path, who.appid, who.openid), CONTENT)
    call.faults += fired.by_kind
    return fired


def _told(fired: Fired) -> tuple[str, int]:
    suggest = fired.text("content")
    return suggest, 100 if suggest == "pass" else 21000


def _opinion(suggest: str, label: int, keyword: str) -> dict[str, object]:
    more = {"level": 90, "keyword": keyword} if keyword else {}
    strategy = "keyword" if keyword else "content_model"
    return {"strategy": strategy, "errcode": 0, "suggest": suggest, "label": label, "prob": 90, **more}


def check_media(world: World, call: Call) -> dict[str, object]:
    """Only accepts; the picture is fetched and judged later, and the service hears by an event."""
    who = _asker(world, call)
    url = call.text("media_url")
    if not url.startswith(("http://", "https://")) or call.body.get("media_type") not in (1, 2):
        raise PlatformError(40097)
    # A picture cannot be understood here; its address may say what it is.
    suggest: str = next((word for word in ("risky", "review") if word in url), texts.judge(url)[0])
    if "content" in (fired := _fire(world, call, who, MEDIA_PATH)):
        suggest, _ = _told(fired)
    trace_id = trace()
    world.checker.accept(trace_id, who, url, suggest, world.settings.media_check_delay)
    return {"errcode": 0, "errmsg": "ok", "trace_id": trace_id}


def trace() -> str:
    noise = secrets.token_hex(12)
    return f"{noise[:8]}-{noise[8:16]}-{noise[16:]}"
