"""What the client of the platform can do by itself: the same cards over the same connections, and no outbox."""

import asyncio
import time
import uuid
from collections.abc import Iterator, Sequence

from app.wechat.accounts import Account, Endpoints
from app.wechat.api.messages import send_template
from app.wechat.client import AsyncWeChatClient
from app.wechat.http import MAX_CONNECTIONS, Http
from app.wechat.templates import TEMPLATES, TemplateKind
from app.wechat.tokens import InMemoryTokenStore, TokenKeeper
from sandbox.defaults import OFFICIAL_APPID, OFFICIAL_SECRET

_SLOTS = {
    "number": "HX2601010000000000",
    "service": "空调维修",
    "state": "已接单",
    "time": "2026年1月5日 14:00",
    "hint": "已收到您的报修",
}


async def bare_rate(base: str, openids: Sequence[str], count: int) -> float:
    """Messages a second, with as many under way as there are connections, each to another person."""
    account, endpoints = Account(OFFICIAL_APPID, "official", OFFICIAL_SECRET, ""), Endpoints(base, base, base)
    async with Http() as http:
        keeper = TokenKeeper(account, endpoints, InMemoryTokenStore(), http)
        client = AsyncWeChatClient(account, endpoints, keeper, http)
        await keeper.token()
        numbers = iter(range(count))
        start = time.monotonic()
        await asyncio.gather(*(_send(client, openids, numbers, lane) for lane in range(MAX_CONNECTIONS)))
        return count / (time.monotonic() - start)


async def _send(client: AsyncWeChatClient, openids: Sequence[str], numbers: Iterator[int], lane: int) -> None:
    """People of one lane are those of no other, so that nobody is written to twice at once."""
    card = TEMPLATES[TemplateKind.TICKET_PROGRESS]
    mine = openids[lane::MAX_CONNECTIONS]
    for number in numbers:
        await send_template(
            client,
            mine[number % len(mine)],
            card.template_id,
            card.render(_SLOTS),
            url="http://127.0.0.1/h5/tickets/HX2601010000000000",
            client_msg_id=uuid.uuid4().hex,
        )
