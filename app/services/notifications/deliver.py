"""Take one leased message a step further: send it by the rung that is open, or say why not. No transaction is open."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from app.domain.card import as_sms, as_text, said
from app.domain.conversation import survey
from app.domain.delivery import Decision, Outcome, Verdict, decide, may_send, tomorrow
from app.domain.ladder import Channel, Ladder, hold, ladder_of
from app.domain.notices import PAGE, Kind
from app.domain.quiet import QuietHours
from app.integrations.sms import SmsFailed, SmsGateway
from app.services.notifications.closures import Shut
from app.services.notifications.lease import Leased
from app.services.notifications.reach import Accounts, Identity, Message, Rung, find_rung
from app.services.notifications.trouble import Trouble, trouble_of
from app.wechat.api.conversation import send_menu
from app.wechat.api.messages import send_subscribe, send_template, send_text
from app.wechat.client import AsyncWeChatClient
from app.wechat.errors import ErrorClass, Refused, WeChatError
from app.wechat.templates import Registry, TemplateKind


@dataclass(frozen=True)
class Ways:
    """Everything that a message needs to leave the house."""

    clients: Mapping[str, AsyncWeChatClient]
    registry: Registry
    public_base_url: str
    quiet: QuietHours | None = None
    capped: bool = True
    sms: SmsGateway | None = None
    # What the mini-program's page is called that a notice opens.
    page: str = "pages/ticket/ticket"

    @property
    def accounts(self) -> Accounts:
        return Accounts(self.clients, self.registry, self.sms is not None)

    def url(self, push: Leased) -> str:
        page = push.slots.get(PAGE, f"tickets/{push.number}")
        path = "inbox" if push.bundle > 1 else page
        return f"{self.public_base_url}/h5/{path}"


@dataclass(frozen=True)
class Tried:
    """The end of one try, to be written under the fence of its lease."""

    push: Leased
    decision: Decision
    outcome: str
    # Where it was tried, or would have been.
    channel: Channel = Channel.TEMPLATE
    appid: str | None = None
    openid: str | None = None
    template_id: str | None = None
    # The rung for the next try.
    next_channel: Channel | None = None
    reason: str | None = None
    msgid: str | None = None
    errcode: int | None = None
    errmsg: str | None = None
    rid: str | None = None
    # The person cannot be reached on this channel of the account any more, and why.
    unreachable: str | None = None
    trouble: Trouble | None = None

    @property
    def left_the_house(self) -> bool:
        """Accepted, or perhaps so: what it costs of consents and windows has been paid."""
        return self.outcome in _LEFT


NOT_SENT = "not_sent"
_LEFT = frozenset({Outcome.ACCEPTED.value, ErrorClass.UNKNOWN.value, ErrorClass.REVIEW.value})

_OUTCOMES: Mapping[ErrorClass, Outcome] = MappingProxyType(
    {
        ErrorClass.OK: Outcome.ACCEPTED,
        ErrorClass.REFRESH: Outcome.LATER_MINUTE,
        ErrorClass.SOON: Outcome.SOON,
        ErrorClass.LATER_MINUTE: Outcome.LATER_MINUTE,
        ErrorClass.LATER_DAY: Outcome.LATER_DAY,
        ErrorClass.LATER_MONTH: Outcome.REFUSED,
        ErrorClass.CONFIG: Outcome.REFUSED,
        ErrorClass.PAYLOAD: Outcome.REFUSED,
        ErrorClass.USER: Outcome.REFUSED,
        ErrorClass.REVIEW: Outcome.IN_REVIEW,
        ErrorClass.UNKNOWN: Outcome.UNKNOWN,
        ErrorClass.RESULT: Outcome.REFUSED,
    }
)
_CARDS: Mapping[str, TemplateKind] = MappingProxyType({kind.value: kind for kind in TemplateKind})
# "Changed too frequently, or gone": after so many tries it is gone.
_GONE, _GONE_AFTER = 43100, 5


async def deliver(push: Leased, ways: Ways, now: datetime, shut: Shut = Shut()) -> Tried:
    ladder = ladder_of(push.kind, push.slots)
    if ladder is None:
        return _unsent(push, Decision(Verdict.DEAD, reason="unknown_kind"))
    kept = _kept_back(push, ladder, ways, now)
    if kept is not None:
        return _unsent(push, kept)
    message = _message(push, ladder)
    rung, reason = find_rung(message, ladder.since(push.channel), _candidates(push), ways.accounts, shut)
    if rung is not None and rung.channel is (push.channel or Channel.TEMPLATE):
        return await _send(push, ladder, rung, ways, now, shut)
    if rung is None and not ladder.urgent and _by_quota(push, shut):
        return _unsent(push, Decision(Verdict.DEFER, tomorrow(now), reason="quota"))
    return _elsewhere(push, rung, push.reason or reason, now)


def _by_quota(push: Leased, shut: Shut) -> bool:
    """Whether only the quota of a day keeps a message from its card."""
    return any(shut.by_quota(who.appid, Channel.TEMPLATE) for who in push.identities if who.follows)


def put_back(push: Leased, now: datetime) -> Tried:
    """Not tried at all: a storm came up between the lease and the call."""
    return _unsent(push, Decision(Verdict.RETRY, now, push.history.uncertain_since))


def _kept_back(push: Leased, ladder: Ladder, ways: Ways, now: datetime) -> Decision | None:
    """What becomes of a message that is not to be sent at all now."""
    uncertain = push.history.uncertain_since
    age = now - push.history.created_at
    if push.declined:
        return Decision(Verdict.SUPERSEDED, uncertain_since=uncertain, reason="consent_withdrawn")
    if push.newer and ladder.overtaken_after is not None and age > ladder.overtaken_after:
        return Decision(Verdict.SUPERSEDED, uncertain_since=uncertain, reason="overtaken")
    if not may_send(push.history, push.channel or Channel.TEMPLATE, now):
        return Decision(Verdict.INBOX, uncertain_since=uncertain, reason="outcome_unknown")
    if age > ladder.patience:
        return Decision(Verdict.INBOX, uncertain_since=uncertain, reason="stale")
    # Whoever said when he may be disturbed has said so for the night, too.
    quiet = push.hours if push.hours.spans else ways.quiet
    wait = hold(ladder, push.sent, quiet, now, capped=ways.capped) if uncertain is None else None
    return Decision(Verdict.DEFER, wait.until, reason=wait.reason) if wait else None


def _candidates(push: Leased) -> tuple[Identity, ...]:
    """Whoever may have seen it in one account is not told again in another."""
    if push.history.uncertain_since is None or push.appid is None:
        return push.identities
    return tuple(who for who in push.identities if who.appid == push.appid)


def _message(push: Leased, ladder: Ladder) -> Message:
    state = push.slots.get("state", "")
    return Message(_CARDS.get(push.kind), ladder, state, push.recipient == "customer")


def _elsewhere(push: Leased, rung: Rung | None, reason: str | None, now: datetime) -> Tried:
    """To another rung than the one that this lease stands for, or to none."""
    uncertain = push.history.uncertain_since
    if uncertain is not None:
        return _unsent(push, Decision(Verdict.INBOX, uncertain_since=uncertain, reason="outcome_unknown"))
    if rung is None:
        return _unsent(push, Decision(Verdict.INBOX, reason=reason or "no_wechat_identity"))
    down = _unsent(push, Decision(Verdict.DESCEND, now, reason=reason))
    return replace(down, next_channel=rung.channel)


def _unsent(push: Leased, decision: Decision) -> Tried:
    channel = push.channel or Channel.TEMPLATE
    return Tried(push, decision, NOT_SENT, channel, reason=decision.reason, errmsg=decision.reason)


async def _send(push: Leased, ladder: Ladder, rung: Rung, ways: Ways, now: datetime, shut: Shut) -> Tried:
    tried = Tried(
        push,
        Decision(Verdict.ACCEPTED),
        Outcome.ACCEPTED,
        rung.channel,
        appid=rung.appid or None,
        openid=rung.openid or None,
        template_id=rung.template.template_id if rung.template else None,
    )
    try:
        msgid = await _call(push, rung, ways)
    except WeChatError as error:
        tried = _failed(tried, ladder, error, now)
    except SmsFailed as error:
        verdict = "sms_refused" if error.certain else "outcome_unknown"
        outcome = NOT_SENT if error.certain else ErrorClass.UNKNOWN.value
        tried = replace(
            tried, decision=Decision(Verdict.INBOX), outcome=outcome, reason=verdict, errmsg=str(error)
        )
    except ValueError as error:
        # Nothing of it can be shown on this card; words and the inbox are less particular.
        decision = decide(Outcome.REFUSED, push.history, now, ladder=ladder, channel=rung.channel)
        reason = f"{ErrorClass.PAYLOAD}: {error}"
        tried = replace(tried, decision=decision, outcome=NOT_SENT, reason=reason, errmsg=reason)
    else:
        return replace(tried, msgid=msgid or None)
    return _down(tried, ladder, ways, shut) if tried.decision.verdict is Verdict.DESCEND else tried


def _down(tried: Tried, ladder: Ladder, ways: Ways, shut: Shut) -> Tried:
    """The next rung that is open, or the inbox."""
    message = _message(tried.push, ladder)
    below = ladder.below(tried.channel)
    rung, _ = find_rung(message, below, tried.push.identities, ways.accounts, shut)
    if rung is None:
        return replace(tried, decision=replace(tried.decision, verdict=Verdict.INBOX, retry_at=None))
    return replace(tried, next_channel=rung.channel)


async def _call(push: Leased, rung: Rung, ways: Ways) -> str:
    """The msgid, where there is one."""
    slots, url = said(push.slots, push.bundle), ways.url(push)
    if rung.channel is Channel.SMS:
        if ways.sms is None or not push.phone:
            raise SmsFailed("no phone number or no gateway", certain=True)
        await ways.sms.send(push.phone, as_sms(push.kind, slots, url), push.client_msg_id)
        return ""
    client = ways.clients[rung.appid]
    if push.kind == Kind.CONVERSATION_SURVEY:
        entries = [(choice.id, choice.label) for choice in survey.choices(push.ticket_id)]
        await send_menu(client, rung.openid, survey.QUESTION, entries)
        return ""
    if rung.template is None:
        await send_text(client, rung.openid, as_text(push.kind, slots, url))
        return ""
    data = rung.template.render(slots)
    if rung.channel is Channel.SUBSCRIBE:
        page = f"{ways.page}?number={push.number}"
        return await send_subscribe(client, rung.openid, rung.template.template_id, data, page=page)
    return await send_template(
        client,
        rung.openid,
        rung.template.template_id,
        data,
        url=url,
        client_msg_id=push.client_msg_id,
    )


def _failed(tried: Tried, ladder: Ladder, error: WeChatError, now: datetime) -> Tried:
    outcome = _outcome(error, tried.push.history.attempts)
    decision = decide(
        outcome,
        tried.push.history,
        now,
        ladder=ladder,
        channel=tried.channel,
        retry_after=error.retry_after,
    )
    meaning = error.meaning_zh if isinstance(error, Refused) else error.errmsg
    if isinstance(error, Refused) and not error.known:
        meaning = f"{meaning} {error.errcode}"
    told = decision.verdict is not Verdict.RETRY and decision.verdict is not Verdict.IN_REVIEW
    return replace(
        tried,
        decision=decision,
        outcome=error.cls.value,
        reason=decision.reason or (f"{error.cls}: {meaning}" if told else None),
        errcode=error.errcode,
        errmsg=error.errmsg[:500],
        rid=error.rid,
        unreachable=meaning if error.cls is ErrorClass.USER else None,
        trouble=trouble_of(
            error, outcome, appid=tried.appid or "", channel=tried.channel, template_id=tried.template_id
        ),
    )


def _outcome(error: WeChatError, attempts: int) -> Outcome:
    if isinstance(error, Refused) and not error.known:
        return Outcome.UNHEARD_OF
    if error.errcode == _GONE and attempts >= _GONE_AFTER:
        return Outcome.REFUSED
    return _OUTCOMES[error.cls]
