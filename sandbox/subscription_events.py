"""Events of subscriptions, with the platform's oddities: XML wraps the list in an element of its own and JSON
does not; in JSON the numbers, and even the time, are texts."""

from collections.abc import Mapping, Sequence

from sandbox.callbacks import Push
from sandbox.events import message
from sandbox.faults import Situation
from sandbox.mishaps import LISTS
from sandbox.people import Identity
from sandbox.records import Account
from sandbox.world import World

_WRAPPERS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}
Entry = Mapping[str, str | int]


def popup(world: World, account: Account, who: Identity, decisions: Mapping[str, str]) -> None:
    scene = 0 if account.kind == "mini" else 1
    entries: list[Entry] = [
        {"TemplateId": template_id, "SubscribeStatusString": decision, "PopupScene": scene}
        for template_id, decision in decisions.items()
    ]
    _post(world, account, who, "subscribe_msg_popup_event", entries)


def rejected(world: World, account: Account, who: Identity, template_id: str) -> None:
    entry = {"TemplateId": template_id, "SubscribeStatusString": "reject"}
    _post(world, account, who, "subscribe_msg_change_event", [entry])


def sent(
    world: World, account: Account, who: Identity, template_id: str, *, msgid: int, delivered: bool
) -> None:
    entry: dict[str, str | int] = {
        "TemplateId": template_id,
        "MsgID": str(msgid),
        "ErrorCode": 0 if delivered else 1,
        "ErrorStatus": "success" if delivered else "failed",
    }
    delay = world.event_delay()
    _post(world, account, who, "subscribe_msg_sent_event", [entry], delay=delay, template_id=template_id)


def _post(
    world: World,
    account: Account,
    who: Identity,
    event: str,
    entries: Sequence[Entry],
    *,
    delay: float = 0.0,
    template_id: str | None = None,
) -> None:
    situation = Situation("", account.appid, who.openid, template_id, event)
    apart = account.format == "json" and "cb_list_as_object" in world.faults.fire(situation, LISTS)
    for part in [[entry] for entry in entries] if apart else [entries]:
        body = _body(world, account, who, event, part, as_object=apart)
        push = Push(account.appid, who.openid, event, body)
        world.courier.post(push, delay=delay, template_id=template_id)
    world.hub.notify()


def _body(
    world: World, account: Account, who: Identity, event: str, entries: Sequence[Entry], *, as_object: bool
) -> str:
    at = world.clock.stamp()
    if account.format == "xml":
        wrapped = {_WRAPPERS[event]: {"List": entries}}
        return message(account, who.openid, at, "event", Event=event, **wrapped)
    listed = [{name: str(value) for name, value in entry.items()} for entry in entries]
    return message(
        account,
        who.openid,
        at,
        "event",
        Event=event,
        List=listed[0] if as_object else listed,
        CreateTime=str(int(at)),
    )
