"""The menu bar under the official account's chat: three buttons, five entries each."""

from dataclasses import dataclass, replace

from sandbox import texts
from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.world import World


@dataclass(frozen=True, slots=True)
class _Limits:
    """Sizes in bytes of UTF-8, and the codes that refuse them."""

    name: int
    type_error: int
    name_error: int
    key_error: int
    url_error: int


_BUTTON = _Limits(name=16, type_error=40017, name_error=40018, key_error=40019, url_error=40020)
_ENTRY = _Limits(name=60, type_error=40024, name_error=40025, key_error=40026, url_error=40027)
_KEY = 128
_URL = 1024
_KEYED = frozenset(
    {
        "click",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    }
)


def create(world: World, call: Call) -> dict[str, object]:
    texts.refuse_escapes(call.raw)
    buttons = call.body.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise PlatformError(40016)
    for button in buttons:
        _check_button(button)
    world.accounts.save(replace(call.caller, menu=buttons))
    world.hub.notify()
    return {"errcode": 0, "errmsg": "ok"}


def get(_world: World, call: Call) -> dict[str, object]:
    if not call.caller.menu:
        raise PlatformError(46003)
    return {"menu": {"button": call.caller.menu}}


def delete(world: World, call: Call) -> dict[str, object]:
    world.accounts.save(replace(call.caller, menu=[]))
    world.hub.notify()
    return {"errcode": 0, "errmsg": "ok"}


def _check_button(button: object) -> None:
    if not isinstance(button, dict):
        raise PlatformError(47001)
    entries = button.get("sub_button") or []
    if not entries:
        _check_entry(button, _BUTTON)
        return
    _check_name(button, _BUTTON)
    if not isinstance(entries, list) or len(entries) > 5:
        raise PlatformError(40023)
    for entry in entries:
        if not isinstance(entry, dict):
            raise PlatformError(47001)
        _check_entry(entry, _ENTRY)


def _check_name(entry: dict[str, object], limits: _Limits) -> None:
    if not 1 <= _size(entry.get("name")) <= limits.name:
        raise PlatformError(limits.name_error)


def _check_entry(entry: dict[str, object], limits: _Limits) -> None:
    _check_name(entry, limits)
    kind = entry.get("type")
    if kind in _KEYED:
        if not 1 <= _size(entry.get("key")) <= _KEY:
            raise PlatformError(limits.key_error)
    elif kind in ("view", "miniprogram"):
        if not 1 <= _size(entry.get("url")) <= _URL:
            raise PlatformError(limits.url_error)
        if kind == "miniprogram" and not (_size(entry.get("appid")) and _size(entry.get("pagepath"))):
            raise PlatformError(limits.type_error)
    elif kind not in ("media_id", "view_limited", "article_id", "article_view_limited"):
        raise PlatformError(limits.type_error)


def _size(value: object) -> int:
    return len(value.encode()) if isinstance(value, str) else 0
