"""The phones in the sandbox: what has arrived on them for one ticket."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from app.cli.tour.api import PATIENCE
from app.cli.tour.expected import NUMBER, OFFER, by_the_clock
from app.cli.tour.failures import TourFailed
from app.integrations.sandbox import Card, Sandbox, SandboxUnavailable

POLL = 0.1

T = TypeVar("T")


class Phones:
    """Watches from now on; ``number`` is known as soon as there is a ticket."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._newest = 0
        self._cards: list[Card] = []
        self.number = ""

    async def begin(self) -> None:
        self._newest = await patiently(self._sandbox.newest)

    async def login_code(self, user_id: str) -> str:
        return await patiently(lambda: self._sandbox.login_code(user_id))

    async def arrived(self) -> Sequence[Card]:
        """All cards of the ticket so far, in the order in which they were accepted."""
        fresh = await patiently(lambda: self._sandbox.cards(since=self._newest))
        if fresh:
            self._newest = fresh[-1].id
            self._cards += fresh
        return [card for card in self._cards if card.row(NUMBER) == self.number and not by_the_clock(card)]

    async def wait_for(self, count: int, seconds: float) -> Sequence[Card]:
        """At least so many cards, or what there is when the time is over."""
        deadline = asyncio.get_running_loop().time() + seconds
        while len(cards := await self.arrived()) < count:
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(POLL)
        return cards

    async def wait_for_offer(self, after: int, seconds: float) -> Card:
        """The newest offer of the ticket, once there are more than ``after``."""
        missing = f"{seconds:.0f} 秒内没有工程师的手机收到派单。"
        return await self._newest_of(lambda card: card.template_id == OFFER, after, seconds, missing)

    async def wait_for_phone_of(self, nickname: str, seconds: float) -> str:
        """The user on whose phone something of the ticket has arrived."""
        missing = f"{seconds:.0f} 秒内{nickname}的手机没有收到任何消息。"
        return (await self._newest_of(lambda card: card.nickname == nickname, 0, seconds, missing)).user_id

    async def _newest_of(
        self, wanted: Callable[[Card], bool], after: int, seconds: float, missing: str
    ) -> Card:
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            found = [card for card in await self.arrived() if wanted(card)]
            if len(found) > after:
                return found[-1]
            if asyncio.get_running_loop().time() > deadline:
                raise TourFailed(missing)
            await asyncio.sleep(POLL)


async def patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """The sandbox may be killed and come back as well."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        try:
            return await ask()
        except SandboxUnavailable as error:
            if asyncio.get_running_loop().time() > deadline:
                raise TourFailed(f"微信沙箱 {PATIENCE:.0f} 秒内没有回应：{error.__cause__}") from error
            await asyncio.sleep(0.5)
