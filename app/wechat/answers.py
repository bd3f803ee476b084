"""What the platform answers, read once into typed records."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import orjson

from app.wechat.errors import ErrorClass, Refused, ServerFailed, Unreadable, classify
from app.wechat.http import Answer

Object = dict[str, object]


def read(answer: Answer) -> Object | list[object] | bytes:
    """JSON as it came, or the bytes of an image or file; raises `Refused` or `ServerFailed`."""
    if answer.status != 200:
        raise ServerFailed(answer.status)
    if answer.body.lstrip()[:1] not in (b"{", b"["):
        return answer.body
    result = _parse(answer.body)
    if isinstance(result, dict):
        _raise_for_errcode(result)
    return result


def read_object(answer: Answer) -> Object:
    return as_object(read(answer))


def as_object(result: object) -> Object:
    if not isinstance(result, dict):
        raise Unreadable("the answer is not a JSON object")
    return result


def _parse(body: bytes) -> Object | list[object] | bytes:
    try:
        result: Object | list[object] = orjson.loads(body)
    except orjson.JSONDecodeError:
        try:  # nicknames have come with raw control characters and broken UTF-8
            result = json.loads(body.decode("utf-8", "ignore"), strict=False)
        except (ValueError, RecursionError):
            return body
    return result


def _raise_for_errcode(result: Object) -> None:
    nested = result.get("base_resp")  # the device interfaces wrap it
    source = nested if isinstance(nested, dict) else result
    raw = source.get("errcode", 0)
    if raw == 0:
        return
    try:
        errcode = int(str(raw))
    except ValueError as error:
        raise Unreadable("errcode is not a number") from error
    if classify(errcode) is not ErrorClass.OK:
        raise Refused(errcode, str(source.get("errmsg", "")))


def text(answer: Mapping[str, object], key: str) -> str:
    """A required string or whole number, as text."""
    if (value := maybe(answer, key)) is None:
        raise Unreadable(f"the answer lacks {key}")
    return value


def maybe(answer: Mapping[str, object], key: str) -> str | None:
    value = answer.get(key)
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def number(answer: Mapping[str, object], key: str) -> int:
    try:
        return int(text(answer, key))
    except ValueError as error:
        raise Unreadable(f"{key} is not a whole number") from error


def part(answer: Mapping[str, object], key: str) -> Object:
    return as_object(answer.get(key))


@dataclass(frozen=True)
class MiniSession:
    """Whoever ran wx.login. The session key signs user data and must never leave the server."""

    openid: str
    unionid: str | None
    session_key: str = field(repr=False)

    @classmethod
    def of(cls, answer: Object) -> "MiniSession":
        return cls(text(answer, "openid"), maybe(answer, "unionid"), text(answer, "session_key"))


@dataclass(frozen=True)
class PhoneNumber:
    pure: str = field(repr=False)
    country_code: str = "86"

    @classmethod
    def of(cls, answer: Object) -> "PhoneNumber":
        info = part(answer, "phone_info")
        return cls(text(info, "purePhoneNumber"), maybe(info, "countryCode") or "86")


@dataclass(frozen=True)
class OAuthGrant:
    """A snapshot user has a made-up openid: it must never become an account."""

    openid: str
    unionid: str | None
    scope: str
    is_snapshotuser: bool
    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)

    @classmethod
    def of(cls, answer: Object) -> "OAuthGrant":
        return cls(
            openid=text(answer, "openid"),
            unionid=maybe(answer, "unionid"),
            scope=maybe(answer, "scope") or "",
            is_snapshotuser=maybe(answer, "is_snapshotuser") == "1",
            access_token=text(answer, "access_token"),
            refresh_token=maybe(answer, "refresh_token"),
        )


@dataclass(frozen=True)
class Follower:
    openid: str
    subscribed: bool
    unionid: str | None
    scene: str | None
    """subscribe_scene, e.g. ADD_SCENE_QR_CODE"""

    @classmethod
    def of(cls, answer: Object) -> "Follower":
        return cls(
            openid=text(answer, "openid"),
            subscribed=maybe(answer, "subscribe") == "1",
            unionid=maybe(answer, "unionid"),
            scene=maybe(answer, "subscribe_scene"),
        )


@dataclass(frozen=True)
class SecurityVerdict:
    """``suggest`` is pass, review or risky; ``label`` says of what kind (100 is nothing)."""

    suggest: str
    label: int | None
    trace_id: str | None

    @classmethod
    def of(cls, answer: Object) -> "SecurityVerdict":
        result = part(answer, "result")
        label = maybe(result, "label")
        known = int(label) if label is not None and label.isdecimal() else None
        return cls(text(result, "suggest"), known, maybe(answer, "trace_id"))


@dataclass(frozen=True)
class QRCode:
    ticket: str
    url: str
    expire_seconds: int | None

    @classmethod
    def of(cls, answer: Object) -> "QRCode":
        expires = number(answer, "expire_seconds") if "expire_seconds" in answer else None
        return cls(text(answer, "ticket"), text(answer, "url"), expires)


@dataclass(frozen=True)
class JSTicket:
    value: str = field(repr=False)
    expires_in: int

    @classmethod
    def of(cls, answer: Object) -> "JSTicket":
        return cls(text(answer, "ticket"), number(answer, "expires_in"))


@dataclass(frozen=True)
class Quota:
    daily_limit: int
    used: int
    remain: int

    @classmethod
    def of(cls, answer: Object) -> "Quota":
        quota = part(answer, "quota")
        return cls(number(quota, "daily_limit"), number(quota, "used"), number(quota, "remain"))


@dataclass(frozen=True)
class TracedRequest:
    """What the platform remembers of a request (seven days), without the token that its URL carries."""

    invoked_at: int
    milliseconds: int
    path: str
    request_body: str = field(repr=False)
    response_body: str = field(repr=False)

    @classmethod
    def of(cls, answer: Object) -> "TracedRequest":
        request = part(answer, "request")
        return cls(
            invoked_at=number(request, "invoke_time"),
            milliseconds=number(request, "cost_in_ms"),
            path=urlsplit(text(request, "request_url")).path,
            request_body=maybe(request, "request_body") or "",
            response_body=maybe(request, "response_body") or "",
        )
