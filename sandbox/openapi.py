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
    path = call.text("cgi_path")
    limit = quotas.limit_of(call.caller, path)
    if limit is None:
        raise PlatformError(76021)
    # Refused calls are counted too, but nobody has used more than there was.
    used = min(quotas.used(world, call.caller, path), limit)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "quota": {"daily_limit": limit, "used": used, "remain": limit - used},
    }


def clear_quota(world: World, call: Call) -> dict[str, object]:
    if call.text("appid") != call.caller.appid:
        raise PlatformError(40013)
    quotas.clear(world, call.caller)
    return {"errcode": 0, "errmsg": "ok"}
