"""An app on a committed database, with somebody of each role and rows that the fuzzer can reach."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from schemathesis.python.asgi import shutdown_lifespans

from app.db import driver
from app.main import create_app
from app.models import Customer, Engineer, Staff
from app.models.people import StaffRole
from app.routers.oauth import oauth_exchange
from app.routers.sessions import code_exchange
from app.services.tickets import stream
from app.services.tickets.sweep import sweep_one
from app.settings import Settings
from tests.harness.callers import Caller
from tests.harness.databases import copy_name, create_copy, drop
from tests.harness.live import Live, live_app
from tests.harness.servers import Servers
from tests.harness.wechat import FakeWeChat
from tests.make import make_customer, make_prices, make_service_point, make_staff
from tests.tickets import bodies
from tests.tickets.conftest import make_able_engineer
from tests.tickets.photos import photo


@dataclass(frozen=True)
class Target:
    app: FastAPI
    tokens: dict[str, str]
    numbers: tuple[str, ...]
    photos: tuple[str, ...]
    engineers: tuple[str, ...]


@pytest.fixture(scope="module")
async def target(
    servers: Servers, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Target]:
    name = copy_name("fuzz")
    url = await create_copy(servers.postgres_url, name)
    objects = tmp_path_factory.mktemp("fuzzed").as_uri()
    # Nothing of this may ever leave the machine.
    nowhere = dict.fromkeys(("wechat_api_base", "wechat_open_base", "wechat_mp_base"), "http://127.0.0.1:1")
    own = settings.model_copy(
        update={"database_url": url, "storage_url": objects, "access_log": False, **nowhere}
    )
    async with live_app(own) as live:
        # Everything a fuzzer does is done here by the app under test, in a loop and with pools of its own.
        app = create_app(own, doors_to_wechat=FakeWeChat())
        app.state.clock = live.clock.read
        app.openapi_schema = live.app.openapi_schema
        app.dependency_overrides[code_exchange] = app.dependency_overrides[oauth_exchange] = FakeWeChat
        with pytest.MonkeyPatch.context() as patched:
            # A stream that goes on for ever would be the last case.
            patched.setattr(stream, "LIFETIME_SECONDS", 0.0)
            yield await _populated(live, app)
    shutdown_lifespans()
    await drop(servers.postgres_url, name)


async def _populated(live: Live, app: FastAPI) -> Target:
    async with live.sessions.begin() as session:
        customer = await make_customer(session)
        engineer = await make_able_engineer(session, live.clock)
        admin = await make_staff(session, role=StaffRole.ADMIN, name="管理员")
        await make_service_point(session)
        await make_prices(session)
    people: dict[str, Customer | Staff | Engineer] = {
        "customer": customer,
        "engineer": engineer,
        "admin": admin,
    }
    callers = {role: await live.caller_for(person) for role, person in people.items()}
    numbers = [await _reported(callers["customer"]) for _ in range(6)]
    async with live.sessions.begin() as session:
        while await sweep_one(await driver(session), live.clock.now):
            pass
    for number in numbers[:4]:
        await _accepted(callers["engineer"], number)
    photos = [await _photo(callers["customer"]) for _ in range(4)]
    # Never dispatched: still to be asked about, resolved from afar, merged.
    numbers += [await _reported(callers["customer"]) for _ in range(3)]
    tokens = {role: caller.headers["Authorization"] for role, caller in callers.items()}
    for caller in callers.values():
        await caller.aclose()
    return Target(app, tokens, tuple(numbers), tuple(photos), (str(engineer.id),))


async def _reported(customer: Caller) -> str:
    answer = await customer.post("/api/v1/tickets", json=bodies.report())
    assert answer.status_code == 201, answer.text
    number: str = answer.json()["number"]
    return number


async def _accepted(engineer: Caller, number: str) -> None:
    ticket = (await engineer.get(f"/api/v1/tickets/{number}")).json()
    if ticket.get("state") == "offered":
        body = {"event": "accept", "version": ticket["version"]}
        answer = await engineer.post(f"/api/v1/tickets/{number}/transitions", json=body)
        assert answer.status_code == 200, answer.text


async def _photo(customer: Caller) -> str:
    answer = await customer.post("/api/v1/attachments", files={"file": ("a.jpg", photo(), "image/jpeg")})
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made
