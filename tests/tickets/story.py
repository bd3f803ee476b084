"""A ticket on its way: one method a step, through HTTP, so that a test reads as what people did."""

from dataclasses import dataclass
from typing import Any

from httpx import Response

from app.db import Database, driver
from app.services.tickets.sweep import sweep_one
from tests.harness.callers import Caller
from tests.harness.clock import Clock
from tests.tickets import bodies
from tests.tickets.photos import photo


@dataclass
class Story:
    """``customer`` owns the ticket, ``engineer`` is the only one who can be offered it."""

    customer: Caller
    engineer: Caller
    agent: Caller
    manager: Caller
    database: Database
    clock: Clock
    number: str = ""

    async def submit(self, **over: Any) -> dict[str, Any]:
        answer = await self.customer.post("/api/v1/tickets", json=bodies.report(**over))
        assert answer.status_code == 201, answer.text
        self.number = answer.json()["number"]
        return self.as_dict(answer)

    async def sweep(self) -> int:
        """What the worker does until nothing is due."""
        steps = 0
        while await self._sweep_one():
            steps += 1
            assert steps < 50, "the sweep does not come to rest"
        return steps

    async def _sweep_one(self) -> bool:
        async with self.database.sessions.begin() as session:
            return await sweep_one(await driver(session), self.clock.now)

    async def see(self, who: Caller | None = None) -> dict[str, Any]:
        answer = await (who or self.customer).get(f"/api/v1/tickets/{self.number}")
        assert answer.status_code == 200, answer.text
        return self.as_dict(answer)

    async def ask(self, who: Caller, event: str, **fields: Any) -> Response:
        """The bare answer, for those who expect a refusal."""
        seen = (await self.see(self.agent))["version"]
        body = {"event": event, "version": seen} | fields
        return await who.post(f"/api/v1/tickets/{self.number}/transitions", json=body)

    async def step(self, who: Caller, event: str, **fields: Any) -> dict[str, Any]:
        answer = await self.ask(who, event, **fields)
        assert answer.status_code == 200, answer.text
        return self.as_dict(answer)

    async def covered(self) -> None:
        """The appliance turns out to be in warranty."""
        async with self.database.sessions.begin() as session:
            await (await driver(session)).execute(
                "UPDATE tickets SET warranty = 'in' WHERE number = $1", self.number
            )

    async def photo(self, who: Caller, purpose: str, **said: str) -> str:
        answer = await who.post(
            "/api/v1/attachments",
            files={"file": ("photo.jpg", photo(), "image/jpeg")},
            data={"ticket": self.number, "purpose": purpose} | said,
        )
        assert answer.status_code == 201, answer.text
        made: str = answer.json()["id"]
        return made

    async def offered(self, **over: Any) -> dict[str, Any]:
        await self.submit(**over)
        await self.sweep()
        return await self.see()

    async def accepted(self, **over: Any) -> dict[str, Any]:
        await self.offered(**over)
        return await self.step(self.engineer, "accept")

    async def scheduled(self, **over: Any) -> dict[str, Any]:
        await self.accepted(**over)
        return await self.step(self.customer, "book", window=bodies.window(self.clock.now))

    async def on_site(self, **over: Any) -> dict[str, Any]:
        await self.scheduled(**over)
        await self.step(self.engineer, "depart")
        return await self.step(self.engineer, "arrive", **bodies.HOME)

    async def in_repair(self, **over: Any) -> dict[str, Any]:
        await self.on_site(**over)
        quoted = await self.step(self.engineer, "quote", lines=[{"code": "AC-GAS", "quantity": 2}])
        return await self.step(self.customer, "approve_quote", quote_version=quoted["quote"]["version"])

    async def completed(self, **over: Any) -> dict[str, Any]:
        ticket = await self.in_repair(**over)
        await self.photo(self.engineer, "before")
        await self.photo(self.engineer, "after")
        return await self.step(
            self.engineer,
            "finish",
            fault_code="F01",
            solution="补充冷媒，制冷恢复",
            old_parts="none",
            charge_fen=ticket["quote"]["total_fen"],
        )

    @staticmethod
    def as_dict(answer: Response) -> dict[str, Any]:
        document: dict[str, Any] = answer.json()
        return document


SCORES = {"attitude": 5, "expertise": 4, "timeliness": 5, "conduct": 4}
