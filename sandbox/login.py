"""Who is behind a mini-program."""

import secrets
from base64 import b64encode

from sandbox import codes, defaults, people, tokens
from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.people import Identity
from sandbox.world import World


def code_to_session(world: World, call: Call) -> dict[str, object]:
    account = tokens.authenticate(world, call.query.get("appid", ""), call.query.get("secret", ""))
    if call.query.get("grant_type", "authorization_code") != "authorization_code":
        raise PlatformError(40002)
    code = codes.redeem(world, "login", account.appid, call.query.get("js_code", ""))
    who = identity(world, account.appid, code.user_id)
    if world.pace.count(("login", who.appid, who.openid), 60) > defaults.LOGINS_A_MINUTE:
        raise PlatformError(45011)
    people.set_visited(world.store, who, world.clock.now())
    session = {"session_key": b64encode(secrets.token_bytes(16)).decode(), "openid": who.openid}
    return {**session, **unionid(who)}


def get_phone_number(world: World, call: Call) -> dict[str, object]:
    code = codes.redeem(world, "phone", call.caller.appid, call.text("code"))
    user = people.user(world.store, code.user_id)
    number = "" if user is None else user.phone
    return {
        "errcode": 0,
        "errmsg": "ok",
        "phone_info": {
            "phoneNumber": number,
            "purePhoneNumber": number,
            "countryCode": "86",
            "watermark": {"timestamp": int(world.clock.now()), "appid": call.caller.appid},
        },
    }


def identity(world: World, appid: str, user_id: str) -> Identity:
    who = people.by_user(world.store, appid, user_id)
    if who is None:
        raise PlatformError(40029)
    return who


def unionid(who: Identity) -> dict[str, str]:
    return {"unionid": who.unionid} if who.unionid else {}
