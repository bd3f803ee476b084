"""Messages that people agreed to: one-time subscribe messages of the mini-program, notices of the service account."""

from sandbox import cards, consents, messages, people, subscription_events, texts
from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.faults import Fired, Situation
from sandbox.messages import Draft
from sandbox.mishaps import SEND
from sandbox.people import Identity
from sandbox.records import Template
from sandbox.templates import linked_page, status_of
from sandbox.world import World

PATH = "/cgi-bin/message/subscribe/send"
NOTICE_PATH = "/cgi-bin/message/subscribe/bizsend"
_STATES = ("formal", "trial", "developer")
_LANGUAGES = ("zh_CN", "en_US", "zh_HK", "zh_TW")


def send(world: World, call: Call) -> dict[str, object]:
    texts.refuse_escapes(call.raw)
    who = _receiver(world, call)
    template = cards.template_of(call, "one_time")
    state = _one_of(call, "miniprogram_state", _STATES)
    _one_of(call, "lang", _LANGUAGES)
    page = call.text("page")
    # Only the released version is compared with what was published.
    if page and state == "formal" and not cards.published(world, who.appid, page):
        raise PlatformError(41030)
    miniprogram = {"appid": who.appid, "pagepath": page} if page else None
    return _send(world, call, who, template, miniprogram=miniprogram, url=None)


def send_notice(world: World, call: Call) -> dict[str, object]:
    texts.refuse_escapes(call.raw)
    who = _receiver(world, call)
    template = cards.template_of(call, "notice")
    miniprogram = linked_page(world, call)
    return _send(
        world,
        call,
        who,
        template,
        miniprogram=miniprogram,
        url=None if miniprogram else call.text("page") or None,
    )


def _receiver(world: World, call: Call) -> Identity:
    if not call.body.get("touser"):
        raise PlatformError(40003)
    who = people.by_openid(world.store, call.caller.appid, call.text("touser"))
    if who is None:
        raise PlatformError(40003)
    return who


def _one_of(call: Call, name: str, allowed: tuple[str, ...]) -> str:
    value = call.body.get(name, allowed[0])
    if value not in allowed:
        raise PlatformError(40097)
    return str(value)


def _send(
    world: World,
    call: Call,
    who: Identity,
    template: Template,
    *,
    miniprogram: dict[str, str] | None,
    url: str | None,
) -> dict[str, object]:
    rows = cards.rows_of(template, call)
    if template.banned:
        raise PlatformError(43107)
    fired = world.faults.fire(Situation(call.path, who.appid, who.openid, template.id), SEND)
    call.faults += fired.by_kind
    _refuse(fired)
    cards.refuse_words(world, who, template, rows)
    consents.use(world.store, who, template.id)
    draft = Draft(
        "subscribe",
        _status(who, fired),
        template_id=template.id,
        title=template.title,
        rows=rows,
        url=url,
        miniprogram=miniprogram,
    )
    return _accept(world, call, who, template, draft)


def _refuse(fired: Fired) -> None:
    for kind, code in (("refuse_user", None), ("block_content", None), ("unsubscribed_midway", 43101)):
        if kind in fired:
            raise PlatformError(code or fired.code(kind))


def _status(who: Identity, fired: Fired) -> str:
    """There is no review here: what would be reviewed is simply delivered."""
    status = status_of(who, fired)
    return messages.DELIVERED if status == messages.IN_REVIEW else status


def _accept(world: World, call: Call, who: Identity, template: Template, draft: Draft) -> dict[str, object]:
    call.msgid = world.msgids.next()
    messages.add(world.store, world.clock, who, draft, msgid=call.msgid)
    world.store.count("subscribe_sends")
    cards.count_day(world, who.appid, template.id, sent=1, failed=int(draft.status != messages.DELIVERED))
    world.hub.notify()
    subscription_events.sent(
        world, call.caller, who, template.id, msgid=call.msgid, delivered=draft.status == messages.DELIVERED
    )
    return {"errcode": 0, "errmsg": "ok", "msgid": call.msgid}
