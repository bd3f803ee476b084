"""Send one leased message to WeChat and say how it ended. No transaction is open meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from app.domain.delivery import Decision, Outcome, Verdict, decide, may_send
from app.domain.notices import Kind
from app.services.notifications.lease import Leased
from app.wechat.api.messages import send_template
from app.wechat.client import AsyncWeChatClient
from app.wechat.errors import ErrorClass, Refused, WeChatError
from app.wechat.templates import Registry, TemplateChannel, TemplateKind


class Clients(Protocol):
    """Which account is the default may change while the process runs."""

    @property
    def official(self) -> AsyncWeChatClient: ...


@dataclass(frozen=True)
class Channel:
    """Everything that a template message needs beside the message."""

    clients: Clients
    registry: Registry
    public_base_url: str

    @property
    def client(self) -> AsyncWeChatClient:
        return self.clients.official

    @property
    def appid(self) -> str:
        return self.client.account.appid


@dataclass(frozen=True)
class Tried:
    """The end of one try, to be written under the fence of its lease."""

    push: Leased
    decision: Decision
    outcome: str
    reason: str | None = None
    msgid: str | None = None
    errcode: int | None = None
    errmsg: str | None = None
    rid: str | None = None
    # The person cannot be reached on this account any more, and why.
    unreachable: str | None = None


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


async def deliver(push: Leased, channel: Channel, now: datetime) -> Tried:
    if push.openid is None:
        return _dead(push, "no_wechat_identity")
    if not push.follows:
        return _dead(push, push.unreachable_reason or "not_following")
    if not may_send(push.history, now):
        return _dead(push, "outcome_unknown")
    if push.kind == Kind.CONVERSATION_SURVEY:
        return _dead(push, f"{ErrorClass.CONFIG}: 这类消息没有模板，只能在客服会话里发送")
    try:
        template = channel.registry.find(channel.appid, TemplateChannel.TEMPLATE, TemplateKind(push.kind))
        if template is None:
            return _dead(push, f"{ErrorClass.CONFIG}: 没有登记这类消息的模板")
        data = template.render(push.slots)
    except ValueError as error:
        return _dead(push, f"{ErrorClass.PAYLOAD}: {error}")
    try:
        msgid = await send_template(
            channel.client,
            push.openid,
            template.template_id,
            data,
            url=f"{channel.public_base_url}/h5/tickets/{push.number}",
            client_msg_id=push.client_msg_id,
        )
    except WeChatError as error:
        return _failed(push, error, now)
    return Tried(push, Decision(Verdict.ACCEPTED), Outcome.ACCEPTED, msgid=msgid or None)


def _dead(push: Leased, reason: str) -> Tried:
    return Tried(
        push, Decision(Verdict.DEAD, uncertain_since=push.history.uncertain_since), "not_sent", reason
    )


def _failed(push: Leased, error: WeChatError, now: datetime) -> Tried:
    outcome = _OUTCOMES[error.cls]
    decision = decide(outcome, push.history, now, retry_after=error.retry_after)
    meaning = error.meaning_zh if isinstance(error, Refused) else error.errmsg
    reason = decision.reason or (f"{error.cls}: {meaning}" if decision.verdict is Verdict.DEAD else None)
    return Tried(
        push,
        decision,
        error.cls.value,
        reason,
        errcode=error.errcode,
        errmsg=error.errmsg[:500],
        rid=error.rid,
        unreachable=meaning if error.cls is ErrorClass.USER else None,
    )
