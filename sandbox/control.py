"""The control API: everything a test, a chaos run or a demo needs beyond the wire. Bearer secret required."""

from dataclasses import asdict, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import people, tokens
from sandbox import world as worlds
from sandbox.answers import Json, world_of
from sandbox.control_bodies import (
    AccountChange,
    Advance,
    CallbackCheck,
    NewFault,
    NewUser,
    Revocation,
    Seed,
    SettingsChange,
)
from sandbox.faults import Match
from sandbox.gestures import Gesture, Unknown, perform
from sandbox.people import User
from sandbox.records import Account
from sandbox.world import World


async def reset(request: Request) -> Response:
    worlds.reset(world_of(request))
    return Json({"ok": True})


async def seed(request: Request) -> Response:
    world, body = world_of(request), Seed.model_validate_json(await request.body())
    if body.random is not None:
        world.rng.seed(body.random)
        world.faults.seed(body.random)
    with world.store.writing():
        return Json({"users": [_add_user(world, user) for user in body.users]}, 201)


async def add_user(request: Request) -> Response:
    world, body = world_of(request), NewUser.model_validate_json(await request.body())
    with world.store.writing():
        user = _add_user(world, body)
    world.hub.notify()
    return Json(user, 201)


def _add_user(world: World, new: NewUser) -> dict[str, object]:
    user = User(new.id or worlds.new_user_id(), new.nickname, new.phone, new.role)
    if people.user(world.store, user.id) is None:
        worlds.add_user(world, user, follows=new.follows)
    return describe(world, user)


def describe(world: World, user: User) -> dict[str, object]:
    identities = people.identities_of(world.store, user.id)
    return {
        **asdict(user),
        "unionid": next((who.unionid for who in identities if who.unionid), None),
        "openids": {who.appid: who.openid for who in identities},
        "follows": [who.appid for who in identities if who.follows],
        "blocked_push": [who.appid for who in identities if who.blocked_push],
        "blacklisted": [who.appid for who in identities if who.blacklisted],
    }


async def act(request: Request) -> Response:
    gesture = Gesture.model_validate_json(await request.body())
    return Json(perform(world_of(request), request.path_params["user_id"], gesture))


async def revoke_tokens(request: Request) -> Response:
    world, body = world_of(request), Revocation.model_validate_json(await request.body())
    with world.store.writing():
        return Json({"revoked": tokens.revoke(world, _account(world, body.appid).appid, body.kind)})


async def add_fault(request: Request) -> Response:
    world, body = world_of(request), NewFault.model_validate_json(await request.body())
    with world.store.writing():
        rule = world.faults.add(Match(**body.match.model_dump()), body.do, body.times)
    return Json(rule, 201)


async def clear_faults(request: Request) -> Response:
    with world_of(request).store.writing():
        world_of(request).faults.clear()
    return Response(status_code=204)


async def change_account(request: Request) -> Response:
    world, body = world_of(request), AccountChange.model_validate_json(await request.body())
    account = _account(world, request.path_params["appid"])
    with world.store.writing():
        world.accounts.save(replace(account, **body.model_dump(exclude_unset=True)))
    return Json(world.accounts.get(account.appid))


async def verify_callback(request: Request) -> Response:
    world = world_of(request)
    body = CallbackCheck.model_validate_json(await request.body() or b"{}")
    account = _account(world, request.path_params["appid"])
    url = body.url or account.callback_url
    if not url:
        raise Unknown("the account has no callback url")
    ok, answer = await world.courier.check_url(account, url)
    if ok:
        with world.store.writing():
            world.accounts.save(replace(account, callback_url=url))
    return Json({"ok": ok, "url": url, "answer": answer})


def _account(world: World, appid: str) -> Account:
    account = world.accounts.get(appid)
    if account is None:
        raise Unknown(f"no account {appid!r}")
    return account


async def advance_clock(request: Request) -> Response:
    world, body = world_of(request), Advance.model_validate_json(await request.body())
    world.clock.offset += body.advance
    with world.store.writing():
        world.store.set_meta("clock_offset", repr(world.clock.offset))
    world.courier.wake()
    return Json({"now": world.clock.now(), "offset": world.clock.offset})


async def change_settings(request: Request) -> Response:
    world, body = world_of(request), SettingsChange.model_validate_json(await request.body())
    changes = body.model_dump(exclude_unset=True)
    if "latency_ms" in changes:
        changes["latency"] = changes.pop("latency_ms") / 1000
    world.configure(replace(world.settings, **changes))
    return Json({name: value for name, value in asdict(world.settings).items() if name != "secret"})


ROUTES = [
    Route("/reset", reset, methods=["POST"]),
    Route("/seed", seed, methods=["POST"]),
    Route("/users", add_user, methods=["POST"]),
    Route("/users/{user_id}/act", act, methods=["POST"]),
    Route("/tokens/revoke", revoke_tokens, methods=["POST"]),
    Route("/faults", add_fault, methods=["POST"]),
    Route("/faults", clear_faults, methods=["DELETE"]),
    Route("/accounts/{appid}", change_account, methods=["POST"]),
    Route("/accounts/{appid}/verify-callback", verify_callback, methods=["POST"]),
    Route("/clock", advance_clock, methods=["POST"]),
    Route("/settings", change_settings, methods=["POST"]),
]
