"""What a customer does: report, book, urge, agree, rate, and press the button twice."""

import asyncio
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.zone import ZONE
from tests.chaos.client import Client
from tests.chaos.ledger import Step
from tests.tickets.bodies import report
from tests.tickets.photos import photo

TICKETS = "/api/v1/tickets"
_LOOK_EVERY = 1.0
_MOST_LOOKS = 40
_DONE = frozenset({"closed", "cancelled", "rejected", "merged", "unresolved"})


@dataclass(frozen=True)
class Customer:
    client: Client
    rng: random.Random
    running: Callable[[], bool]

    async def live(self) -> None:
        while self.running():
            number = await self._report()
            if number is not None:
                await self._follow(number)

    async def _report(self) -> str | None:
        photos = [await self._photo()] if self.rng.random() < 0.15 else []
        body = report(attachment_ids=[found for found in photos if found])
        key = str(uuid.UUID(int=self.rng.getrandbits(128)))
        number = await self._submit(key, body)
        if number is not None and self.rng.random() < 0.3:
            await asyncio.gather(*(self._submit(key, body) for _ in range(2)))
        return number

    async def _submit(self, key: str, body: Mapping[str, Any]) -> str | None:
        answer = await self.client.insist("POST", TICKETS, json=body, key=key)
        if answer is None or answer.status_code != 201:
            return None
        number: str = answer.json()["number"]
        self.client.ledger.reports.setdefault(key, []).append(number)
        return number

    async def _photo(self) -> str | None:
        return await upload(self.client, {}, str(uuid.UUID(int=self.rng.getrandbits(128))))

    async def _follow(self, number: str) -> None:
        """Until it is over, or as long as this customer's patience lasts."""
        for _ in range(_MOST_LOOKS):
            seen = await self.client.see(f"{TICKETS}/{number}")
            if seen is None or seen["state"] in _DONE or not self.running():
                return
            await self._act(number, seen)
            await asyncio.sleep(_LOOK_EVERY * self.rng.uniform(0.5, 1.5))

    async def _act(self, number: str, seen: Mapping[str, Any]) -> None:
        match seen["state"]:
            case "accepted":
                await step(self.client, number, seen, "book", window=window())
            case "quote_pending":
                version = seen["quote"]["version"]
                await step(self.client, number, seen, "approve_quote", quote_version=version)
            case "completed" if self.rng.random() < 0.5:
                await step(self.client, number, seen, "confirm")
            case "completed" | "confirmed":
                await self._rate(number)
            case _ if self.rng.random() < 0.1:
                await self._urge(number)

    async def _urge(self, number: str) -> None:
        key = str(uuid.UUID(int=self.rng.getrandbits(128)))
        asked = {"json": {"message": "请问还要多久"}, "key": key}
        answer = await self.client.insist("POST", f"{TICKETS}/{number}/urgings", **asked)
        if answer is not None and answer.status_code == 201:
            self.client.ledger.urgings[key] = number
            await self.client.insist("POST", f"{TICKETS}/{number}/urgings", **asked)

    async def _rate(self, number: str) -> None:
        scores = {name: self.rng.randint(1, 5) for name in ("attitude", "expertise", "timeliness", "conduct")}
        answer = await self.client.insist("PUT", f"{TICKETS}/{number}/rating", json=scores)
        if answer is not None and answer.is_success:
            self.client.ledger.ratings.add(number)


async def step(
    client: Client, number: str, seen: Mapping[str, Any], event: str, **fields: Any
) -> Mapping[str, Any] | None:
    """Cause an event once; after a lost answer the next look shows whether it happened."""
    body = {"event": event, "version": seen["version"]} | fields
    answer = await client.once("POST", f"{TICKETS}/{number}/transitions", json=body)
    if answer is None or not answer.is_success:
        return None
    after: dict[str, Any] = answer.json()
    client.ledger.steps.append(Step(number, event, after["version"]))
    return after


async def upload(client: Client, data: Mapping[str, str], key: str) -> str | None:
    files = {"file": ("photo.jpg", photo(), "image/jpeg")}
    answer = await client.insist("POST", "/api/v1/attachments", files=files, data=data, key=key)
    if answer is None or answer.status_code != 201:
        return None
    made: str = answer.json()["id"]
    client.ledger.photos.add(made)
    return made


def window() -> dict[str, str]:
    """The hours from now on, also across midnight: the engineers of chaos work on."""
    now = datetime.now(UTC).astimezone(ZONE).replace(microsecond=0)
    return {"start": now.isoformat(), "end": (now + timedelta(hours=8)).isoformat()}
