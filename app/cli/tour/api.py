"""The service as a client sees it that does not give up: processes may die and come back meanwhile."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from app.cli.tour.failures import Refused, TourFailed

PATIENCE = 60.0
_AGAIN = frozenset({429, 502, 503, 504})
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 2.0

Json = dict[str, Any]
File = tuple[str, bytes, str]


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    name: str
    token: str


class Api:
    def __init__(self, base_url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, timeout=20.0, trust_env=False, transport=transport)

    async def close(self) -> None:
        await self._http.aclose()

    async def get(self, path: str, who: Person) -> Json:
        return await self._call("GET", path, who)

    async def post(
        self,
        path: str,
        who: Person | None,
        body: Mapping[str, object] | None = None,
        *,
        key: str | None = None,
        file: File | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> Json:
        """``key`` makes repeating it harmless; ``file`` and ``fields`` make a form of it."""
        headers = {"Idempotency-Key": key} if key else {}
        form = {"files": {"file": file}, "data": fields or {}} if file else {}
        return await self._call("POST", path, who, json=body, headers=headers, **form)

    async def put(self, path: str, who: Person, body: Mapping[str, object]) -> Json:
        return await self._call("PUT", path, who, json=body)

    async def _call(self, method: str, path: str, who: Person | None, **request: Any) -> Json:
        """Until there is an answer that another try would not change."""
        headers = dict(request.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {who.token}"
        deadline = asyncio.get_running_loop().time() + PATIENCE
        pause, repeated = _FIRST_PAUSE, False
        while True:
            try:
                response = await self._http.request(method, path, headers=headers, **request)
            except httpx.TransportError as error:
                reason, wait = type(error).__name__, pause
                repeated = True
            else:
                if response.status_code not in _AGAIN:
                    return _answer(response, repeated=repeated)
                reason, wait = str(response.status_code), _retry_after(response, pause)
            if asyncio.get_running_loop().time() + wait > deadline:
                raise TourFailed(f"{method} {path}：{PATIENCE:.0f} 秒内没有得到回应（{reason}）。")
            await asyncio.sleep(wait)
            pause = min(2 * pause, _LONGEST_PAUSE)


def _answer(response: httpx.Response, *, repeated: bool) -> Json:
    try:
        document: Json = response.json()
    except ValueError:
        document = {}
    if response.is_success:
        return document
    code, msg = str(document.get("code", "")), str(document.get("msg", response.reason_phrase))
    raise Refused(response.status_code, code, msg, repeated=repeated)


def _retry_after(response: httpx.Response, pause: float) -> float:
    said = response.headers.get("Retry-After", "")
    return float(said) if said.isdecimal() else pause
