"""Which rung a message can take to its person now, and why it cannot take the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.ladder import Channel, Ladder
from app.services.notifications.closures import Shut
from app.services.windows.windows import left
from app.wechat.client import AsyncWeChatClient
from app.wechat.templates import Registry, Template, TemplateChannel, TemplateKind


@dataclass(frozen=True)
class Identity:
    """A person in one account: what he lets us do there."""

    appid: str
    openid: str
    follows: bool
    unreachable_reason: str | None
    consents: Mapping[str, int]
    windows: Mapping[str, int]


@dataclass(frozen=True)
class Rung:
    """A way that is open: where, to whom, and with which card."""

    channel: Channel
    appid: str = ""
    openid: str = ""
    template: Template | None = None


@dataclass(frozen=True)
class Accounts:
    """The accounts that we can send from, and their cards."""

    clients: Mapping[str, AsyncWeChatClient]
    registry: Registry
    sms: bool

    def card(self, appid: str, channel: TemplateChannel, kind: TemplateKind | None) -> Template | None:
        return self.registry.find(appid, channel, kind) if kind else None

    def kind_of(self, appid: str, channel: Channel) -> str | None:
        """None for an account that is not ours, or has not been given this channel."""
        client = self.clients.get(appid)
        return client.account.kind if client and client.account.may(channel.value) else None


@dataclass(frozen=True)
class Message:
    # None for what no card can say.
    kind: TemplateKind | None
    ladder: Ladder
    state: str
    for_customer: bool


def find_rung(
    message: Message,
    channels: Sequence[Channel],
    identities: Sequence[Identity],
    accounts: Accounts,
    shut: Shut,
) -> tuple[Rung | None, str | None]:
    """The first open one, else why the first was not."""
    reasons: list[str] = []
    for channel in channels:
        found = _FINDERS[channel](message, identities, accounts, shut)
        if isinstance(found, Rung):
            return found, reasons[0] if reasons else None
        reasons.append(found)
    return None, reasons[0] if reasons else None


def _template(message: Message, identities: Sequence[Identity], accounts: Accounts, shut: Shut) -> Rung | str:
    reason = "no_wechat_identity"
    for who in identities:
        if accounts.kind_of(who.appid, Channel.TEMPLATE) != "official":
            continue
        card = accounts.card(who.appid, TemplateChannel.TEMPLATE, message.kind)
        if not who.follows:
            reason = who.unreachable_reason or "not_following"
        elif card is None:
            reason = "no_template"
        elif shut.covers(who.appid, Channel.TEMPLATE, card.template_id):
            reason = "channel_closed"
        else:
            return Rung(Channel.TEMPLATE, who.appid, who.openid, card)
    return reason


def _subscribe(
    message: Message, identities: Sequence[Identity], accounts: Accounts, shut: Shut
) -> Rung | str:
    reason = "no_consent"
    for who in identities:
        if accounts.kind_of(who.appid, Channel.SUBSCRIBE) != "mini":
            continue
        card = accounts.card(who.appid, TemplateChannel.SUBSCRIBE, message.kind)
        if card is None or who.consents.get(card.template_id, 0) < 1:
            continue
        if shut.covers(who.appid, Channel.SUBSCRIBE, card.template_id):
            reason = "channel_closed"
        else:
            return Rung(Channel.SUBSCRIBE, who.appid, who.openid, card)
    return reason


def _custom(message: Message, identities: Sequence[Identity], accounts: Accounts, shut: Shut) -> Rung | str:
    for who in identities:
        kind = accounts.kind_of(who.appid, Channel.CUSTOM)
        reachable = (kind == "mini" and not message.ladder.menu) or (kind == "official" and who.follows)
        if not reachable or shut.covers(who.appid, Channel.CUSTOM, ""):
            continue
        if left(who.windows, by_people=message.ladder.by_people) > 0:
            return Rung(Channel.CUSTOM, who.appid, who.openid)
    return "no_window"


def _sms(message: Message, _identities: Sequence[Identity], accounts: Accounts, _shut: Shut) -> Rung | str:
    """Only where the inbox would be all, and only for what somebody without WeChat must know."""
    wanted = message.for_customer and message.ladder.urgent and message.state in message.ladder.sms_states
    return Rung(Channel.SMS) if accounts.sms and wanted else "no_sms"


_FINDERS = {
    Channel.TEMPLATE: _template,
    Channel.SUBSCRIBE: _subscribe,
    Channel.CUSTOM: _custom,
    Channel.SMS: _sms,
}
