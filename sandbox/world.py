"""The whole platform in one hand: what endpoints and control share."""

import random
import uuid
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from sandbox import defaults, people
from sandbox.accounts import Accounts
from sandbox.carrying import Carrier, carry
from sandbox.checking import Checker
from sandbox.clock import Clock
from sandbox.courier import Courier
from sandbox.faults import Faults
from sandbox.hub import Hub
from sandbox.messages import MessageIds
from sandbox.pace import Pace
from sandbox.people import User
from sandbox.records import Account
from sandbox.settings import Settings
from sandbox.store import Store


@dataclass(slots=True)
class World:
    settings: Settings
    store: Store
    clock: Clock
    accounts: Accounts
    faults: Faults
    hub: Hub
    courier: Courier
    msgids: MessageIds
    rng: random.Random
    pace: Pace
    checker: Checker
    # (appid, openid) that see "is typing", since when.
    typing: dict[tuple[str, str], float] = field(default_factory=dict)
    # Requests of the platform that are not answered yet.
    under_way: int = 0

    def configure(self, settings: Settings) -> None:
        self.settings = settings
        self.courier.settings = settings

    def event_delay(self) -> float:
        return self.rng.uniform(*self.settings.event_delay)


def create(settings: Settings, carrier: Carrier = carry) -> World:
    store = Store(settings.state)
    clock = Clock.load(store.meta("clock_offset"))
    accounts = Accounts(store)
    faults = Faults(store, clock, settings.seed)
    hub = Hub()
    courier = Courier(store, accounts, clock, hub, faults, settings, carrier)
    rng = random.Random(settings.seed)  # noqa: S311 - spreads delays, not secrets
    checker = Checker(store, accounts, clock, courier, carrier)
    world = World(
        settings, store, clock, accounts, faults, hub, courier, MessageIds(), rng, Pace(clock), checker
    )
    with store.writing():
        if not accounts.all():
            seed(world)
        _point_callbacks(world)
    return world


def reset(world: World) -> None:
    """Forget everything and begin anew from the defaults."""
    with world.store.writing():
        world.faults.clear()
        world.store.clear()
        world.accounts.reload()
        world.clock.reset()
        world.pace.clear()
        world.typing.clear()
        seed(world)
        _point_callbacks(world)
    world.hub.notify()


def seed(world: World) -> None:
    for account in defaults.ACCOUNTS:
        world.accounts.save(account)
    for user_id, nickname, phone, role, follows in defaults.USERS:
        add_user(world, User(user_id, nickname, phone, role), follows=follows)


def add_user(world: World, user: User, *, follows: bool) -> None:
    people.add_user(world.store, world.accounts.all(), user)
    service = world.accounts.service()
    who = people.by_user(world.store, service.appid, user.id) if service and follows else None
    if who is not None:
        people.set_following(world.store, who, world.clock.now())


def new_user_id() -> str:
    return f"u-{uuid.uuid4().hex[:10]}"


def _point_callbacks(world: World) -> None:
    """A demo chooses its port at each start, so the environment wins over what was stored."""
    base = world.settings.callback_base
    if base is None:
        return
    for account in world.accounts.all():
        url = base.rstrip("/") + defaults.CALLBACK_PATH.format(appid=account.appid)
        world.accounts.save(replace(account, callback_url=url, oauth_domains=_domains(account, url)))


def _domains(account: Account, url: str) -> tuple[str, ...]:
    host = urlsplit(url).hostname or ""
    mine = ("localhost", "127.0.0.1") if host in ("localhost", "127.0.0.1") else (host,)
    return tuple(dict.fromkeys((*account.oauth_domains, *mine)))
