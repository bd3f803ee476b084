"""Who begins and who ends to follow, and what the account is told of it."""

from sandbox import messages, people, windows
from sandbox.callbacks import Push
from sandbox.events import Node, message
from sandbox.messages import Draft
from sandbox.people import Identity
from sandbox.records import Account
from sandbox.world import World


def push(world: World, account: Account, who: Identity, event: str, **fields: Node) -> None:
    body = message(account, who.openid, world.clock.stamp(), "event", Event=event, **fields)
    world.courier.post(Push(account.appid, who.openid, event, body, wants_reply=event == "CLICK"))
    world.hub.notify()


def join(world: World, account: Account, who: Identity, *, key: str, ticket: str | None) -> None:
    now = world.clock.now()
    scene = "ADD_SCENE_QR_CODE" if ticket else "ADD_SCENE_SEARCH"
    people.set_following(world.store, who, now, scene=scene, qr_scene=key.removeprefix("qrscene_"))
    windows.open_window(world.store, who, "follow", now)
    messages.add(world.store, world.clock, who, Draft("system", text=f"你已关注{account.name}"))
    extra = {"Ticket": ticket} if ticket else {}
    push(world, account, who, "subscribe", EventKey=key, **extra)


def leave(world: World, account: Account, who: Identity) -> None:
    people.set_not_following(world.store, who)
    push(world, account, who, "unsubscribe", EventKey="")
