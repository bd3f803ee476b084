"""Template messages of the official account."""

from sandbox import fields, messages, people
from sandbox.callbacks import Push
from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.events import message
from sandbox.faults import SEND, Fired, Situation
from sandbox.messages import CardRow, Draft
from sandbox.people import Identity
from sandbox.records import Template, TemplateField
from sandbox.world import World

PATH = "/cgi-bin/message/template/send"
DEDUPLICATED_FOR = 600


def send(world: World, call: Call) -> dict[str, object]:
    who = _receiver(world, call)
    template = _template(call)
    rows = _rows(template, call)
    miniprogram = _miniprogram(world, call)
    if (earlier := _earlier(world, call, who)) is not None:
        return earlier
    fired = world.faults.fire(Situation(PATH, who.appid, who.openid, template.id), SEND)
    call.faults += fired.by_kind
    _refuse(fired)
    status = _status(who, fired)
    draft = Draft(
        "template",
        status,
        template_id=template.id,
        title=template.title,
        rows=rows,
        # With both given the mini-program wins.
        url=None if miniprogram else call.text("url") or None,
        miniprogram=miniprogram,
        client_msg_id=call.text("client_msg_id") or None,
    )
    call.msgid = world.msgids.next()
    message_id = messages.add(world.store, world.clock, who, draft, msgid=call.msgid)
    world.store.count("template_sends")
    world.hub.notify()
    _post_job_event(world, call, who, fired, message_id=message_id, status=status, template_id=template.id)
    if status == messages.IN_REVIEW:
        raise PlatformError(40252)
    return _accepted(call.msgid)


def _receiver(world: World, call: Call) -> Identity:
    openid = call.body.get("touser")
    if not openid:
        raise PlatformError(41009)
    who = people.by_openid(world.store, call.caller.appid, call.text("touser"))
    if who is None:
        raise PlatformError(40003)
    if not who.follows:
        raise PlatformError(43004)
    if who.blacklisted:
        raise PlatformError(43019)
    return who


def _template(call: Call) -> Template:
    template_id = call.text("template_id")
    if not template_id:
        raise PlatformError(40036)
    template = call.caller.template(template_id)
    if template is None:
        raise PlatformError(40037)
    return template


def _rows(template: Template, call: Call) -> tuple[CardRow, ...]:
    """The card's rows; `first`, `remark`, colours and unknown names are dropped without a word."""
    data = call.body.get("data")
    if not isinstance(data, dict):
        raise PlatformError(47001)
    return tuple(CardRow(field.label, _value(data, field)) for field in template.fields)


def _value(data: dict[str, object], field: TemplateField) -> str:
    entry = data.get(field.name, {})
    if not isinstance(entry, dict):
        raise PlatformError(47001)
    value = entry.get("value", "")
    if not isinstance(value, str):
        raise PlatformError(47001)
    if not value.strip():
        raise PlatformError(47003, f"argument invalid! data.{field.name}.value is empty")
    if not fields.valid(field, value):
        raise PlatformError(47003, f"argument invalid! data.{field.name}.value invalid")
    return value


def _miniprogram(world: World, call: Call) -> dict[str, str] | None:
    given = call.body.get("miniprogram")
    if not given:
        return None
    if not isinstance(given, dict):
        raise PlatformError(47001)
    appid, page = str(given.get("appid", "")), str(given.get("pagepath", ""))
    mini = world.accounts.get(appid)
    if appid not in call.caller.linked_minis or mini is None:
        raise PlatformError(40013)
    if mini.pages and page.partition("?")[0].lstrip("/") not in mini.pages:
        raise PlatformError(40165)
    return {"appid": appid, "pagepath": page}


def _earlier(world: World, call: Call, who: Identity) -> dict[str, object] | None:
    """The answer of the first send with this client_msg_id: the user sees one card."""
    client_msg_id = call.text("client_msg_id")
    after = world.clock.now() - DEDUPLICATED_FOR
    sent = messages.find_sent(world.store, who, client_msg_id, after=after) if client_msg_id else None
    if sent is None:
        return None
    call.deduplicated = True
    world.store.count("deduplicated")
    msgid, status = sent
    if status == messages.IN_REVIEW:
        raise PlatformError(40252)
    call.msgid = msgid
    return _accepted(msgid)


def _accepted(msgid: int) -> dict[str, object]:
    return {"errcode": 0, "errmsg": "ok", "msgid": msgid}


def _refuse(fired: Fired) -> None:
    for kind in ("refuse_user", "block_content"):
        if kind in fired:
            raise PlatformError(fired.code(kind))


def _status(who: Identity, fired: Fired) -> str:
    if who.blocked_push:
        return messages.BLOCKED_BY_USER
    if "review" in fired:
        return messages.IN_REVIEW
    if "job_failed" in fired:
        return fired.text("job_failed")
    return messages.DELIVERED


def _post_job_event(
    world: World, call: Call, who: Identity, fired: Fired, *, message_id: int, status: str, template_id: str
) -> None:
    if status == messages.IN_REVIEW and not fired.flag("review", "approve", True):
        return
    job_status = "success" if status in (messages.DELIVERED, messages.IN_REVIEW) else status
    body = message(
        call.caller,
        who.openid,
        world.clock.stamp(),
        "event",
        Event="TEMPLATESENDJOBFINISH",
        MsgID=call.msgid or 0,
        Status=job_status,
    )
    push = Push(who.appid, who.openid, "TEMPLATESENDJOBFINISH", body, message_id)
    early = "event_before_response" in fired
    delay = fired.number("review") if status == messages.IN_REVIEW else 0 if early else world.event_delay()
    callback_id = world.courier.post(push, delay=delay, path=PATH, template_id=template_id)
    call.first_deliver = callback_id if early else None
