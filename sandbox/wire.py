"""The platform's side of the wire: one pipeline for every endpoint, in the order the platform checks things.

method → JSON → token → permission → quota → parameters → business. Handlers are synchronous: nothing else
runs between their check and their write. What they wrote and the call's log row are committed together,
before the answer leaves.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import orjson
from starlette.types import Receive, Scope, Send

from sandbox import calls, quotas, tokens
from sandbox.calls import Call
from sandbox.connections import JSON, Response, read_body, send_response
from sandbox.errors import PlatformError
from sandbox.faults import Fired, Situation
from sandbox.mishaps import TOKEN, WIRE
from sandbox.records import Capability, Kind
from sandbox.uploads import read_upload
from sandbox.world import World

Answer = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is a file."""

    body: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()


Handler = Callable[[World, Call], Answer | Raw]

_MAX_BODY = 1_000_000
# A file that is too large must still be read, to be refused with the right code.
_MAX_UPLOAD = 16_000_000
_PLAIN = b"text/plain"
_HTML = b"text/html"
_BAD_GATEWAY = b"<html><head><title>%d</title></head><body><center><h1>%d</h1></center></body></html>"
_GARBAGE = b'{"errcode":0,"errmsg":"o\x00<html>'


@dataclass(frozen=True, slots=True)
class Endpoint:
    method: str
    path: str
    handler: Handler
    needs_token: bool = True
    kinds: tuple[Kind, ...] = ("service", "mini")
    # Two calls for one openid that overlap in time are refused with 43108.
    one_at_a_time: bool = False
    content_type: bytes = JSON
    # The body is a file and not JSON.
    upload: bool = False
    # What the account must be able to do.
    capability: Capability | None = None


class Wire:
    """ASGI application of everything under /cgi-bin, /sns and /wxa."""

    def __init__(self, world: World, endpoints: Iterable[Endpoint]) -> None:
        self._world = world
        self._endpoints = {endpoint.path: endpoint for endpoint in endpoints}
        self._sending: set[tuple[str, str]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, at = time.perf_counter(), self._world.clock.stamp()
        call = await self._begin(scope, receive, at)
        self._world.under_way += 1
        try:
            response = await self._respond(call)
            self._log(call, response, (time.perf_counter() - started) * 1000)
        except BaseException:
            self._world.store.rollback()
            raise
        finally:
            self._world.under_way -= 1
        if call.first_deliver is not None:
            await self._world.courier.deliver_now(call.first_deliver)
        await send_response(scope, receive, send, response)

    async def _begin(self, scope: Scope, receive: Receive, at: float) -> Call:
        endpoint = self._endpoints.get(scope["path"])
        raw = await read_body(receive, _MAX_UPLOAD if endpoint is not None and endpoint.upload else _MAX_BODY)
        client = (scope.get("client") or ("", 0))[0]
        agent = content_type = ""
        for name, value in scope["headers"]:
            if name == b"user-agent":
                agent = value.decode("latin-1")[:200]
            elif name == b"content-type":
                content_type = value.decode("latin-1")
        method, path, query = scope["method"], scope["path"], scope["query_string"]
        return calls.begin(method, path, query, raw, client, at, agent=agent, content_type=content_type)

    async def _respond(self, call: Call) -> Response:
        try:
            return await self._answer(call)
        except PlatformError as error:
            text = {"errcode": error.code, "errmsg": f"{error.text} rid: {call.rid}"}
            return Response(orjson.dumps(text), error.code, content_type=self._content_type(call))

    def _content_type(self, call: Call) -> bytes:
        endpoint = self._endpoints.get(call.path)
        return endpoint.content_type if endpoint else JSON

    async def _answer(self, call: Call) -> Response:
        endpoint = self._endpoints.get(call.path)
        if endpoint is None:
            raise PlatformError(40066)
        if call.method != endpoint.method:
            raise PlatformError(43001 if endpoint.method == "GET" else 43002)
        if endpoint.upload:
            if len(call.raw) >= _MAX_UPLOAD:
                raise PlatformError(45001)
            call.upload = await read_upload(call.content_type, call.raw)
        elif endpoint.method == "POST":
            call.body = _json(call.raw)
        token = tokens.find(self._world.store, call.query.get("access_token", ""))
        situation = self._situation(call, None if token is None else token.appid)
        call.fired = self._fire(call, situation, WIRE)
        if (broken := _broken(call)) is not None:
            return broken
        self._identify(call, endpoint, token, situation)
        if "errcode" in call.fired:
            raise PlatformError(call.fired.code("errcode"))
        async with self._alone(call, endpoint):
            await asyncio.sleep(self._duration(call, endpoint))
            answer = endpoint.handler(self._world, call)
        return _success(call, endpoint, answer)

    def _situation(self, call: Call, appid: str | None) -> Situation:
        named = call.query.get("appid") or call.text("appid") or None
        return Situation(call.path, appid or named, call.openid, call.text("template_id") or None)

    def _fire(self, call: Call, situation: Situation, kinds: frozenset[str]) -> Fired:
        fired = self._world.faults.fire(situation, kinds)
        call.faults += fired.by_kind
        return fired

    def _identify(
        self, call: Call, endpoint: Endpoint, token: tokens.Token | None, situation: Situation
    ) -> None:
        if endpoint.needs_token:
            mishap = self._fire(call, situation, TOKEN)
            if "token_revoked" in mishap and situation.appid:
                tokens.revoke(self._world, situation.appid)
                token = tokens.find(self._world.store, call.query.get("access_token", ""))
            if "token_flap" in mishap or "token_storm" in mishap:
                raise PlatformError(40001)
            call.account = tokens.owner(self._world, call.query.get("access_token", ""), token)
            if call.account.kind not in endpoint.kinds or endpoint.capability in call.account.lacks:
                raise PlatformError(48001)
        else:
            call.account = self._world.accounts.get(situation.appid or "")
        if call.account is not None:
            quotas.spend(self._world, call.account, call.path)

    def _duration(self, call: Call, endpoint: Endpoint) -> float:
        latency = self._world.settings.latency if endpoint.one_at_a_time else 0.0
        return max(latency, call.fired.number("slow") / 1000 if "slow" in call.fired else 0.0)

    @asynccontextmanager
    async def _alone(self, call: Call, endpoint: Endpoint) -> AsyncIterator[None]:
        if not endpoint.one_at_a_time or call.openid is None:
            yield
            return
        key = (call.caller.appid, call.openid)
        if key in self._sending:
            raise PlatformError(43108)
        self._sending.add(key)
        try:
            yield
        finally:
            self._sending.discard(key)

    def _log(self, call: Call, response: Response, ms: float) -> None:
        appid = call.account.appid if call.account else call.query.get("appid") or call.text("appid") or None
        store = self._world.store
        call_id = calls.log(
            store,
            call,
            appid=appid,
            errcode=response.errcode,
            answer=response.body,
            ms=ms,
            shown_answer=response.is_text,
        )
        calls.prune(store, self._world.settings.keep_calls, call_id)
        store.count(f"calls:{call.path}" if call.path in self._endpoints else "calls:unknown")
        if response.errcode:
            store.count(f"errors:{response.errcode}")
        store.commit()


def _json(raw: bytes) -> dict[str, object]:
    if not raw.strip():
        raise PlatformError(44002)
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise PlatformError(47001) from error
    if not isinstance(body, dict):
        raise PlatformError(47001)
    return body


def _broken(call: Call) -> Response | None:
    """Answers that never reach the endpoint."""
    if "http" in call.fired:
        status = call.fired.code("http")
        return Response(_BAD_GATEWAY % (status, status), None, status, _HTML)
    if "garbage_body" in call.fired:
        return Response(_GARBAGE, None)
    if "hang" in call.fired:
        return Response(b"", None, cut_after=call.fired.number("hang"))
    return None


def _success(call: Call, endpoint: Endpoint, answer: Answer | Raw) -> Response:
    cut = 0.0 if "drop_after_accept" in call.fired else None
    if isinstance(answer, Raw):
        content_type = answer.content_type.encode()
        return Response(
            answer.body, 0, content_type=content_type, headers=answer.headers, is_text=False, cut_after=cut
        )
    return Response(orjson.dumps(answer), 0, content_type=endpoint.content_type, cut_after=cut)
