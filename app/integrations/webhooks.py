"""Calls to addresses that somebody else named: pinned to an address that was looked at, never redirected, cut short."""

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpcore

from app.domain.webhooks.address import is_public

TOTAL_SECONDS = 15.0
CONNECT_SECONDS = 5.0
# What is kept of an answer, for people who look for a fault.
BEGINNING_BYTES = 500
# Resolvers that hang must not keep others from resolving.
RESOLVERS = 32


@dataclass(frozen=True)
class Answer:
    """``error`` in one word instead of a status: nothing, or nothing whole, came back."""

    milliseconds: int
    status: int | None = None
    error: str | None = None
    beginning: str | None = None
    # Seconds, when the receiver asked for a pause.
    retry_after: int = 0

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class AddressRefused(Exception):
    """The name leads into a network that is nobody else's business."""


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Resolves a name itself and connects to what it has looked at: a second answer of the resolver changes nothing."""

    def __init__(self, *, at_home: bool) -> None:
        self._at_home = at_home
        self._plain = httpcore.AnyIOBackend()
        self._resolvers = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="webhook-dns")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._resolve(host, port)
        if not self._at_home and not all(map(is_public, addresses)):
            raise AddressRefused
        return await self._plain.connect_tcp(addresses[0], port, timeout, local_address, socket_options)

    async def _resolve(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._resolvers, _addresses, host, port)
        except OSError as error:
            raise httpcore.ConnectError("name not resolved") from error
        return found

    def close(self) -> None:
        self._resolvers.shutdown(wait=False, cancel_futures=True)


def _addresses(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


class WebhookClient:
    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self._pool = pool

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Never raises for what the other side does."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                return await self._post(url, body, headers, began)
        except TimeoutError:
            return Answer(_since(began), error="timeout")
        except AddressRefused:
            return Answer(_since(began), error="address_refused")
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            return Answer(_since(began), error=type(error).__name__)
        except (httpcore.UnsupportedProtocol, ssl.SSLError, OSError, ValueError) as error:
            return Answer(_since(began), error=type(error).__name__)

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str], began: float) -> Answer:
        seconds = dict.fromkeys(("connect", "read", "write", "pool"), CONNECT_SECONDS)
        timeouts = {**seconds, "read": TOTAL_SECONDS}
        async with self._pool.stream(
            "POST", url, headers=list(headers.items()), content=body, extensions={"timeout": timeouts}
        ) as response:
            told = b""
            async for chunk in response.aiter_stream():
                told += chunk
                if len(told) >= BEGINNING_BYTES:
                    break
            return Answer(
                _since(began),
                status=response.status,
                beginning=told[:BEGINNING_BYTES].decode("utf-8", "replace").replace("\x00", ""),
                retry_after=_seconds(response.headers),
            )


def _seconds(headers: Iterable[tuple[bytes, bytes]]) -> int:
    given = next((value for name, value in headers if name.lower() == b"retry-after"), b"")
    return int(given) if given.isdigit() and len(given) < 8 else 0


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


@asynccontextmanager
async def open_webhooks(*, at_home: bool) -> AsyncIterator[WebhookClient]:
    """``at_home`` lets it call our own network, for development and tests."""
    network = GuardedNetwork(at_home=at_home)
    async with httpcore.AsyncConnectionPool(
        network_backend=network, max_connections=None, keepalive_expiry=10
    ) as pool:
        yield WebhookClient(pool)
    network.close()
