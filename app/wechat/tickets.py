"""The jsapi ticket, with which pages sign themselves: kept by the same rules as the access token."""

from app.wechat.api.doors import js_ticket
from app.wechat.client import AsyncWeChatClient
from app.wechat.tokens import Clock, Fetched, Keeper, TokenStore, utc_now


class TicketKeeper(Keeper):
    """getticket has a small daily quota and is answered once in two hours, whoever asks."""

    def __init__(
        self,
        client: AsyncWeChatClient,
        store: TokenStore,
        *,
        now: Clock = utc_now,
        poll_seconds: float = 0.05,
    ) -> None:
        super().__init__(client.account.appid, store, now=now, poll_seconds=poll_seconds)
        self._client = client

    async def _ask(self) -> Fetched:
        ticket = await js_ticket(self._client)
        return Fetched(ticket.value, ticket.expires_in)
