"""What the platform lends: one of a kind per account, asked for once however many processes and coroutines need it.

Stable tokens are used in normal mode only: asking again returns the same token until it is nearly over, so
nobody can end somebody else's token by asking. A caller whose token was refused says which one
(`token(bad=...)`); a new one is asked for only if that is still the current one.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

import orjson

from app.wechat.accounts import Account, Endpoints
from app.wechat.answers import read_object, text
from app.wechat.errors import BreakerOpen, CredentialConflict, Refused, Unreachable, WeChatError
from app.wechat.http import Http

LEASE_SECONDS = 8.0
_FETCH_SECONDS = 7.0  # below the lease, so that a slow fetch can never overwrite its successor's token
_WAIT_SECONDS = 10.0
CONFLICT_SECONDS = 30.0
_MARGIN_SECONDS = 300
_LEAST_SECONDS = 60

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class StoredToken:
    value: str = field(repr=False)
    expires_at: datetime


class TokenStore(Protocol):
    """What the processes of one deployment share.

    `lease` is exclusive and ends by itself; `release` gives back only a lease of this process.
    """

    async def get(self, appid: str) -> StoredToken | None: ...

    async def put(self, appid: str, token: str, expires_at: datetime) -> None: ...

    async def lease(self, appid: str, seconds: float) -> bool: ...

    async def release(self, appid: str) -> None: ...


class InMemoryTokenStore:
    """For tests and one-process scripts."""

    def __init__(self, now: Clock = utc_now) -> None:
        self._now = now
        self._tokens: dict[str, StoredToken] = {}
        self._leases: dict[str, datetime] = {}

    async def get(self, appid: str) -> StoredToken | None:
        return self._tokens.get(appid)

    async def put(self, appid: str, token: str, expires_at: datetime) -> None:
        self._tokens[appid] = StoredToken(token, expires_at)

    async def lease(self, appid: str, seconds: float) -> bool:
        now = self._now()
        if (until := self._leases.get(appid)) is not None and until > now:
            return False
        self._leases[appid] = now + timedelta(seconds=seconds)
        return True

    async def release(self, appid: str) -> None:
        self._leases.pop(appid, None)


class Breaker:
    """Opens for `open_for` after `limit` errors within `window`."""

    def __init__(self, limit: int = 3, window: float = 60.0, open_for: float = 30.0) -> None:
        self._errors: deque[datetime] = deque(maxlen=limit)
        self._limit = limit
        self._window = timedelta(seconds=window)
        self._open_for = timedelta(seconds=open_for)
        self._open_until: datetime | None = None

    def record(self, now: datetime) -> None:
        self._errors.append(now)
        if len(self._errors) == self._limit and now - self._errors[0] <= self._window:
            self._open_until = now + self._open_for
            self._errors.clear()

    def check(self, now: datetime) -> None:
        if self._open_until is not None and now < self._open_until:
            raise BreakerOpen((self._open_until - now).total_seconds())


class Fetched(NamedTuple):
    value: str
    lifetime: int
    """Seconds, as the platform says them"""


class Keeper(ABC):
    """One credential of one account in one process."""

    def __init__(
        self, appid: str, store: TokenStore, *, now: Clock = utc_now, poll_seconds: float = 0.05
    ) -> None:
        self._appid = appid
        self._store = store
        self._now = now
        self._poll_seconds = poll_seconds
        self._lock = asyncio.Lock()
        self._held: StoredToken | None = None
        self._breaker = Breaker()
        self._conflict: StoredToken | None = None  # the refused token, until it may be asked for again
        self._round = 0
        self._failure: WeChatError | None = None

    @abstractmethod
    async def _ask(self) -> Fetched:
        """Ask the platform for the credential."""

    async def token(self, bad: str | None = None) -> str:
        """The current token; with `bad`, one that is not the refused one.

        Raises BreakerOpen, CredentialConflict, Refused or Unreachable: in each case the caller's own message
        has not been accepted by the platform.
        """
        now = self._now()
        self._breaker.check(now)
        if (held := self._usable(self._held, bad, now)) is not None:
            return held.value
        asked_in = self._round
        async with self._lock:
            if (held := self._usable(self._held, bad, self._now())) is not None:
                return held.value
            if self._round != asked_in and self._failure is not None:
                raise self._failure  # those who queued behind a failed attempt share it
            return await self._renew(bad)

    def refused_again(self, bad: str, refusal: Refused) -> CredentialConflict:
        """Note that a fresh token was refused as well; returns what to raise."""
        now = self._now()
        if not self._in_conflict(bad, now):  # fifty concurrent refusals of one token are one error
            self._mark_conflict(bad, now)
        return CredentialConflict(refusal.errmsg, retry_after=CONFLICT_SECONDS, refusal=refusal)

    async def _renew(self, bad: str | None) -> str:
        self._failure = None
        try:
            now = self._now()
            if bad is not None and self._in_conflict(bad, now):
                self._breaker.record(now)
                raise CredentialConflict("token still refused", retry_after=self._conflict_left(now))
            self._held = await self._shared_or_fetched(bad)
        except WeChatError as error:
            self._failure = error
            raise
        finally:
            self._round += 1
        return self._held.value

    async def _shared_or_fetched(self, bad: str | None) -> StoredToken:
        if (found := await self._stored_or_leased(bad)) is not None:
            return found
        try:
            # Another process may have stored one between our look and our lease.
            if (found := self._usable(await self._store.get(self._appid), bad, self._now())) is not None:
                return found
            return await self._fetch(bad)
        finally:
            await self._store.release(self._appid)

    async def _stored_or_leased(self, bad: str | None) -> StoredToken | None:
        """A usable token that some process stored, or None as soon as the lease is ours."""
        appid = self._appid
        try:
            async with asyncio.timeout(_WAIT_SECONDS):
                while True:
                    stored = await self._store.get(appid)
                    if (found := self._usable(stored, bad, self._now())) is not None:
                        return found
                    if await self._store.lease(appid, LEASE_SECONDS):
                        return None
                    await asyncio.sleep(self._poll_seconds)
        except TimeoutError as error:
            raise Unreachable("another process holds the token lease") from error

    async def _fetch(self, bad: str | None) -> StoredToken:
        """Ask the platform. However this fails, the caller's message has not left: never unknown."""
        try:
            async with asyncio.timeout(_FETCH_SECONDS):
                fetched = await self._ask()
        except Refused:
            self._breaker.record(self._now())
            raise
        except (WeChatError, TimeoutError, ValueError) as error:
            raise Unreachable(f"no token: {error or type(error).__name__}") from error
        now = self._now()
        if fetched.value == bad:
            self._mark_conflict(fetched.value, now)
            raise CredentialConflict(
                "the refused token is still the current one", retry_after=CONFLICT_SECONDS
            )
        expires_at = kept_until(fetched, now)
        await self._store.put(self._appid, fetched.value, expires_at)
        return StoredToken(fetched.value, expires_at)

    @staticmethod
    def _usable(token: StoredToken | None, bad: str | None, now: datetime) -> StoredToken | None:
        return token if token is not None and token.value != bad and now < token.expires_at else None

    def _mark_conflict(self, bad: str, now: datetime) -> None:
        self._conflict = StoredToken(bad, now + timedelta(seconds=CONFLICT_SECONDS))
        self._breaker.record(now)

    def _in_conflict(self, bad: str, now: datetime) -> bool:
        return self._conflict is not None and self._conflict.value == bad and now < self._conflict.expires_at

    def _conflict_left(self, now: datetime) -> float:
        return (self._conflict.expires_at - now).total_seconds() if self._conflict else 0.0


class TokenKeeper(Keeper):
    """The access token."""

    def __init__(
        self,
        account: Account,
        endpoints: Endpoints,
        store: TokenStore,
        http: Http,
        *,
        now: Clock = utc_now,
        poll_seconds: float = 0.05,
    ) -> None:
        super().__init__(account.appid, store, now=now, poll_seconds=poll_seconds)
        self._account = account
        self._endpoints = endpoints
        self._http = http

    async def _ask(self) -> Fetched:
        return await fetch_token(self._account, self._endpoints, self._http)


async def fetch_token(account: Account, endpoints: Endpoints, http: Http, *, force: bool = False) -> Fetched:
    """``force`` ends the token that everybody holds: for people in an emergency, never for a program."""
    question = {
        "grant_type": "client_credential",
        "appid": account.appid,
        "secret": account.secret,
        "force_refresh": force,
    }
    url = f"{endpoints.api}/cgi-bin/stable_token"
    answer = read_object(await http.send("POST", url, content=orjson.dumps(question)))
    return Fetched(text(answer, "access_token"), int(text(answer, "expires_in")))


def kept_until(fetched: Fetched, now: datetime) -> datetime:
    """A little less than it lives, so that nobody sends with one that ends on the way."""
    return now + timedelta(seconds=max(fetched.lifetime - _MARGIN_SECONDS, _LEAST_SECONDS))
