"""What a person does with the phone; most of it the service learns by a push."""

import secrets

from sandbox import codes, messages, people, qrcodes, windows
from sandbox.callbacks import Push
from sandbox.events import message
from sandbox.messages import Draft
from sandbox.people import Identity
from sandbox.records import Account
from sandbox.world import World

Done = dict[str, object]


class NotPossible(ValueError):
    """The act makes no sense for this person now."""


def follow(world: World, account: Account, who: Identity) -> Done:
    if who.follows:
        return {"changed": False}
    _begin_following(world, account, who, key="", ticket=None)
    return {"changed": True}


def unfollow(world: World, account: Account, who: Identity) -> Done:
    if not who.follows:
        return {"changed": False}
    people.set_not_following(world.store, who)
    _push(world, account, who, "unsubscribe", EventKey="")
    return {"changed": True}


def scan(world: World, account: Account, who: Identity, *, scene: str, ticket: str) -> Done:
    """A stranger who scans becomes a follower with `qrscene_X`; a follower comes back with `X`."""
    code = qrcodes.find(world, ticket=ticket or None, scene=scene or None)
    if code is None and not scene:
        raise NotPossible("no such code, or it has expired")
    scene, ticket = (code.scene, code.ticket) if code else (scene, f"gQE{secrets.token_urlsafe(60)}")
    if not who.follows:
        _begin_following(world, account, who, key=f"qrscene_{scene}", ticket=ticket)
        return {"event": "subscribe", "scene": scene}
    windows.open_window(world.store, who, "scan", world.clock.now())
    _push(world, account, who, "SCAN", EventKey=scene, Ticket=ticket)
    return {"event": "SCAN", "scene": scene}


def _begin_following(world: World, account: Account, who: Identity, *, key: str, ticket: str | None) -> None:
    now = world.clock.now()
    scene = "ADD_SCENE_QR_CODE" if ticket else "ADD_SCENE_SEARCH"
    people.set_following(world.store, who, now, scene=scene, qr_scene=key.removeprefix("qrscene_"))
    windows.open_window(world.store, who, "follow", now)
    messages.add(world.store, world.clock, who, Draft("system", text=f"你已关注{account.name}"))
    extra = {"Ticket": ticket} if ticket else {}
    _push(world, account, who, "subscribe", EventKey=key, **extra)


def menu_click(world: World, account: Account, who: Identity, *, key: str) -> Done:
    _must_follow(who)
    windows.open_window(world.store, who, "click", world.clock.now())
    _push(world, account, who, "CLICK", EventKey=key)
    return {"event": "CLICK"}


def menu_view(world: World, account: Account, who: Identity, *, url: str) -> Done:
    _must_follow(who)
    _push(world, account, who, "VIEW", EventKey=url)
    return {"event": "VIEW", "url": url}


def send_text(world: World, account: Account, who: Identity, *, text: str) -> Done:
    if account.kind == "service":
        _must_follow(who)
    windows.open_window(world.store, who, "message", world.clock.now())
    messages.add(world.store, world.clock, who, Draft("user", text=text))
    msgid = world.msgids.next()
    body = message(account, who.openid, world.clock.stamp(), "text", Content=text, MsgId=msgid)
    world.courier.post(Push(account.appid, who.openid, "text", body, wants_reply=True))
    world.hub.notify()
    return {"msgid": str(msgid)}


def set_blocked_push(world: World, who: Identity, *, blocked: bool) -> Done:
    people.set_blocked_push(world.store, who, blocked)
    return {"blocked_push": blocked}


def set_blacklisted(world: World, who: Identity, *, blacklisted: bool) -> Done:
    people.set_blacklisted(world.store, who, blacklisted)
    return {"blacklisted": blacklisted}


def take_code(world: World, account: Account, who: Identity, kind: codes.CodeKind, scope: str = "") -> Done:
    return {"code": codes.issue(world, kind, account.appid, who.user_id, scope)}


def tap_message(world: World, who: Identity, message_id: int) -> Done:
    tapped = messages.get(world.store, message_id)
    if tapped is None or tapped.user != who.user_id:
        raise NotPossible("no such message on this phone")
    messages.mark_tapped(world.store, message_id, world.clock.stamp())
    return {"url": tapped.url, "miniprogram": tapped.miniprogram}


def _must_follow(who: Identity) -> None:
    if not who.follows:
        raise NotPossible("does not follow the account")


def _push(world: World, account: Account, who: Identity, event: str, **fields: str | int) -> None:
    body = message(account, who.openid, world.clock.stamp(), "event", Event=event, **fields)
    world.courier.post(Push(account.appid, who.openid, event, body, wants_reply=event == "CLICK"))
    world.hub.notify()
