"""Carries a request of a phone's browser to the product, and its answer back."""

import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import httpx
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

# Cookies are kept in this phone's own jar; encodings stay off, because pages get a script put into them.
_NOT_SENT = frozenset(
    {
        "host",
        "cookie",
        "origin",
        "referer",
        "connection",
        "accept-encoding",
        "transfer-encoding",
        "user-agent",
    }
)
_NOT_RETURNED = frozenset(
    {"set-cookie", "content-length", "transfer-encoding", "connection", "x-frame-options", "content-encoding"}
)
_AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.50"
_BRIDGE = b'<script src="/__phone/wx.js"></script>'
_AUTHORIZE = "/connect/oauth2/authorize"


async def pass_on(client: httpx.AsyncClient, request: Request, product: str) -> Response:
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    headers = [(k, v) for k, v in request.headers.items() if k not in _NOT_SENT]
    headers += [("user-agent", _AGENT), ("accept-encoding", "identity")]
    if "origin" in request.headers:
        headers.append(("origin", product))
    body = request.stream() if request.method not in ("GET", "HEAD", "OPTIONS") else None
    try:
        asked = client.build_request(request.method, product + path, headers=headers, content=body)
        answer = await client.send(asked, stream=True)
    except httpx.HTTPError:
        return Response("服务没有回应。", 502, media_type="text/plain; charset=utf-8")
    kept = {k: v for k, v in answer.headers.items() if k.lower() not in _NOT_RETURNED}
    if answer.headers.get("content-type", "").startswith("text/html"):
        text = await answer.aread()
        await answer.aclose()
        _open_policy(kept)
        page = with_bridge(links_at_home(text, product))
        return at_home(Response(page, answer.status_code, kept), product)
    return at_home(StreamingResponse(_chunks(answer), answer.status_code, kept), product)


async def _chunks(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()


def with_bridge(page: bytes) -> bytes:
    head, found, rest = page.partition(b"<head>")
    return head + found + _BRIDGE + rest if found else _BRIDGE + page


def links_at_home(page: bytes, product: str) -> bytes:
    """Photos have whole addresses, and the policy of a page lets it load from where it came from: here from us."""
    return re.sub(rb'\b(src|href|poster)="' + re.escape(product.encode()) + b"/", rb'\1="/', page)


def at_home(response: Response, product: str | None) -> Response:
    """Redirects within the product, and to the platform's authorisation, stay in this browser."""
    location = response.headers.get("location", "")
    target = urlsplit(location)
    if target.netloc and (f"{target.scheme}://{target.netloc}" == product or target.path == _AUTHORIZE):
        response.headers["location"] = urlunsplit(("", "", target.path or "/", target.query, target.fragment))
    return response


def _open_policy(headers: dict[str, str]) -> None:
    """WeChat puts its bridge into a page whatever the page's policy says, and no page is framed there."""
    given = headers.get("content-security-policy")
    if given is None:
        return
    rules = {words[0]: words[1:] for part in given.split(";") if (words := part.split())}
    rules.pop("frame-ancestors", None)
    scripts = rules.get("script-src", rules.get("default-src", []))
    rules["script-src"] = [*(word for word in scripts if word not in ("'none'", "'self'")), "'self'"]
    headers["content-security-policy"] = "; ".join(" ".join((name, *words)) for name, words in rules.items())
