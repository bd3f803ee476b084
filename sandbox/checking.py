"""Fetches pictures that were handed in for a check, and tells the service what the platform thinks of them."""

import asyncio
import logging
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from sandbox.accounts import Accounts
from sandbox.callbacks import Push
from sandbox.carrying import Carrier, NoAnswer
from sandbox.clock import Clock
from sandbox.courier import Courier
from sandbox.events import message
from sandbox.people import Identity
from sandbox.store import Store

log = logging.getLogger("sandbox.checking")

EVENT = "wxa_media_check"
LARGEST = 10 * 1024 * 1024
NOT_FETCHED = -1008
_PATIENCE = 5.0
_LABELS = {"pass": 100, "review": 21000, "risky": 20002}


class Checker:
    def __init__(
        self, store: Store, accounts: Accounts, clock: Clock, courier: Courier, carrier: Carrier
    ) -> None:
        self._store, self._accounts, self._clock = store, accounts, clock
        self._courier, self._carry = courier, carrier
        self._wake = asyncio.Event()

    def accept(self, trace_id: str, who: Identity, url: str, verdict: str, delay: float) -> None:
        self._store.run(
            "INSERT INTO media_checks VALUES (?, ?, ?, ?, ?, ?, 'pending')",
            trace_id,
            who.appid,
            who.openid,
            url,
            verdict,
            self._clock.now() + delay,
        )
        self.wake()

    def wake(self) -> None:
        self._wake.set()

    def pending(self) -> int:
        row = self._store.one("SELECT count(*) AS n FROM media_checks WHERE status = 'pending'")
        return 0 if row is None else int(row["n"])

    async def run(self) -> None:
        while True:
            self._wake.clear()
            wait = await self._check_due()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._wake.wait()

    async def _check_due(self) -> float | None:
        while True:
            row = self._store.one(
                "SELECT * FROM media_checks WHERE status = 'pending' ORDER BY due_at, trace_id LIMIT 1"
            )
            if row is None:
                return None
            if (early := row["due_at"] - self._clock.now()) > 0:
                return self._clock.real_seconds(early)
            fetched = await self._fetch(row["url"])
            with self._store.writing():
                self._tell(row["trace_id"], row["appid"], row["openid"], row["verdict"], fetched=fetched)

    async def _fetch(self, url: str) -> bool:
        """The real platform reaches the public; this one must not, so anything but loopback is unreachable."""
        if not is_loopback(url):
            return False
        try:
            async with asyncio.timeout(_PATIENCE):
                answered = await self._carry("GET", url, b"", "")
        except (NoAnswer, OSError, ValueError) as error:
            log.info("media check could not fetch %s: %s", url, error)
            return False
        return answered.status == 200 and 0 < len(answered.body) <= LARGEST

    def _tell(self, trace_id: str, appid: str, openid: str, verdict: str, *, fetched: bool) -> None:
        self._store.run("UPDATE media_checks SET status = 'done' WHERE trace_id = ?", trace_id)
        account = self._accounts.get(appid)
        if account is None:
            return
        errcode = 0 if fetched else NOT_FETCHED
        opinion: dict[str, str | int] = {"suggest": verdict, "label": _LABELS[verdict]}
        strategy: dict[str, str | int] = {"strategy": "content_model", "errcode": errcode, "prob": 90}
        detail = [{**strategy, **opinion}] if fetched else []
        body = message(
            account,
            openid,
            self._clock.stamp(),
            "event",
            Event=EVENT,
            appid=appid,
            trace_id=trace_id,
            version=2,
            errcode=errcode,
            errmsg="ok" if fetched else "download fail",
            detail=detail,
            result=opinion if fetched else {},
        )
        self._courier.post(Push(appid, openid, EVENT, body))


def is_loopback(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
