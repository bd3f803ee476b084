"""The control API: everything a test, a chaos run or a demo needs beyond the wire. Bearer secret required."""

from dataclasses import asdict, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import acts, jssdk, people, tokens
from sandbox import world as worlds
from sandbox.answers import Json, world_of
from sandbox.clock import Clock
from sandbox.control_bodies import (
    AccountChange,
    CallbackCheck,
    ClockChange,
    JsSdkCheck,
    NewAccount,
    NewUser,
    Punishment,
    Revocation,
    Seed,
    SettingsChange,
    TemplateChange,
)
from sandbox.gestures import Gesture, perform
from sandbox.people import User
from sandbox.records import Account
from sandbox.refusals import NotPossible, Unknown
from sandbox.webview import Browsers
from sandbox.world import World


async def reset(request: Request) -> Response:
    worlds.reset(world_of(request))
    browsers: Browsers = request.app.state.browsers
    browsers.forget()
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
        if body.id:
            return Json({"revoked": tokens.revoke_one(world, body.id)})
        appid = _account(world, body.appid or "").appid
        return Json({"revoked": tokens.revoke(world, appid, body.kind)})


async def add_account(request: Request) -> Response:
    """A further account; everybody who is here gets an openid for it."""
    world, body = world_of(request), NewAccount.model_validate_json(await request.body())
    if world.accounts.get(body.appid) is not None:
        raise NotPossible("there is such an account already")
    given = {name: getattr(body, name) for name in body.model_fields_set}
    account = Account(**{"original_id": f"gh_{body.appid[-12:]}", **given})
    with world.store.writing():
        world.accounts.save(account)
        for user in people.users(world.store):
            people.add_identity(world.store, account, user.id)
    return Json(masked(account), 201)


async def change_account(request: Request) -> Response:
    world, body = world_of(request), AccountChange.model_validate_json(await request.body())
    account = _account(world, request.path_params["appid"])
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    with world.store.writing():
        world.accounts.save(replace(account, **changes))
    world.hub.notify()
    return Json(masked(world.accounts.get(account.appid) or account))


async def change_template(request: Request) -> Response:
    world, body = world_of(request), TemplateChange.model_validate_json(await request.body())
    account = _account(world, request.path_params["appid"])
    wanted = request.path_params["template_id"]
    if account.template(wanted) is None:
        raise Unknown(f"no template {wanted!r}")
    changed = tuple(replace(t, banned=body.banned) if t.id == wanted else t for t in account.templates)
    with world.store.writing():
        world.accounts.save(replace(account, templates=changed))
    return Json({"id": wanted, "banned": body.banned})


async def punish(request: Request) -> Response:
    world = world_of(request)
    body = Punishment.model_validate_json(await request.body() or b"{}")
    account = _account(world, request.path_params["appid"])
    with world.store.writing():
        return Json(acts.punish(world, account, body.event_type, body.reason))


async def check_jssdk(request: Request) -> Response:
    """What wx.config says in the browser."""
    world, body = world_of(request), JsSdkCheck.model_validate_json(await request.body())
    return Json({"ok": jssdk.accepts(world, **body.model_dump())})


def masked(account: Account) -> Account:
    """What a console may show."""
    return replace(
        account, secret=_mask(account.secret), token=_mask(account.token), aes_key=_mask(account.aes_key)
    )


def _mask(secret: str) -> str:
    return f"{secret[:3]}…"


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


async def change_clock(request: Request) -> Response:
    world, body = world_of(request), ClockChange.model_validate_json(await request.body())
    clock = world.clock
    if body.speed is not None:
        clock.run(body.speed)
    if body.advance is not None:
        clock.advance(body.advance)
    if body.to == "next_midnight":
        clock.advance(clock.next_midnight() - clock.now())
    with world.store.writing():
        world.store.set_meta("clock_offset", clock.dump())
    world.courier.wake()
    world.checker.wake()
    return Json(clock_shown(clock))


def clock_shown(clock: Clock) -> dict[str, object]:
    return {
        "now": clock.now(),
        "offset": clock.offset,
        "speed": clock.speed,
        "shanghai": clock.china(),
        "next_midnight": clock.next_midnight(),
    }


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
    Route("/accounts", add_account, methods=["POST"]),
    Route("/accounts/{appid}", change_account, methods=["POST"]),
    Route("/accounts/{appid}/verify-callback", verify_callback, methods=["POST"]),
    Route("/accounts/{appid}/templates/{template_id}", change_template, methods=["POST"]),
    Route("/accounts/{appid}/punish", punish, methods=["POST"]),
    Route("/clock", change_clock, methods=["POST"]),
    Route("/settings", change_settings, methods=["POST"]),
    Route("/jssdk/check", check_jssdk, methods=["POST"]),
]
