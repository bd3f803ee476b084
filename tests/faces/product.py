"""A service with two pages, for the browser in a phone: one knows who is signed in, one asks WeChat for things."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox import defaults
from sandbox.webview import QuietServer

_STRICT = {"Content-Security-Policy": "default-src 'none'; script-src 'self'; frame-ancestors 'none'"}
_ASKING = """
const show = text => { document.querySelector("output").textContent = text; };
document.querySelectorAll("button").forEach(button => button.addEventListener("click", () => {
  const args = button.dataset.ids ? {tmplIds: button.dataset.ids.split(",")} : {};
  wx[button.name]({...args, success: found => show(JSON.stringify(found)), fail: error => show(error.errMsg)});
}));
"""
_PAGE = """<!doctype html><html lang="zh-CN"><head><title>报修</title></head><body><h1>报修</h1>
<button name="login">登录</button><button name="getPhoneNumber">手机号</button>
<button name="requestSubscribeMessage" data-ids="{ids}">订阅</button>
<button name="chooseLocation">位置</button><button name="scanCode">扫码</button>
<output></output><script src="/asking.js"></script></body></html>"""
SUBSCRIPTIONS = tuple(template.id for template in defaults.SUBSCRIPTIONS[:2])


@dataclass
class Product:
    base: str = ""
    platform: str = ""
    scope: str = "snsapi_base"
    callbacks: list[bytes] = field(default_factory=list)

    async def home(self, request: Request) -> Response:
        """Who comes without a name is sent to WeChat, as a real service does."""
        code = request.cookies.get("visitor") or request.query_params.get("code")
        if code is None and "state" in request.query_params:
            return HTMLResponse("<!doctype html><title>未授权</title><h1>您没有授权</h1>", headers=_STRICT)
        if code is None:
            query = {
                "appid": defaults.OFFICIAL_APPID,
                "redirect_uri": f"{self.base}/h5/",
                "response_type": "code",
                "scope": self.scope,
                "state": "s",
            }
            return RedirectResponse(
                f"{self.platform}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect", 302
            )
        response = HTMLResponse(
            f"<!doctype html><title>我的服务</title><h1>我的服务</h1><p>{code}</p>", headers=_STRICT
        )
        response.set_cookie("visitor", code, httponly=True)
        return response

    async def asking(self, _request: Request) -> Response:
        return HTMLResponse(_PAGE.format(ids=",".join(SUBSCRIPTIONS)), headers=_STRICT)

    async def script(self, _request: Request) -> Response:
        return Response(_ASKING, media_type="text/javascript")

    async def echo(self, request: Request) -> Response:
        seen = {name: request.headers.get(name) for name in ("cookie", "origin", "referer", "user-agent")}
        return JSONResponse({"headers": seen, "body": (await request.body()).decode()})

    async def callback(self, request: Request) -> Response:
        self.callbacks.append(await request.body())
        return Response("success", media_type="text/plain")


@asynccontextmanager
async def running_product(platform: str) -> AsyncIterator[Product]:
    product = Product(platform=platform)
    app = Starlette(
        routes=[
            Route("/h5/", product.home),
            Route("/h5/asking", product.asking),
            Route("/asking.js", product.script),
            Route("/echo", product.echo, methods=["GET", "POST"]),
            Route("/wechat/{appid}/callback", product.callback, methods=["POST"]),
        ]
    )
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    product.base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = QuietServer(uvicorn.Config(app, log_level="warning", lifespan="off", ws="none"))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await server.listening.wait()
    yield product
    server.should_exit = True
    await task
