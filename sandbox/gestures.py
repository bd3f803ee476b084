"""One request to act on a phone, turned into the act."""

from collections.abc import Callable, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox import acts, chats, people, sheets
from sandbox.acts import Done
from sandbox.codes import CodeKind
from sandbox.people import Identity
from sandbox.records import Account
from sandbox.refusals import NotPossible, Unknown
from sandbox.world import World


class Gesture(BaseModel):
    model_config = ConfigDict(extra="forbid")

    act: str
    appid: str | None = None
    scene: str = Field("", max_length=64)
    ticket: str = ""
    key: str = ""
    url: str = ""
    text: str = Field("", max_length=2000)
    scope: Literal["snsapi_base", "snsapi_userinfo"] = "snsapi_base"
    id: int = 0
    choice: str = ""
    media_id: str = ""
    latitude: float = Field(23.129112, ge=-90, le=90)
    longitude: float = Field(113.264385, ge=-180, le=180)
    label: str = Field("", max_length=200)
    page: str = Field("", max_length=1024)
    query: str = Field("", max_length=1024)
    session_from: str = Field("", max_length=1024)
    templates: list[str] = []
    template_id: str = ""
    decision: Literal["accept", "reject"] | None = None
    always: bool = False
    snapshot: bool = False
    revoke_info: str = Field("6", max_length=64)


Act = Callable[[World, Account, Identity, Gesture], Done]


def perform(world: World, user_id: str, gesture: Gesture) -> Done:
    act = _BY_HAND.get(gesture.act) or _BY_OPERATOR.get(gesture.act)
    if act is None:
        raise NotPossible(f"unknown act {gesture.act!r}; known: {', '.join((*_BY_HAND, *_BY_OPERATOR))}")
    account = _account(world, gesture)
    who = people.by_user(world.store, account.appid, user_id)
    if who is None:
        raise Unknown(f"no user {user_id!r}")
    with world.store.writing():
        return act(world, account, who, gesture)


def _account(world: World, gesture: Gesture) -> Account:
    if gesture.appid:
        account = world.accounts.get(gesture.appid)
    else:
        mini = gesture.act in _IN_MINI_PROGRAM
        account = world.accounts.mini() if mini else world.accounts.service()
    if account is None:
        raise Unknown("no such account")
    return account


def _scan(world: World, account: Account, who: Identity, gesture: Gesture) -> Done:
    if gesture.text:
        return acts.scan_text(world, who, gesture.text)
    return acts.scan(world, account, who, scene=gesture.scene, ticket=gesture.ticket)


def _send_location(world: World, account: Account, who: Identity, gesture: Gesture) -> Done:
    return chats.send_location(
        world,
        account,
        who,
        latitude=gesture.latitude,
        longitude=gesture.longitude,
        label=gesture.label,
    )


def _consent(world: World, account: Account, who: Identity, gesture: Gesture) -> Done:
    return sheets.decide(
        world,
        account,
        who,
        templates=gesture.templates,
        decision=gesture.decision,
        always=gesture.always,
    )


def _code(kind: CodeKind) -> Act:
    def take(world: World, account: Account, who: Identity, gesture: Gesture) -> Done:
        scope = gesture.scope if kind == "oauth" else ""
        return acts.take_code(world, account, who, kind, scope, snapshot=gesture.snapshot)

    return take


def _required(value: str, name: str) -> str:
    if not value:
        raise NotPossible(f"{name} is missing")
    return value


# What the owner of a phone may do without the control secret.
_BY_HAND: Mapping[str, Act] = {
    "follow": lambda world, account, who, _: acts.follow(world, account, who),
    "unfollow": lambda world, account, who, _: acts.unfollow(world, account, who),
    "scan": _scan,
    "menu_click": lambda world, account, who, g: acts.menu_click(
        world, account, who, key=_required(g.key, "key")
    ),
    "menu_view": lambda world, account, who, g: acts.menu_view(
        world, account, who, url=_required(g.url, "url")
    ),
    "menu_mini": lambda world, account, who, g: acts.menu_mini(
        world, account, who, page=_required(g.page, "page")
    ),
    "send_text": lambda world, account, who, g: chats.send_text(
        world, account, who, text=_required(g.text, "text")
    ),
    "send_image": lambda world, account, who, g: chats.send_image(world, account, who, media_id=g.media_id),
    "send_location": _send_location,
    "report_location": lambda world, account, who, g: acts.report_location(
        world, account, who, g.latitude, g.longitude
    ),
    "tap_message": lambda world, _account, who, g: acts.tap_message(world, who, g.id),
    "tap_menu": lambda world, account, who, g: chats.tap_menu(
        world, account, who, message_id=g.id, choice=_required(g.choice, "choice")
    ),
    "open_mini": lambda world, _account, who, g: acts.open_mini(world, who, page=g.page, query=g.query),
    "open_link": lambda world, _account, who, g: acts.open_link(world, who, _required(g.url, "url")),
    "enter_session": lambda world, account, who, g: acts.enter_session(
        world, account, who, session_from=g.session_from
    ),
    "consent": _consent,
    "refuse_template": lambda world, account, who, g: sheets.refuse(
        world, account, who, _required(g.template_id, "template_id")
    ),
    "allow_template": lambda world, account, who, g: sheets.allow(
        world, account, who, _required(g.template_id, "template_id")
    ),
    "block_push": lambda world, _account, who, _g: acts.set_blocked_push(world, who, blocked=True),
    "unblock_push": lambda world, _account, who, _g: acts.set_blocked_push(world, who, blocked=False),
    "snapshot": lambda world, _account, who, _g: acts.set_snapshot(world, who, snapshot=True),
    "unsnapshot": lambda world, _account, who, _g: acts.set_snapshot(world, who, snapshot=False),
    "revoke_authorization": lambda world, account, who, g: acts.tell_of_person(
        world, account, who, "user_authorization_revoke", RevokeInfo=g.revoke_info
    ),
    "modify_user_info": lambda world, account, who, _g: acts.tell_of_person(
        world, account, who, "user_info_modified"
    ),
    "cancel_account": lambda world, account, who, _g: acts.tell_of_person(
        world, account, who, "user_authorization_cancellation"
    ),
    # What the bridge of a mini-program's pane asks for; worth nothing without the account's secret.
    "login_code": _code("login"),
    "phone_code": _code("phone"),
}
BY_HAND = frozenset(_BY_HAND)
# The black list is the account's, and web authorisation has a page of its own.
_BY_OPERATOR: Mapping[str, Act] = {
    "blacklist": lambda world, _account, who, _g: acts.set_blacklisted(world, who, blacklisted=True),
    "unblacklist": lambda world, _account, who, _g: acts.set_blacklisted(world, who, blacklisted=False),
    "oauth_code": _code("oauth"),
}
_IN_MINI_PROGRAM = frozenset(
    {
        "login_code",
        "phone_code",
        "open_mini",
        "enter_session",
        "consent",
        "refuse_template",
        "allow_template",
        "revoke_authorization",
        "modify_user_info",
        "cancel_account",
    }
)
