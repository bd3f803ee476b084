"""wechatpy's client on an async transport.

wechatpy knows some three hundred endpoints; all of them end in `_request`, so replacing that one method
by a coroutine makes them awaitable. Its own HTTP, token and retry code is not used: it blocks, has no
timeouts, and answers a persistently refused token with unbounded recursion.

These wechatpy methods use a result synchronously and must not be called: jsapi.get_jsapi_ticket,
jsapi.get_jsapi_card_ticket, user.iter_followers, tag.iter_tag_users, qrcode.show, media.get_url,
customservice.delete_account, cloud.upload_file.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import quote, urlencode, urlsplit

import orjson
from wechatpy import WeChatClient

from app.wechat.accounts import Account, Endpoints
from app.wechat.answers import Object, as_object, read
from app.wechat.errors import ErrorClass, Refused, Unreachable, Unreadable, WeChatError
from app.wechat.http import MAX_CONNECTIONS, File, Http
from app.wechat.tokens import TokenKeeper

Result = Object | list[object] | bytes

API = "https://api.weixin.qq.com"

# Calls that prove themselves by the appid and secret, by a user's own OAuth token, or are public.
_WITHOUT_TOKEN = ("/sns/", "/cgi-bin/token", "/cgi-bin/stable_token", "/cgi-bin/showqrcode")


@dataclass(frozen=True)
class CallReport:
    """One exchange with the platform, for logs and metrics; the path carries no query and thus no secret."""

    path: str
    milliseconds: float
    error: WeChatError | None


Observer = Callable[[CallReport], None]


def _unobserved(_report: CallReport) -> None:
    return None


@dataclass(frozen=True)
class _Call:
    method: str
    url: str
    path: str
    content: bytes | None
    files: Mapping[str, File] | None
    needs_token: bool

    def with_token(self, token: str) -> str:
        return f"{self.url}{'&' if '?' in self.url else '?'}access_token={quote(token)}"


# wechatpy has no types, so its class is Any to the checker.
class AsyncWeChatClient(WeChatClient):  # type: ignore[misc]
    """Every method is a coroutine and raises only `WeChatError`s. One per account, sharing one `Http`."""

    def __init__(
        self,
        account: Account,
        endpoints: Endpoints,
        keeper: TokenKeeper,
        http: Http,
        *,
        observe: Observer = _unobserved,
    ) -> None:
        super().__init__(account.appid, account.secret, auto_retry=False)
        self.account = account
        self._endpoints = endpoints
        self._keeper = keeper
        self._http = http
        self._observe = observe
        self._turns = asyncio.Semaphore(MAX_CONNECTIONS)

    def adopt(self, account: Account, keeper: TokenKeeper) -> None:
        """Go on as the same account with other secrets; whoever holds this client need not know."""
        self.account, self.secret, self._keeper = account, account.secret, keeper

    @property
    def access_token(self) -> NoReturn:
        # wechatpy evaluates all properties of the bare instance in __new__; only AttributeError is tolerated.
        raise AttributeError("tokens are asked for by TokenKeeper, asynchronously")

    def fetch_access_token(self) -> NoReturn:
        raise NotImplementedError("tokens are asked for by TokenKeeper, asynchronously")

    async def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        process: Callable[[Result], Any] | None = kwargs.pop("result_processor", None)
        call = self._call(method, url_or_endpoint, kwargs)
        async with self._turn():
            result = await (self._with_token(call) if call.needs_token else self._exchange(call, call.url))
        if process is None:
            return result
        try:
            return process(result)
        except (KeyError, TypeError) as error:  # wechatpy picks a member without looking
            raise Unreadable(f"the answer lacks {error}") from error

    def _call(self, method: str, url_or_endpoint: str, options: dict[str, Any]) -> _Call:
        url = url_or_endpoint
        if not url.startswith(("http://", "https://")):
            url = f"{options.get('api_base_url', self.API_BASE_URL)}{url}"
        path = urlsplit(url).path
        url = self._endpoints.rewrite(url)
        params: Mapping[str, object] = options.get("params") or {}
        if query := urlencode({name: value for name, value in params.items() if value is not None}):
            url = f"{url}{'&' if '?' in url else '?'}{query}"
        return _Call(
            method=method.upper(),
            url=url,
            path=path,
            content=_body(options.get("json", options.get("data"))),
            files=options.get("files"),
            needs_token="access_token" not in params and not path.startswith(_WITHOUT_TOKEN),
        )

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """A place among those who may call. Who waits for one holds no token yet: one that was taken before the
        wait could be revoked twice during it."""
        try:
            async with asyncio.timeout(self._http.wait_seconds):
                await self._turns.acquire()
        except TimeoutError as error:
            raise Unreachable("all connections are busy") from error
        try:
            yield
        finally:
            self._turns.release()

    async def _with_token(self, call: _Call) -> Result:
        token = await self._keeper.token()
        try:
            return await self._exchange(call, call.with_token(token))
        except Refused as refusal:
            if refusal.cls is not ErrorClass.REFRESH:
                raise
        token = await self._keeper.token(bad=token)
        try:
            return await self._exchange(call, call.with_token(token))
        except Refused as refusal:
            if refusal.cls is not ErrorClass.REFRESH:
                raise
            raise self._keeper.refused_again(token, refusal) from refusal

    async def _exchange(self, call: _Call, url: str) -> Result:
        started = time.perf_counter()
        failure: WeChatError | None = None
        try:
            return read(await self._http.send(call.method, url, content=call.content, files=call.files))
        except WeChatError as error:
            failure = error
            raise
        finally:
            self._observe(CallReport(call.path, (time.perf_counter() - started) * 1000, failure))

    async def post_object(self, url: str, body: Mapping[str, object]) -> Object:
        """`body` without its Nones; a path is one of the API's `/cgi-bin/`, a URL any other of the platform's."""
        given = {name: value for name, value in body.items() if value is not None}
        return as_object(await self.post(url, data=given))


def _body(data: object) -> bytes | None:
    """Raw UTF-8: the platform refuses JSON with \\uXXXX escapes (40033)."""
    if data is None or isinstance(data, bytes):
        return data
    return data.encode() if isinstance(data, str) else orjson.dumps(data)
