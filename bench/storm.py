"""WeChat as a caller: every callback sealed anew for each try, five seconds of patience, three tries in all."""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from app.wechat.accounts import Account
from app.wechat.sealing import seal

HOST = "127.0.0.1"
PATIENCE, TRIES = 5.0, 3


@dataclass
class Stormed:
    """Milliseconds of every try that was answered; what was not, and what was given up after three tries."""

    answered: list[float] = field(default_factory=list)
    not_success: int = 0
    unanswered: int = 0
    given_up: int = 0

    def quantile(self, share: float) -> float:
        times = sorted(self.answered)
        return times[min(len(times) - 1, int(len(times) * share))] if times else 0.0

    def line(self) -> str:
        return (
            f"{len(self.answered):,} answers, p50 {self.quantile(0.5):.1f} ms, p99 {self.quantile(0.99):.1f} ms;"
            f" {self.not_success} not success, {self.unanswered} cut off, {self.given_up} given up"
        )


@dataclass(frozen=True)
class Caller:
    port: int
    account: Account

    def deliveries(self, bodies: Sequence[str], copies: int = 1) -> list[list[bytes]]:
        """The requests of each delivery, one for each try: sealing takes as long as calling, and is not measured."""
        return [[self._request(body) for _ in range(TRIES)] for body in bodies for _ in range(copies)]

    async def push(self, tries: Sequence[bytes], found: Stormed) -> None:
        """As long as nobody says success, three times."""
        for request in tries:
            began = time.perf_counter()
            try:
                async with asyncio.timeout(PATIENCE):
                    status, answer = await self._call(request)
            except (OSError, TimeoutError, asyncio.IncompleteReadError):
                found.unanswered += 1
                continue
            found.answered.append((time.perf_counter() - began) * 1000)
            # A reply to the person counts as success just as well.
            if status == 200 and (answer == b"success" or answer.startswith(b"<xml>")):
                return
            found.not_success += 1
        found.given_up += 1

    async def _call(self, request: bytes) -> tuple[int, bytes]:
        reader, writer = await asyncio.open_connection(HOST, self.port)
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            return int(head.split(b" ", 2)[1]), await reader.readexactly(length)
        finally:
            writer.transport.abort()

    def _request(self, body: str) -> bytes:
        moment, nonce = int(time.time()), secrets.token_hex(5)
        sealed = seal(self.account, body, timestamp=moment, nonce=nonce)
        query = {
            "timestamp": str(moment),
            "nonce": nonce,
            "encrypt_type": "aes",
            "msg_signature": sealed.signature,
        }
        content = f"<xml><ToUserName>gh_1</ToUserName><Encrypt>{sealed.encrypted}</Encrypt></xml>".encode()
        head = (
            f"POST /wechat/{self.account.appid}/callback?{urlencode(query)} HTTP/1.1\r\nHost: {HOST}\r\n"
            f"Content-Type: text/xml\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + content


def text(openid: str, words: str, msgid: int) -> str:
    return (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{openid}</FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType>text</MsgType><Content>{words}</Content>"
        f"<MsgId>{msgid}</MsgId></xml>"
    )


def event(openid: str, name: str, serial: int) -> str:
    return (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{openid}</FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType>event</MsgType><Event>{name}</Event>"
        f"<EventKey>https://example.com/{serial}</EventKey></xml>"
    )


async def at_once(
    caller: Caller,
    deliveries: Sequence[Sequence[bytes]],
    *,
    lines: int,
    crash: Callable[[], object],
    after: int,
) -> Stormed:
    """All of them at the same moment, over so many lines; ``crash`` strikes when so many have been pushed."""
    found, line = Stormed(), asyncio.Semaphore(lines)

    async def push(tries: Sequence[bytes]) -> None:
        nonlocal after
        async with line:
            await caller.push(tries, found)
        after -= 1
        if after == 0:
            crash()

    await asyncio.gather(*(push(tries) for tries in deliveries))
    return found


async def paced(caller: Caller, deliveries: Sequence[Sequence[bytes]], *, rate: float) -> Stormed:
    """One after the other at an even pace, whether or not the earlier ones have been answered."""
    found, start = Stormed(), time.monotonic()
    pushes = []
    for number, tries in enumerate(deliveries):
        await asyncio.sleep(max(0.0, start + number / rate - time.monotonic()))
        pushes.append(asyncio.create_task(caller.push(tries, found)))
    await asyncio.gather(*pushes)
    return found
