"""Typed views of what we act upon; an event without what its kind promises is `Other`, not an exception."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from app.wechat.bodies import Field, Fields, each
from app.wechat.callbacks import Inbound
from app.wechat.notes import note


@dataclass(frozen=True)
class Subscribed:
    """`scene` is what the scanned code carried, without the platform's qrscene_ prefix."""

    scene: str | None


@dataclass(frozen=True)
class Unsubscribed:
    pass


@dataclass(frozen=True)
class Scanned:
    scene: str


@dataclass(frozen=True)
class Clicked:
    key: str


@dataclass(frozen=True)
class TextSent:
    content: str
    menu_id: str | None
    """Set when the text is a tap on an entry of a menu message"""


@dataclass(frozen=True)
class PictureSent:
    media_id: str


@dataclass(frozen=True)
class NoteSent:
    """Something that is not shown here, in words: a voice message, a place, a file."""

    words: str


class JobStatus(StrEnum):
    SUCCESS = "success"
    USER_BLOCK = "user_block"
    SYSTEM_FAILED = "system_failed"


@dataclass(frozen=True)
class TemplateJobFinished:
    msgid: str
    status: JobStatus


@dataclass(frozen=True)
class Consent:
    template_id: str
    accepted: bool


@dataclass(frozen=True)
class ConsentsGiven:
    """The user answered a subscription dialog: one accept is one message."""

    consents: tuple[Consent, ...]


@dataclass(frozen=True)
class ConsentsChanged:
    """The user changed the settings of the account; only refusals are pushed."""

    consents: tuple[Consent, ...]


@dataclass(frozen=True)
class SubscribeSent:
    template_id: str
    msgid: str
    errcode: str


@dataclass(frozen=True)
class SubscribesSent:
    messages: tuple[SubscribeSent, ...]


@dataclass(frozen=True)
class AuthorizationRevoked:
    """The user took back a permission: what was collected under it has to be deleted."""

    openid: str
    scopes: frozenset[str] = frozenset()
    """The platform's numbers of the permissions; none named means all"""


@dataclass(frozen=True)
class ProfileModified:
    """The platform cleaned up a risky profile: its nickname and avatar are no longer good."""

    openid: str


@dataclass(frozen=True)
class UserCancelled:
    """The user has left WeChat for good."""

    openid: str


@dataclass(frozen=True)
class MediaChecked:
    """The answer to a media check, half an hour late at most; `errcode` other than 0 means that there is none."""

    trace_id: str
    errcode: str
    suggest: str
    label: int | None


@dataclass(frozen=True)
class Punished:
    """The platform took measures against the account; ``words`` is what it said about them."""

    words: str


@dataclass(frozen=True)
class Noted:
    """An event that is known and only kept."""


@dataclass(frozen=True)
class Other:
    """An event that nobody told us of, or one without what its kind promises."""


View: TypeAlias = (
    Subscribed
    | Unsubscribed
    | Scanned
    | Clicked
    | TextSent
    | PictureSent
    | NoteSent
    | TemplateJobFinished
    | ConsentsGiven
    | ConsentsChanged
    | SubscribesSent
    | AuthorizationRevoked
    | ProfileModified
    | UserCancelled
    | MediaChecked
    | Punished
    | Noted
    | Other
)


def view(inbound: Inbound) -> View:
    if inbound.msg_type == "text":
        return TextSent(_text(inbound.fields, "Content"), _text(inbound.fields, "bizmsgmenuid") or None)
    if inbound.msg_type == "image" and (media_id := _text(inbound.fields, "MediaId")):
        return PictureSent(media_id)
    if inbound.msg_type != "event" or inbound.event is None:
        return NoteSent(note(inbound.msg_type, inbound.fields))
    name = inbound.event.lower()
    read = _VIEWS.get(name) or (_punished if _PUNISHMENT.search(name) else None)
    return (read(inbound.fields) if read else None) or Other()


def _subscribed(fields: Fields) -> Subscribed:
    return Subscribed(_text(fields, "EventKey").removeprefix("qrscene_") or None)


def _scanned(fields: Fields) -> Scanned | None:
    scene = _text(fields, "EventKey")
    return Scanned(scene) if scene else None


def _clicked(fields: Fields) -> Clicked | None:
    key = _text(fields, "EventKey")
    return Clicked(key) if key else None


def _job_finished(fields: Fields) -> TemplateJobFinished | None:
    # This event alone spells its id with a capital D.
    msgid = _text(fields, "MsgID") or _text(fields, "MsgId")
    status = _text(fields, "Status")
    if not msgid or not status:
        return None
    if status == "success":
        return TemplateJobFinished(msgid, JobStatus.SUCCESS)
    reason = status.partition(":")[2].strip()
    blocked = reason == "user block"
    return TemplateJobFinished(msgid, JobStatus.USER_BLOCK if blocked else JobStatus.SYSTEM_FAILED)


def _consents(fields: Fields) -> tuple[Consent, ...]:
    return tuple(
        Consent(template_id, _text(entry, "SubscribeStatusString") == "accept")
        for entry in _entries(fields)
        if (template_id := _text(entry, "TemplateId"))
    )


def _sent(fields: Fields) -> SubscribesSent:
    return SubscribesSent(
        tuple(
            SubscribeSent(template_id, _text(entry, "MsgID"), _text(entry, "ErrorCode"))
            for entry in _entries(fields)
            if (template_id := _text(entry, "TemplateId"))
        )
    )


def _revoked(fields: Fields) -> AuthorizationRevoked | None:
    # Sent by the platform's own account: the person is in the body.
    openid = _text(fields, "OpenID")
    scopes = frozenset(filter(None, _SEPARATED.split(_text(fields, "RevokeInfo"))))
    return AuthorizationRevoked(openid, scopes) if openid else None


def _modified(fields: Fields) -> ProfileModified | None:
    openid = _text(fields, "OpenID")
    return ProfileModified(openid) if openid else None


def _cancelled(fields: Fields) -> UserCancelled | None:
    openid = _text(fields, "OpenID")
    return UserCancelled(openid) if openid else None


def _media_checked(fields: Fields) -> MediaChecked | None:
    trace_id = _text(fields, "trace_id")
    result = fields.get("result")
    found: Fields = result if isinstance(result, Mapping) else {}
    label = _text(found, "label")
    if not trace_id:
        return None
    return MediaChecked(
        trace_id,
        _text(fields, "errcode") or "0",
        _text(found, "suggest"),
        int(label) if label.isdecimal() else None,
    )


# One number in every sample seen; several would hardly come without something between them.
_SEPARATED = re.compile(r"[^0-9A-Za-z]+")
# Under which names the platform tells of measures against an account is documented for one of them only.
_PUNISHMENT = re.compile(r"punish|penalt|violation|illegal|forbid")
_ENVELOPE = frozenset({"ToUserName", "FromUserName", "CreateTime", "MsgType", "Event"})


def _punished(fields: Fields) -> Punished:
    """All that it says, since nobody knows beforehand in which field."""
    return Punished("；".join(f"{name}：{value}" for name, value in _leaves(fields) if name not in _ENVELOPE))


def _leaves(fields: Fields) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        for each_value in value if isinstance(value, tuple) else (value,):
            if isinstance(each_value, Mapping):
                yield from _leaves(each_value)
            elif isinstance(each_value, str) and each_value:
                yield name, each_value


# XML wraps the list; a documented sample of the change event once wore the popup's wrapper.
_WRAPPERS = ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent")


def _entries(fields: Fields) -> list[Fields]:
    holders: list[Field] = [fields, *(one for name in _WRAPPERS for one in each(fields, name))]
    return [
        entry
        for holder in holders
        if isinstance(holder, Mapping)
        for entry in each(holder, "List")
        if isinstance(entry, Mapping)
    ]


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _noted(_fields: Fields) -> Noted:
    return Noted()


_KEPT = (
    "view",
    "view_miniprogram",
    "location",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
    "user_enter_tempsession",
    "kf_create_session",
    "kf_close_session",
    "kf_switch_session",
    "notify_service_msg_send_result",
    "debug_demo",
)
_VIEWS: Mapping[str, Callable[[Fields], View | None]] = {
    **dict.fromkeys(_KEPT, _noted),
    "subscribe": _subscribed,
    "unsubscribe": lambda _fields: Unsubscribed(),
    "scan": _scanned,
    "click": _clicked,
    "templatesendjobfinish": _job_finished,
    "subscribe_msg_popup_event": lambda fields: ConsentsGiven(_consents(fields)),
    "subscribe_msg_change_event": lambda fields: ConsentsChanged(_consents(fields)),
    "subscribe_msg_sent_event": _sent,
    "user_authorization_revoke": _revoked,
    "user_info_modified": _modified,
    "user_authorization_cancellation": _cancelled,
    "wxa_media_check": _media_checked,
    "wxa_punish_event": _punished,
}

_MESSAGES = ("text", "image", "voice", "video", "shortvideo", "location", "link", "file", "miniprogrampage")
# What has a name of its own in the figures; all else is counted together.
KNOWN = frozenset((*_VIEWS, *_MESSAGES))
