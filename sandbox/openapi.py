"""Questions about the API itself: what a rid was, how much quota is left."""

from sandbox import calls, quotas
from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.world import World


def get_rid(world: World, call: Call) -> dict[str, object]:
    logged = calls.by_rid(world.store, call.text("rid"))
    if logged is None:
        raise PlatformError(76001)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "request": {
            "invoke_time": int(logged.at),
            "cost_in_ms": int(logged.ms),
            "request_url": f"access_url: {logged.path}?{logged.query}",
            "request_body": logged.body,
            "response_body": logged.answer,
            "client_ip": logged.client,
        },
    }


def get_quota(world: World, call: Call) -> dict[str, object]:
    spent = quotas.spent(world, call.caller, call.text("cgi_path"))
    if spent.limit is None or spent.left is None:
        raise PlatformError(76021)
    # Refused calls are counted too, but nobody has used more than there was.
    quota = {"daily_limit": spent.limit, "used": spent.limit - spent.left, "remain": spent.left}
    return {"errcode": 0, "errmsg": "ok", "quota": quota}


def clear_quota(world: World, call: Call) -> dict[str, object]:
    if call.text("appid") != call.caller.appid:
        raise PlatformError(40013)
    quotas.clear(world, call.caller)
    return {"errcode": 0, "errmsg": "ok"}


def get_callback_ips(_world: World, _call: Call) -> dict[str, object]:
    return {"ip_list": ["127.0.0.1"]}
