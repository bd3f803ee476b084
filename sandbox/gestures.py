"""One request to act on a phone, turned into the act."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox import acts, people
from sandbox.acts import Done, NotPossible
from sandbox.codes import CodeKind
from sandbox.people import Identity
from sandbox.records import Account
from sandbox.world import World

Name = Literal[
    "follow",
    "unfollow",
    "scan",
    "menu_click",
    "menu_view",
    "send_text",
    "tap_message",
    "block_push",
    "unblock_push",
    "blacklist",
    "unblacklist",
    "login_code",
    "oauth_code",
    "phone_code",
]
# What the owner of a phone may do without the control secret; codes and the black list are not among it.
BY_HAND = frozenset(
    {
        "follow",
        "unfollow",
        "scan",
        "menu_click",
        "menu_view",
        "send_text",
        "tap_message",
        "block_push",
        "unblock_push",
    }
)
_IN_MINI_PROGRAM = frozenset({"login_code", "phone_code"})
_CODES: dict[Name, CodeKind] = {"login_code": "login", "oauth_code": "oauth", "phone_code": "phone"}


class Gesture(BaseModel):
    model_config = ConfigDict(extra="forbid")

    act: Name
    appid: str | None = None
    scene: str = ""
    ticket: str = ""
    key: str = ""
    url: str = ""
    text: str = Field("", max_length=2000)
    scope: Literal["snsapi_base", "snsapi_userinfo"] = "snsapi_base"
    id: int = 0


class Unknown(LookupError):
    """No such user or account."""


def perform(world: World, user_id: str, gesture: Gesture) -> Done:
    account = _account(world, gesture)
    who = people.by_user(world.store, account.appid, user_id)
    if who is None:
        raise Unknown(f"no user {user_id!r}")
    with world.store.writing():
        return _perform(world, account, who, gesture)


def _account(world: World, gesture: Gesture) -> Account:
    if gesture.appid:
        account = world.accounts.get(gesture.appid)
    else:
        mini = gesture.act in _IN_MINI_PROGRAM
        account = world.accounts.mini() if mini else world.accounts.service()
    if account is None:
        raise Unknown("no such account")
    return account


def _perform(world: World, account: Account, who: Identity, gesture: Gesture) -> Done:
    match gesture.act:
        case "follow":
            return acts.follow(world, account, who)
        case "unfollow":
            return acts.unfollow(world, account, who)
        case "scan":
            return acts.scan(world, account, who, scene=gesture.scene, ticket=gesture.ticket)
        case "menu_click":
            return acts.menu_click(world, account, who, key=_required(gesture.key, "key"))
        case "menu_view":
            return acts.menu_view(world, account, who, url=_required(gesture.url, "url"))
        case "send_text":
            return acts.send_text(world, account, who, text=_required(gesture.text, "text"))
        case "tap_message":
            return acts.tap_message(world, who, gesture.id)
        case "block_push" | "unblock_push":
            return acts.set_blocked_push(world, who, blocked=gesture.act == "block_push")
        case "blacklist" | "unblacklist":
            return acts.set_blacklisted(world, who, blacklisted=gesture.act == "blacklist")
        case _:
            scope = gesture.scope if gesture.act == "oauth_code" else ""
            return acts.take_code(world, account, who, _CODES[gesture.act], scope)


def _required(value: str, name: str) -> str:
    if not value:
        raise NotPossible(f"{name} is missing")
    return value
