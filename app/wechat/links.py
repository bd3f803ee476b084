"""Addresses and signatures that the WeChat client itself uses."""

import hashlib
from typing import Literal
from urllib.parse import quote

from app.wechat.accounts import Endpoints


def authorize_url(
    endpoints: Endpoints,
    appid: str,
    redirect_uri: str,
    state: str,
    scope: Literal["snsapi_base", "snsapi_userinfo"] = "snsapi_base",
) -> str:
    """The page that asks WeChat who is reading. It refuses other parameter orders and needs the fragment."""
    return (
        f"{endpoints.open}/connect/oauth2/authorize?appid={quote(appid, safe='')}"
        f"&redirect_uri={quote(redirect_uri, safe='')}&response_type=code&scope={scope}"
        f"&state={quote(state, safe='')}#wechat_redirect"
    )


def qrcode_image_url(endpoints: Endpoints, ticket: str) -> str:
    return f"{endpoints.mp}/cgi-bin/showqrcode?ticket={quote(ticket, safe='')}"


def js_signature(ticket: str, noncestr: str, timestamp: int, url: str) -> str:
    """What wx.config checks, for the page's address as the browser shows it, without its fragment."""
    page = url.partition("#")[0]
    signed = f"jsapi_ticket={ticket}&noncestr={noncestr}&timestamp={timestamp}&url={page}"
    return hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest()
