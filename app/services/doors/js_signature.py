"""The signature with which a page of ours asks WeChat's browser for its abilities (wx.config)."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from app.errors import InvalidInput, Unavailable
from app.services.doors.ports import Doors
from app.wechat.errors import WeChatError
from app.wechat.links import js_signature


@dataclass(frozen=True)
class Signed:
    appid: str
    timestamp: int
    nonce: str
    signature: str


async def sign_page(doors: Doors, url: str, *, public_base_url: str, now: datetime) -> Signed:
    """Only for pages on our own host: a signature for another page would lend it our account."""
    if not _is_ours(url, public_base_url):
        raise InvalidInput.at("query.url", "只能为本站的页面签名。", "foreign_url")
    try:
        ticket = await doors.js_ticket()
    except WeChatError as error:
        raise Unavailable("微信暂时没有回应，请稍后再试。", retry_after=5) from error
    timestamp, nonce = int(now.timestamp()), secrets.token_hex(8)
    return Signed(doors.official_appid, timestamp, nonce, js_signature(ticket, nonce, timestamp, url))


def _is_ours(url: str, public_base_url: str) -> bool:
    ours = urlsplit(public_base_url)
    try:
        given = urlsplit(url)
        return (given.scheme, given.netloc) == (ours.scheme, ours.netloc) and "\\" not in url
    except ValueError:
        return False
