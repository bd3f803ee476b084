"""Daily counts of calls. They begin anew at midnight in China."""

from sandbox import defaults
from sandbox.errors import PlatformError
from sandbox.records import Account
from sandbox.world import World

CLEARS_A_MONTH = 10


def limit_of(account: Account, path: str) -> int | None:
    return account.daily_quotas.get(path, defaults.DAILY_QUOTAS.get(path))


def spend(world: World, account: Account, path: str) -> None:
    limit = limit_of(account, path)
    if limit is None:
        return
    row = world.store.one(
        "INSERT INTO quotas VALUES (?, ?, ?, 1) ON CONFLICT (appid, path, day) DO UPDATE SET used = used + 1"
        " RETURNING used",
        account.appid,
        path,
        world.clock.day(),
    )
    if row is not None and row["used"] > limit:
        raise PlatformError(45009)


def used(world: World, account: Account, path: str) -> int:
    row = world.store.one(
        "SELECT used FROM quotas WHERE appid = ? AND path = ? AND day = ?",
        account.appid,
        path,
        world.clock.day(),
    )
    return 0 if row is None else int(row["used"])


def clear(world: World, account: Account) -> None:
    counter = f"clear_quota:{account.appid}:{world.clock.month()}"
    if world.store.counters().get(counter, 0) >= CLEARS_A_MONTH:
        raise PlatformError(48006)
    world.store.count(counter)
    world.store.run("DELETE FROM quotas WHERE appid = ?", account.appid)
