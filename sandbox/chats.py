"""What a person says to an account: text, pictures, places, and answers to a menu in the chat."""

from collections.abc import Mapping

from sandbox import media, messages, pictures, windows
from sandbox.acts import Done, must_follow
from sandbox.callbacks import Push
from sandbox.calls import Upload
from sandbox.events import message
from sandbox.messages import Draft
from sandbox.people import Identity
from sandbox.records import Account
from sandbox.refusals import NotPossible
from sandbox.world import World


def send_text(
    world: World, account: Account, who: Identity, *, text: str, menu_choice: str | None = None
) -> Done:
    extra = {} if menu_choice is None else {"bizmsgmenuid": menu_choice}
    return _say(world, account, who, "text", Draft("user", text=text), {"Content": text, **extra})


def send_image(world: World, account: Account, who: Identity, *, media_id: str) -> Done:
    if media_id and media.find(world, account.appid, media_id) is None:
        raise NotPossible("no such picture, or it has expired")
    if not media_id:
        photo = Upload("photo.jpg", pictures.sample_photo())
        media_id = media.keep(world, account.appid, "image", "image/jpeg", photo)
    picture = media.address(world, media_id)
    draft = Draft("user", text="[图片]", kind="image", content={"picture": picture, "media_id": media_id})
    said = _say(world, account, who, "image", draft, {"PicUrl": picture, "MediaId": media_id})
    return {**said, "media_id": media_id, "picture": picture}


def send_location(
    world: World, account: Account, who: Identity, *, latitude: float, longitude: float, label: str
) -> Done:
    place: dict[str, object] = {"latitude": latitude, "longitude": longitude, "label": label}
    draft = Draft("user", text=label or "[位置]", kind="location", content=place)
    fields: dict[str, str | int] = {
        "Location_X": f"{latitude:.6f}",
        "Location_Y": f"{longitude:.6f}",
        "Scale": 16,
        "Label": label,
    }
    return _say(world, account, who, "location", draft, fields)


def tap_menu(world: World, account: Account, who: Identity, *, message_id: int, choice: str) -> Done:
    """One tap on an entry says its text, and carries the entry's id."""
    shown = messages.get(world.store, message_id)
    if shown is None or shown.openid != who.openid or shown.kind != "msgmenu" or shown.content is None:
        raise NotPossible("no such menu in this chat")
    choices = shown.content.get("choices")
    for entry in choices if isinstance(choices, list) else []:
        if entry["id"] == choice:
            messages.mark_tapped(world.store, message_id, world.clock.stamp())
            return send_text(world, account, who, text=entry["content"], menu_choice=choice)
    raise NotPossible("no such entry in this menu")


def _say(
    world: World, account: Account, who: Identity, kind: str, draft: Draft, fields: Mapping[str, str | int]
) -> Done:
    if account.kind == "service":
        must_follow(who)
    windows.open_window(world.store, who, "message", world.clock.now())
    message_id = messages.add(world.store, world.clock, who, draft)
    msgid = world.msgids.next()
    body = message(account, who.openid, world.clock.stamp(), kind, **fields, MsgId=msgid)
    world.courier.post(Push(account.appid, who.openid, kind, body, wants_reply=True))
    world.hub.notify()
    return {"msgid": str(msgid), "id": message_id}
