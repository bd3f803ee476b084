"""Text messages, by way of whatever gateway the operator has: one POST to a configured address."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

import httpx

_SECONDS = 5.0
# Nothing of the message had left when one of these was raised.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class SmsFailed(Exception):
    """``certain``: nothing was sent; otherwise nobody knows."""

    def __init__(self, message: str, *, certain: bool) -> None:
        super().__init__(message)
        self.certain = certain


class SmsGateway(Protocol):
    async def send(self, phone: str, text: str, reference: str) -> None:
        """Raises SmsFailed. A gateway should take a repeated ``reference`` for the same message."""


class HttpSmsGateway:
    """``POST {"phone", "text", "reference"}`` with the secret as a bearer token; any 2xx means taken."""

    def __init__(self, url: str, secret: str, client: httpx.AsyncClient) -> None:
        self._url, self._client = url, client
        self._headers = {"Authorization": f"Bearer {secret}"}

    async def send(self, phone: str, text: str, reference: str) -> None:
        body = {"phone": phone, "text": text, "reference": reference}
        try:
            answer = await self._client.post(self._url, json=body, headers=self._headers)
        except _NOT_SENT as error:
            raise SmsFailed(type(error).__name__, certain=True) from error
        except httpx.HTTPError as error:
            raise SmsFailed(type(error).__name__, certain=False) from error
        if not answer.is_success:
            raise SmsFailed(f"HTTP {answer.status_code}", certain=answer.status_code < 500)


@asynccontextmanager
async def open_sms(url: str, secret: str) -> AsyncIterator[SmsGateway | None]:
    """None when no gateway is configured."""
    if not url:
        yield None
        return
    async with httpx.AsyncClient(timeout=_SECONDS) as client:
        yield HttpSmsGateway(url, secret, client)
