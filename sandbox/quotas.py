"""Counts of calls. Those of a day begin anew at midnight in China, those of a minute with the minute."""

from dataclasses import dataclass

from sandbox import defaults
from sandbox.errors import PlatformError
from sandbox.faults import Situation
from sandbox.records import Account
from sandbox.world import World

CLEARS_A_MONTH = 10


@dataclass(frozen=True, slots=True)
class Spent:
    appid: str
    path: str
    used: int
    limit: int | None
    left: int | None
    minute_used: int
    minute_limit: int | None


def limit_of(account: Account, path: str) -> int | None:
    return account.daily_quotas.get(path, defaults.DAILY_QUOTAS.get(path))


def minute_limit_of(account: Account, path: str) -> int | None:
    return account.minute_quotas.get(path, defaults.MINUTE_QUOTAS.get(path))


def spend(world: World, account: Account, path: str) -> None:
    _spend_minute(world, account, path)
    used, limit = (
        _count(world, account.appid, defaults.SHARED_QUOTAS.get(path, path)),
        limit_of(account, path),
    )
    if limit is not None and used > limit:
        raise PlatformError(defaults.DAILY_CODES.get(path, 45009))
    if world.faults.quota_spent(Situation(path, account.appid)):
        raise PlatformError(45009)


def _count(world: World, appid: str, path: str) -> int:
    row = world.store.one(
        "INSERT INTO quotas VALUES (?, ?, ?, 1) ON CONFLICT (appid, path, day) DO UPDATE SET used = used + 1"
        " RETURNING used",
        appid,
        path,
        world.clock.day(),
    )
    return 0 if row is None else int(row["used"])


def _spend_minute(world: World, account: Account, path: str) -> None:
    limit = minute_limit_of(account, path)
    if limit is not None and world.pace.count((account.appid, path), 60) > limit:
        raise PlatformError(defaults.MINUTE_CODES.get(path, 45011))


def spend_second(world: World, account: Account, name: str, limit: int, code: int) -> None:
    if world.pace.count((account.appid, name), 1) > limit:
        raise PlatformError(code)


def used(world: World, account: Account, path: str) -> int:
    row = world.store.one(
        "SELECT used FROM quotas WHERE appid = ? AND path = ? AND day = ?",
        account.appid,
        defaults.SHARED_QUOTAS.get(path, path),
        world.clock.day(),
    )
    return 0 if row is None else int(row["used"])


def spent(world: World, account: Account, path: str) -> Spent:
    limit, done = limit_of(account, path), used(world, account, path)
    left = None if limit is None else max(0, limit - done)
    fault = world.faults.quota_left(Situation(path, account.appid))
    if fault is not None:
        left = fault if left is None else min(left, fault)
    minute = world.pace.used((account.appid, path), 60)
    return Spent(account.appid, path, done, limit, left, minute, minute_limit_of(account, path))


def known(world: World, account: Account) -> list[str]:
    """What was called today, and what has a limit that this kind of account can meet."""
    rows = world.store.all(
        "SELECT path FROM quotas WHERE appid = ? AND day = ?", account.appid, world.clock.day()
    )
    return sorted({row["path"] for row in rows} | account.daily_quotas.keys() | account.minute_quotas.keys())


def clear(world: World, account: Account) -> None:
    counter = f"clear_quota:{account.appid}:{world.clock.month()}"
    if world.store.counter(counter) >= CLEARS_A_MONTH:
        raise PlatformError(48006)
    world.store.count(counter)
    world.store.run("DELETE FROM quotas WHERE appid = ?", account.appid)
