"""What a service gets for the code of a web authorisation."""

from dataclasses import replace

from sandbox import codes, people, tokens
from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.login import identity, unionid
from sandbox.people import Identity
from sandbox.tokens import Token
from sandbox.world import World

REFRESH_LIFETIME = 30 * 86_400
_SNAPSHOT = " snapshot"


def exchange_code(world: World, call: Call) -> dict[str, object]:
    """GET /sns/oauth2/access_token."""
    account = tokens.authenticate(world, call.query.get("appid", ""), call.query.get("secret", ""))
    if call.query.get("grant_type") != "authorization_code":
        raise PlatformError(40002)
    code = codes.redeem(world, "oauth", account.appid, call.query.get("code", ""), expired=42003)
    who = identity(world, account.appid, code.user_id)
    scope = code.scope + (_SNAPSHOT if code.snapshot else "")
    refresh_token = tokens.mint(
        world,
        who.appid,
        "oauth_refresh",
        openid=who.openid,
        scope=scope,
        call=call,
        lifetime=REFRESH_LIFETIME,
    )
    return _granted(world, call, who, scope, refresh_token)


def refresh(world: World, call: Call) -> dict[str, object]:
    """GET /sns/oauth2/refresh_token."""
    account = world.accounts.get(call.query.get("appid", ""))
    if account is None:
        raise PlatformError(40013)
    if call.query.get("grant_type") != "refresh_token":
        raise PlatformError(40002)
    value = call.query.get("refresh_token", "")
    token = tokens.find(world.store, value)
    if token is None or token.kind != "oauth_refresh" or token.appid != account.appid or token.revoked_at:
        raise PlatformError(40030)
    if token.expires_at <= world.clock.now():
        raise PlatformError(42002)
    return _granted(world, call, _person(world, token), token.scope or "", value)


def _granted(world: World, call: Call, who: Identity, scope: str, refresh_token: str) -> dict[str, object]:
    shown, is_snapshot = scope.removesuffix(_SNAPSHOT), scope.endswith(_SNAPSHOT)
    seen = _virtual(who) if is_snapshot else who
    access_token = tokens.mint(world, who.appid, "oauth", openid=who.openid, scope=scope, call=call)
    return {
        "access_token": access_token,
        "expires_in": tokens.LIFETIME,
        "refresh_token": refresh_token,
        "openid": seen.openid,
        "scope": shown,
        **({"is_snapshotuser": 1} if is_snapshot else {}),
        **(unionid(seen) if shown == "snsapi_userinfo" else {}),
    }


def _virtual(who: Identity) -> Identity:
    """A snapshot page knows a person who does not exist."""
    unionid = people.unionid_of("snapshot", who.user_id) if who.unionid else None
    return replace(who, openid=people.openid_of(f"snapshot/{who.appid}", who.user_id), unionid=unionid)


def _person(world: World, token: Token) -> Identity:
    who = people.by_openid(world.store, token.appid, token.openid or "")
    if who is None:
        raise PlatformError(40003)
    return who


def _token(world: World, call: Call) -> Token:
    value = call.query.get("access_token", "")
    return tokens.check(world, value, tokens.find(world.store, value), ("oauth",))


def check_grant(world: World, call: Call) -> dict[str, object]:
    """GET /sns/auth: is this token still good for this person?"""
    token = _token(world, call)
    if token.openid != call.query.get("openid"):
        raise PlatformError(40003)
    return {"errcode": 0, "errmsg": "ok"}


def get_profile(world: World, call: Call) -> dict[str, object]:
    """GET /sns/userinfo, with the token of that user."""
    token = _token(world, call)
    if token.scope != "snsapi_userinfo":
        raise PlatformError(48001)
    if token.openid != call.query.get("openid"):
        raise PlatformError(40003)
    who = _person(world, token)
    user = people.user(world.store, who.user_id)
    if user is None:
        raise PlatformError(40003)
    return {
        "openid": who.openid,
        "nickname": user.nickname,
        "sex": 0,
        "language": "",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": "",
        "privilege": [],
        **unionid(who),
    }
