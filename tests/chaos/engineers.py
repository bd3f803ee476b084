"""What an engineer does: take what is offered, go there, quote, repair, finish."""

import asyncio
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.chaos.client import Client
from tests.chaos.customers import TICKETS, step, upload
from tests.tickets.bodies import HOME

_LOOK_EVERY = 1.2
_MINE = frozenset({"offered", "scheduled", "en_route", "on_site", "in_repair"})


@dataclass(frozen=True)
class Engineer:
    client: Client
    rng: random.Random
    running: Callable[[], bool]

    async def live(self) -> None:
        while self.running():
            page = await self.client.see(f"{TICKETS}?limit=30")
            for item in page["items"] if page else ():
                if item["state"] in _MINE and self.running():
                    await self._work(item["number"])
            await asyncio.sleep(_LOOK_EVERY * self.rng.uniform(0.5, 1.5))

    async def _work(self, number: str) -> None:
        seen = await self.client.see(f"{TICKETS}/{number}")
        if seen is None:
            return
        possible = {event["event"]: event["blockers"] for event in seen["allowed_events"]}
        match seen["state"]:
            case "offered" if "accept" in possible:
                declines = self.rng.random() < 0.08
                fields = {"reason_code": "too_far"} if declines else {}
                await step(self.client, number, seen, "decline" if declines else "accept", **fields)
            case "scheduled" if possible.get("depart") == []:
                await step(self.client, number, seen, "depart")
            case "en_route" if "arrive" in possible:
                await step(self.client, number, seen, "arrive", **HOME)
            case "on_site" if "quote" in possible:
                lines = [{"code": "AC-GAS", "quantity": self.rng.randint(1, 3)}]
                await step(self.client, number, seen, "quote", lines=lines)
            case "in_repair" if "finish" in possible:
                await self._finish(number, seen, possible["finish"])

    async def _finish(self, number: str, seen: Mapping[str, Any], blockers: list[Mapping[str, str]]) -> None:
        missing = {blocker["code"] for blocker in blockers}
        for purpose in ("before", "after"):
            if f"photo_{purpose}_missing" in missing:
                key = str(uuid.UUID(int=self.rng.getrandbits(128)))
                await upload(self.client, {"ticket": number, "purpose": purpose}, key)
        done = {"fault_code": "F01", "solution": "补充冷媒，制冷恢复", "old_parts": "none"}
        await step(self.client, number, seen, "finish", **done, charge_fen=seen["quote"]["total_fen"])
