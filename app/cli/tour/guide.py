"""What every step of the story needs: signing in, moving the ticket on, and showing what arrives meanwhile."""

import time
from dataclasses import dataclass, field
from typing import Any

from app.cli.tour.api import Api, File, Json, Person
from app.cli.tour.expected import Expected, expected
from app.cli.tour.failures import Refused, TourFailed
from app.cli.tour.phones import Phones
from app.cli.tour.result import Result, Step, judge
from app.cli.tour.shown import Stage

# How long a step is given to show its messages before the story goes on without them.
LINGER = 4.0
# A worker that was killed holds what it was sending for 45 seconds; then another sends it again.
LAST_WAIT = 150.0
TICKETS = "/api/v1/tickets"


@dataclass
class Guide:
    api: Api
    phones: Phones
    stage: Stage
    result: Result
    customer_phone: str
    _began: float = field(default_factory=time.monotonic)
    _shown: int = 0
    _agent: Person | None = None

    @property
    def agent(self) -> Person:
        if self._agent is None:
            raise TourFailed("客服还没有登录。")
        return self._agent

    @property
    def ticket(self) -> str:
        return f"{TICKETS}/{self.phones.number}"

    async def open_desk(self, password: str) -> None:
        self._agent = await self.sign_in("kefu", password)

    async def sign_in(self, username: str, password: str) -> Person:
        body = {"username": username, "password": password}
        answer = await self.api.post("/api/v1/sessions/staff", None, body)
        return Person(answer["staff"]["name"], answer["access_token"])

    async def sign_in_customer(self) -> Person:
        for _ in range(5):
            code = await self.phones.login_code(self.customer_phone)
            try:
                answer = await self.api.post("/api/v1/sessions/mini-program", None, {"code": code})
            except Refused as refusal:
                # A code works once: when the answer was lost with it, the phone gives another one.
                if refusal.code != "invalid_code" or not refusal.repeated:
                    raise
            else:
                return Person(answer["customer"]["nickname"], answer["access_token"])
        raise TourFailed("微信登录五次都没有成功。")

    async def upload(self, who: Person, photo: File, **fields: str) -> str:
        answer = await self.api.post("/api/v1/attachments", who, file=photo, fields=fields)
        made: str = answer["id"]
        return made

    async def see(self, who: Person) -> Json:
        return await self.api.get(self.ticket, who)

    async def timeline(self) -> list[Json]:
        entries: list[Json] = (await self.api.get(f"{self.ticket}/events", self.agent))["items"]
        return entries

    async def has_happened(self, event: str) -> bool:
        return any(entry["event"] == event for entry in await self.timeline())

    async def move(self, who: Person, event: str, **fields: Any) -> Json:
        """Cause an event, once: when the answer is unclear, the ticket itself says whether it happened."""
        while True:
            version = (await self.see(who))["version"]
            body = {"event": event, "version": version} | fields
            try:
                return await self.api.post(f"{self.ticket}/transitions", who, body)
            except Refused as refusal:
                if (refusal.repeated or refusal.code == "stale_version") and await self.has_happened(event):
                    return await self.see(who)
                if refusal.code != "stale_version":
                    raise

    async def done(self, title: str, detail: str = "") -> None:
        """A step of the story is over: say so, and show what it has caused on the phones."""
        took = round((time.monotonic() - self._began) * 1000, 1)
        self.result.steps.append(Step(title, detail, took))
        self.stage.step(title, f"{detail}  {took:.0f} 毫秒".strip())
        if self.phones.number:
            await self.show_phones(LINGER)
        self._began = time.monotonic()

    async def show_phones(self, seconds: float) -> None:
        wanted = await self._wanted()
        cards = await self.phones.wait_for(len(wanted), seconds)
        if len(cards) > len(wanted):
            # The story went on by itself while we were waiting.
            wanted = await self._wanted()
        for place in range(self._shown, len(cards)):
            self.stage.card(cards[place], wanted[place] if place < len(wanted) else None)
        self._shown = len(cards)

    async def conclude(self) -> None:
        """Wait for the last messages and judge them all."""
        await self.show_phones(LAST_WAIT)
        self.result.verdict = judge(await self._wanted(), await self.phones.arrived(), self.customer_phone)

    async def _wanted(self) -> list[Expected]:
        visit = (await self.see(self.agent))["visit"]
        return expected(await self.timeline(), visit["announced_at"] if visit else None)
