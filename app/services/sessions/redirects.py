"""The way through WeChat's authorize page and back: where to, and proof that we sent the visitor there."""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

import jwt

from app.errors import InvalidInput, Problem

HOME = "/h5/"
ROUND_TRIP = timedelta(minutes=10)
# Another audience than any session has: this note must never pass for a bearer token.
_AUDIENCE = "oauth-state"
_ALGORITHM = "HS256"
# A path of our own pages from plain characters: neither "//" nor "\", "@", ":" or "%" can be written in it.
# The query may hold escapes, because a query cannot lead anywhere.
OURS = r"^/h5(?:/[A-Za-z0-9_-][A-Za-z0-9._~-]*)*/?(?:\?[A-Za-z0-9._~=&%+-]*)?$"
_OURS = re.compile(OURS)


class StateMismatch(Problem):
    code, status, title = "state_mismatch", 400, "State mismatch"
    msg = "授权已失效，请返回公众号重新进入。"


@dataclass(frozen=True)
class Departure:
    state: str
    note: str


def safe_next(target: str) -> str:
    """The target, if it is a page of ours on this host."""
    if len(target) > 512 or _OURS.fullmatch(target) is None:
        raise InvalidInput.at("query.next", "只能返回本站的页面。")
    return target


@dataclass(frozen=True)
class Arrival:
    """Where the visitor wanted to go, and by which account he was sent through WeChat."""

    target: str
    appid: str


def depart(target: str, *, appid: str, now: datetime, key: bytes) -> Departure:
    """``state`` travels through WeChat, ``note`` stays in a cookie; only both together bring someone back."""
    state = secrets.token_urlsafe(24)
    expires = int((now + ROUND_TRIP).timestamp())
    payload = {"aud": _AUDIENCE, "state": state, "next": target, "appid": appid, "exp": expires}
    return Departure(state, jwt.encode(payload, key, _ALGORITHM))


def arrive(note: str, state: str, *, now: datetime, key: bytes) -> Arrival:
    """Raises StateMismatch for whoever did not leave from here, in this browser, within ten minutes."""
    try:
        payload = jwt.decode(
            note,
            key,
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            options={"require": ["exp", "aud", "state", "next", "appid"], "verify_exp": False},
        )
    except jwt.InvalidTokenError as error:
        raise StateMismatch from error
    expired = payload["exp"] <= now.timestamp()
    if expired or not hmac.compare_digest(str(payload["state"]).encode(), state.encode()):
        raise StateMismatch
    return Arrival(safe_next(str(payload["next"])), str(payload["appid"]))


def authorize_url(base: str, *, appid: str, callback: str, state: str) -> str:
    """The parameters must stand in this order, and the fragment must be there; WeChat refuses others."""
    query = urlencode(
        {
            "appid": appid,
            "redirect_uri": callback,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
    )
    return f"{base}/connect/oauth2/authorize?{query}#wechat_redirect"
