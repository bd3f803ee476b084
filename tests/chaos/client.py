"""A client as good clients are: it tries again what may be tried again, and writes down what it was promised."""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.chaos.ledger import Ledger

TRIES_FOR = 15.0
_PAUSE, _LONGEST_PAUSE = 0.2, 1.0
_NUMBER = re.compile(r"HX\w+")
# Not the fault of anybody: the ticket moved on, somebody was faster, the cool-down runs.
REFUSED = frozenset({403, 404, 409, 422, 429})


@dataclass(frozen=True)
class Client:
    http: httpx.AsyncClient
    ledger: Ledger
    token: str = ""

    async def once(self, method: str, url: str, **request: Any) -> httpx.Response | None:
        """One try; None when nobody answered or the service said that it cannot right now."""
        began = time.monotonic()
        try:
            answer = await self.http.request(method, url, headers=self._headers(request), **request)
        except httpx.HTTPError:
            self.ledger.failed += 1
            return None
        if answer.is_success:
            self.ledger.answered.append((began, time.monotonic() - began))
            return answer
        if answer.status_code in REFUSED:
            return answer
        self.ledger.failed += 1
        if answer.status_code != 503:
            self.ledger.strange[f"{method} {_NUMBER.sub('…', url)}: {answer.status_code}"] += 1
        return None

    async def insist(self, method: str, url: str, **request: Any) -> httpx.Response | None:
        """Until there is an answer; None when there was none for too long."""
        deadline, pause = time.monotonic() + TRIES_FOR, _PAUSE
        while time.monotonic() < deadline:
            answer = await self.once(method, url, **request)
            if answer is not None:
                return answer
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        return None

    async def see(self, url: str) -> Mapping[str, Any] | None:
        answer = await self.insist("GET", url)
        return answer.json() if answer is not None and answer.is_success else None

    def _headers(self, request: dict[str, Any]) -> dict[str, str]:
        key = request.pop("key", None)
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return headers | ({"Idempotency-Key": key} if key else {})
