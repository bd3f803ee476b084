"""What a person does with the phone around an account; most of it the service learns by a push."""

import secrets
from dataclasses import replace

import orjson

from sandbox import codes, following, links, messages, people, qrcodes, windows
from sandbox.callbacks import Push
from sandbox.events import Node, message
from sandbox.following import push
from sandbox.links import Link
from sandbox.people import Identity
from sandbox.records import Account
from sandbox.refusals import NotPossible
from sandbox.world import World

Done = dict[str, object]


def follow(world: World, account: Account, who: Identity) -> Done:
    if who.follows:
        return {"changed": False}
    following.join(world, account, who, key="", ticket=None)
    return {"changed": True}


def unfollow(world: World, account: Account, who: Identity) -> Done:
    if not who.follows:
        return {"changed": False}
    following.leave(world, account, who)
    return {"changed": True}


def scan(world: World, account: Account, who: Identity, *, scene: str, ticket: str) -> Done:
    """A stranger who scans becomes a follower with `qrscene_X`; a follower comes back with `X`."""
    code = qrcodes.find(world, ticket=ticket or None, scene=scene or None)
    if code is None and not scene:
        raise NotPossible("no such code, or it has expired")
    scene, ticket = (code.scene, code.ticket) if code else (scene, f"gQE{secrets.token_urlsafe(60)}")
    if not who.follows:
        following.join(world, account, who, key=f"qrscene_{scene}", ticket=ticket)
        return {"event": "subscribe", "scene": scene}
    windows.open_window(world.store, who, "scan", world.clock.now())
    push(world, account, who, "SCAN", EventKey=scene, Ticket=ticket)
    return {"event": "SCAN", "scene": scene}


def scan_text(world: World, who: Identity, text: str) -> Done:
    """What a camera reads: a code of an account, a way into a mini-program, or just an address."""
    code = qrcodes.find_by_url(world, text)
    if code is not None:
        account, person = _seen_by(world, code.appid, who)
        return {"kind": "account", **scan(world, account, person, scene="", ticket=code.ticket)}
    if links.code_in(text):
        return {"kind": "mini", **open_link(world, who, text)}
    if text.startswith(("http://", "https://")):
        return {"kind": "url", "url": text}
    raise NotPossible("this picture says nothing that WeChat understands")


def _seen_by(world: World, appid: str, who: Identity) -> tuple[Account, Identity]:
    account, person = world.accounts.get(appid), people.by_user(world.store, appid, who.user_id)
    if account is None or person is None:
        raise NotPossible("no such account")
    return account, person


def menu_click(world: World, account: Account, who: Identity, *, key: str) -> Done:
    must_follow(who)
    windows.open_window(world.store, who, "click", world.clock.now())
    push(world, account, who, "CLICK", EventKey=key)
    return {"event": "CLICK"}


def menu_view(world: World, account: Account, who: Identity, *, url: str) -> Done:
    must_follow(who)
    push(world, account, who, "VIEW", EventKey=url)
    return {"event": "VIEW", "url": url}


def menu_mini(world: World, account: Account, who: Identity, *, page: str) -> Done:
    must_follow(who)
    push(world, account, who, "view_miniprogram", EventKey=page, MenuId="1")
    return {"event": "view_miniprogram", "page": page}


def report_location(world: World, account: Account, who: Identity, latitude: float, longitude: float) -> Done:
    must_follow(who)
    place = {"Latitude": f"{latitude:.6f}", "Longitude": f"{longitude:.6f}", "Precision": "30.000000"}
    push(world, account, who, "LOCATION", **place)
    return {"event": "LOCATION"}


def open_mini(world: World, who: Identity, *, page: str, query: str) -> Done:
    path = page + (f"?{query}" if query else "")
    people.set_visited(world.store, who, world.clock.now(), path)
    world.hub.notify()
    return {"appid": who.appid, "path": page, "query": query}


def open_link(world: World, who: Identity, text: str) -> Done:
    link: Link | None = links.open_link(world, links.code_in(text))
    if link is None:
        raise NotPossible("no such link, or it has expired")
    _, person = _seen_by(world, link.appid, who)
    return open_mini(world, person, page=link.path, query=link.query)


def enter_session(world: World, account: Account, who: Identity, *, session_from: str) -> Done:
    """The button that opens the customer service of a mini-program."""
    if account.kind != "mini":
        raise NotPossible("only mini-programs have this button")
    people.set_visited(world.store, who, world.clock.now())
    windows.open_window(world.store, who, "enter", world.clock.now())
    push(world, account, who, "user_enter_tempsession", SessionFrom=session_from)
    return {"event": "user_enter_tempsession"}


def set_blocked_push(world: World, who: Identity, *, blocked: bool) -> Done:
    people.set_blocked_push(world.store, who, blocked)
    return {"blocked_push": blocked}


def set_blacklisted(world: World, who: Identity, *, blacklisted: bool) -> Done:
    people.set_blacklisted(world.store, who, blacklisted)
    return {"blacklisted": blacklisted}


def set_snapshot(world: World, who: Identity, *, snapshot: bool) -> Done:
    people.set_snapshot(world.store, who, snapshot)
    return {"snapshot": snapshot}


def take_code(
    world: World,
    account: Account,
    who: Identity,
    kind: codes.CodeKind,
    scope: str = "",
    *,
    snapshot: bool = False,
) -> Done:
    code = codes.issue(world, kind, account.appid, who.user_id, scope, snapshot=snapshot or who.snapshot)
    return {"code": code}


def tap_message(world: World, who: Identity, message_id: int) -> Done:
    tapped = messages.get(world.store, message_id)
    if tapped is None or tapped.user != who.user_id:
        raise NotPossible("no such message on this phone")
    messages.mark_tapped(world.store, message_id, world.clock.stamp())
    return {"url": tapped.url, "miniprogram": tapped.miniprogram}


def tell_of_person(world: World, account: Account, who: Identity, event: str, **fields: Node) -> Done:
    """Sent by a service of the platform: the person is named inside and not as the sender."""
    platform = replace(who, openid=people.openid_of(account.appid, "platform"))
    push(world, account, platform, event, OpenID=who.openid, AppID=account.appid, **fields)
    return {"event": event}


def must_follow(who: Identity) -> None:
    if not who.follows:
        raise NotPossible("does not follow the account")


def punish(world: World, account: Account, event_type: int, reason: str) -> Done:
    """Not of a person: the platform punishes the mini-program."""
    now = int(world.clock.now())
    body = message(
        account,
        people.openid_of(account.appid, "platform"),
        world.clock.stamp(),
        "event",
        Event="wxa_punish_event",
        event_type=event_type,
        punish_id=secrets.token_hex(8),
        appid=account.appid,
        punish_time=now,
        illegal_reason=reason,
        illegal_content="",
        rule_name="微信小程序平台运营规范",
        rule_url="https://developers.weixin.qq.com/miniprogram/product/",
        adjust_guide_url="https://developers.weixin.qq.com/miniprogram/product/",
        detail=orjson.dumps({"warned_type": 2, "rectify_deadline": now + 7 * 86_400}).decode(),
    )
    world.courier.post(Push(account.appid, "", "wxa_punish_event", body))
    return {"event": "wxa_punish_event"}
