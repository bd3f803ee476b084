"""What the official account may know of a follower."""

from sandbox import people
from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.login import unionid
from sandbox.world import World

_AT_ONCE = 10_000


def get_user_info(world: World, call: Call) -> dict[str, object]:
    """Without nickname and avatar, which the platform took away in 2021."""
    openid = call.query.get("openid", "")
    if not openid:
        raise PlatformError(41009)
    who = people.by_openid(world.store, call.caller.appid, openid)
    if who is None:
        raise PlatformError(40003)
    if not who.follows:
        return {"subscribe": 0, "openid": who.openid, **unionid(who)}
    return {
        "subscribe": 1,
        "openid": who.openid,
        "nickname": "",
        "sex": 0,
        "language": call.query.get("lang", "zh_CN"),
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": "",
        "subscribe_time": int(who.followed_at or 0),
        **unionid(who),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": who.subscribe_scene,
        "qr_scene": 0,
        "qr_scene_str": who.qr_scene,
    }


def list_followers(world: World, call: Call) -> dict[str, object]:
    """GET /cgi-bin/user/get: ten thousand at a time, beginning after next_openid."""
    appid, after = call.caller.appid, call.query.get("next_openid", "")
    if after and people.by_openid(world.store, appid, after) is None:
        raise PlatformError(40003)
    openids = people.followers(world.store, appid, after, _AT_ONCE)
    data = {"data": {"openid": openids}} if openids else {}
    return {
        "total": people.follower_count(world.store, appid),
        "count": len(openids),
        **data,
        "next_openid": openids[-1] if openids else "",
    }
