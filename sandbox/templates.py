"""Template messages of the service account."""

from sandbox import cards, messages, people, texts
from sandbox.callbacks import Push
from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.events import message
from sandbox.faults import Fired, Situation
from sandbox.following import leave
from sandbox.messages import Draft
from sandbox.mishaps import SEND
from sandbox.people import Identity
from sandbox.records import Template
from sandbox.world import World

PATH = "/cgi-bin/message/template/send"
DEDUPLICATED_FOR = 600


def send(world: World, call: Call) -> dict[str, object]:
    texts.refuse_escapes(call.raw)
    who = _receiver(world, call)
    template = cards.template_of(call, "template")
    rows = cards.rows_of(template, call, blank=40250)
    miniprogram = linked_page(world, call)
    if (earlier := _earlier(world, call, who)) is not None:
        return earlier
    fired = world.faults.fire(Situation(PATH, who.appid, who.openid, template.id), SEND)
    call.faults += fired.by_kind
    _refuse(world, call, who, fired)
    if template.banned:
        raise PlatformError(43107)
    if "block_content" in fired:
        cards.note_blocked(world, who, template, rows)
        raise PlatformError(fired.code("block_content"))
    cards.refuse_words(world, who, template, rows)
    status = status_of(who, fired)
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
    return _accept(world, call, who, template, draft, fired)


def _accept(
    world: World, call: Call, who: Identity, template: Template, draft: Draft, fired: Fired
) -> dict[str, object]:
    call.msgid = world.msgids.next()
    message_id = messages.add(world.store, world.clock, who, draft, msgid=call.msgid)
    world.store.count("template_sends")
    failed = draft.status not in (messages.DELIVERED, messages.IN_REVIEW)
    cards.count_day(world, who.appid, template.id, sent=1, failed=int(failed))
    world.hub.notify()
    _post_job_event(
        world, call, who, fired, message_id=message_id, status=draft.status, template_id=template.id
    )
    if draft.status == messages.IN_REVIEW:
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


def linked_page(world: World, call: Call) -> dict[str, str] | None:
    """The page of a mini-program that is linked to the account."""
    given = call.body.get("miniprogram")
    if not given:
        return None
    if not isinstance(given, dict):
        raise PlatformError(47001)
    appid, page = str(given.get("appid", "")), str(given.get("pagepath", ""))
    if appid not in call.caller.linked_minis or world.accounts.get(appid) is None:
        raise PlatformError(40013)
    if not cards.published(world, appid, page):
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


def _refuse(world: World, call: Call, who: Identity, fired: Fired) -> None:
    if "unsubscribed_midway" in fired:
        leave(world, call.caller, who)
        raise PlatformError(43004)
    if "refuse_user" in fired:
        raise PlatformError(fired.code("refuse_user"))


def status_of(who: Identity, fired: Fired) -> str:
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
