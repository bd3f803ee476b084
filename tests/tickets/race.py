"""People who all want something of the same few tickets at the same moment, on real commits.

Nobody waits for anybody: each looks, decides by what he saw, and acts on what may have changed since. What may go
wrong then is known, and counted; what may not, ``test_race`` looks for when all have gone home.
"""

import asyncio
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from httpx import Response

from app.db import driver
from app.domain.lifecycle import ENDS
from app.services.tickets.sweep import sweep_one
from tests.harness.callers import Caller
from tests.harness.live import Live
from tests.tickets import bodies
from tests.tickets.words import take_photo, words

# How many tickets are open at a time: few, so that people meet.
FEW = 3
# Minutes that pass while somebody acts.
PASSING = (0, 1, 5, 20, 60, 180)
# What leads a job on is wanted often, what ends or holds it up seldom.
ONWARD = frozenset(
    {
        *("triage", "supply_info", "offer", "accept", "claim", "book", "depart", "arrive", "quote"),
        *("approve_quote", "finish", "parts_ready", "resume", "confirm"),
    }
)
SELDOM = frozenset(
    {
        *("cancel", "reject", "merge", "fail", "resolve_remote", "decline", "reassign", "suspend"),
        *("rebook", "abort_visit", "ask_info", "accept_fail"),
    }
)
REFUSALS = frozenset({403, 404, 409, 422, 429})
_OVER = frozenset(map(str, ENDS))


@dataclass
class Race:
    """What all racers share: the tickets, and what was answered to whom."""

    live: Live
    days: int
    length: int
    open: list[str] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    steps: int = 0
    # (number, version) -> who was told that this change is his.
    changes: dict[tuple[str, int], str] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)

    @property
    def goes_on(self) -> bool:
        """Until they have come far, within reason: whom chance sends astray goes on a while."""
        came_far = self.answers["finish"] and self.answers["rated"]
        return self.steps < (self.length if came_far else 3 * self.length)

    def settle(self, number: str, state: str) -> None:
        if state in _OVER and number in self.open:
            self.open.remove(number)

    def won(self, who: str, number: str, version: int) -> None:
        taken = self.changes.setdefault((number, version), who)
        assert taken == who, f"{number} v{version} was given to {taken} and {who}"

    def turned_away(self, answer: Response) -> bool:
        """On a busy machine somebody may be asked to come back."""
        if answer.status_code == 503:
            self.answers["unavailable"] += 1
            return True
        assert answer.status_code == 200, answer.text
        return False

    def refused(self, answer: Response) -> None:
        assert answer.status_code in REFUSALS, answer.text
        code = answer.json()["code"]
        assert code != "internal_error"
        self.answers[code] += 1


@dataclass
class Racer:
    name: str
    caller: Caller
    race: Race
    dice: Random
    is_customer: bool

    async def run(self) -> None:
        while self.race.goes_on:
            if self.is_customer and len(self.race.open) < FEW:
                await self._report()
            elif self.race.open:
                await self._step()
                self.race.steps += 1
            else:
                # Until a customer has something to report.
                await asyncio.sleep(0)

    async def _step(self) -> None:
        somewhere = await self._mine() or self.race.open
        if not somewhere:
            # While he looked, the others ended the last of them.
            return
        number = self.dice.choice(somewhere)
        answer = await self.caller.get(f"/api/v1/tickets/{number}")
        if answer.status_code == 404:
            assert not self.is_customer or self.race.owners[number] != self.name
            self.race.answers["not_mine"] += 1
            return
        if self.race.turned_away(answer):
            return
        seen = answer.json()
        self.race.settle(number, seen["state"])
        match self.dice.random():
            case luck if self.is_customer and luck < 0.1:
                await self._urge(number)
            case luck if self.is_customer and seen["state"] in ("completed", "confirmed") and luck < 0.6:
                await self._rate(number, seen)
            case _:
                await self._act(number, seen)

    async def _mine(self) -> list[str]:
        """Mostly people look at what concerns them, and now and then at what does not."""
        if self.dice.random() < 0.2:
            return []
        answer = await self.caller.get("/api/v1/tickets")
        if self.race.turned_away(answer):
            return []
        return [item["number"] for item in answer.json()["items"] if item["number"] in self.race.open]

    async def _report(self) -> None:
        """Sent twice at the same moment, as an impatient thumb does."""
        body, key = bodies.report(), {"Idempotency-Key": uuid.UUID(int=self.dice.getrandbits(128)).hex}
        send = (self.caller.post("/api/v1/tickets", json=body, headers=key) for _ in range(2))
        made = [answer for answer in await asyncio.gather(*send) if answer.status_code == 201]
        assert made
        (number,) = {answer.json()["number"] for answer in made}
        self.race.owners[number] = self.name
        self.race.open.append(number)

    async def _urge(self, number: str) -> None:
        answer = await self.caller.post(f"/api/v1/tickets/{number}/urgings", json={"message": "快点"})
        if answer.status_code == 201:
            self.race.answers["urged"] += 1
        else:
            self.race.refused(answer)

    async def _rate(self, number: str, seen: dict[str, Any]) -> None:
        """What is not confirmed yet, a rating confirms."""
        scores = {
            name: self.dice.randint(1, 5) for name in ("attitude", "expertise", "timeliness", "conduct")
        }
        answer = await self.caller.put(f"/api/v1/tickets/{number}/rating", json=scores)
        if answer.status_code == 200:
            for step in range(2 if seen["state"] == "completed" else 1):
                self.race.won(self.name, number, seen["version"] + step + 1)
            self.race.answers["rated"] += 1
        else:
            self.race.refused(answer)

    async def _act(self, number: str, seen: dict[str, Any]) -> None:
        free = [allowed["event"] for allowed in seen["allowed_events"] if not allowed["blockers"]]
        if self._lacks_photos(seen):
            await self._photos(number)
            return
        wishes = [8.0 if event in ONWARD else 0.02 if event in SELDOM else 1.0 for event in free]
        # Whoever can only hold things up mostly lets them be.
        if self.dice.random() > sum(wishes):
            return
        (event,) = self.dice.choices(free, wishes)
        said = await words(
            event, seen, self.race.live.clock.now, self.dice, photograph=self._photo, others=self.race.open
        )
        body = {"event": event, "version": seen["version"]} | said
        answer = await self.caller.post(f"/api/v1/tickets/{number}/transitions", json=body)
        if answer.status_code == 200:
            self.race.won(self.name, number, seen["version"] + 1)
            self.race.answers["rated" if event == "rate_or_expire" else event] += 1
            self.race.settle(number, answer.json()["state"])
        else:
            self.race.refused(answer)

    def _lacks_photos(self, seen: dict[str, Any]) -> bool:
        finish = next((a for a in seen["allowed_events"] if a["event"] == "finish"), None)
        return finish is not None and bool(finish["blockers"]) and self.dice.random() < 0.7

    async def _photos(self, number: str) -> None:
        for purpose in ("before", "after"):
            await self._photo(purpose, number)

    async def _photo(self, purpose: str, number: str = "") -> str:
        by = {"customer" if self.is_customer else "staff": str(self.caller.person.id)}
        async with self.race.live.database.writes.acquire() as rows:
            return await take_photo(rows, self.race.live.clock.now, purpose=purpose, number=number, **by)


async def worker(race: Race, dice: Random) -> None:
    """Time passes, and what is due happens, while people act."""
    clock = race.live.clock
    end = clock.now + timedelta(days=race.days)
    while race.goes_on:
        minutes = timedelta(minutes=dice.choice(PASSING))
        if clock.now + minutes < end:
            clock.now += minutes
        async with race.live.sessions.begin() as session:
            if await sweep_one(await driver(session), clock.now):
                race.answers["swept"] += 1
        race.steps += 1
