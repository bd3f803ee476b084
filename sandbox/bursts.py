"""The fault of too many callbacks: harmless events on top of everything that is owed anyway."""

import asyncio

from sandbox import people
from sandbox.callbacks import Push
from sandbox.events import message
from sandbox.faults import Rule
from sandbox.world import World

_TICK = 0.1


async def run(world: World) -> None:
    while True:
        await asyncio.sleep(_TICK)
        for rule in world.faults.bursts():
            with world.store.writing():
                _post(world, rule)


def _post(world: World, rule: Rule) -> None:
    account = world.accounts.get(rule.match.appid) if rule.match.appid else world.accounts.service()
    if account is None:
        return
    openid = people.openid_of(account.appid, "platform")
    for _ in range(max(1, round(float(rule.arguments["rps"]) * _TICK))):
        rule.fired += 1
        body = message(
            account,
            openid,
            world.clock.stamp(),
            "event",
            Event="debug_demo",
            debug_str=f"burst {rule.id}-{rule.fired}",
        )
        world.courier.post(Push(account.appid, openid, "debug_demo", body))
