"""Ways into the mini-program: codes to scan and links to follow."""

import re

from app.wechat.answers import text
from app.wechat.client import API, AsyncWeChatClient
from app.wechat.errors import Unreadable

_SCENE = re.compile(r"[0-9a-zA-Z!#$&'()*+,/:;=?@\-._~]{1,32}")
MOST_DAYS = 30
_LONGEST_QUERY = 1024


async def wxa_code(client: AsyncWeChatClient, scene: str, page: str, *, width: int = 430) -> bytes:
    """The image of a code that opens ``page`` with ``scene``. Raises ValueError before anything is sent for a scene
    or a page that the platform would refuse."""
    if not _SCENE.fullmatch(scene):
        raise ValueError("a scene has 1 to 32 characters of the platform's set")
    _check_page(page)
    body = {"scene": scene, "page": page, "check_path": False, "width": min(max(width, 280), 1280)}
    answer = await client.post(f"{API}/wxa/getwxacodeunlimit", data=body)
    if not isinstance(answer, bytes):
        raise Unreadable("the answer is not an image")
    return answer


async def url_link(client: AsyncWeChatClient, page: str, query: str, days: int) -> str:
    """An address that opens ``page`` of the mini-program from outside WeChat, for at most thirty days."""
    _check_page(page)
    if not 1 <= days <= MOST_DAYS or len(query) > _LONGEST_QUERY:
        raise ValueError("a link lives 1 to 30 days, and its query has at most 1024 characters")
    body = {"path": page, "query": query, "expire_type": 1, "expire_interval": days}
    return text(await client.post_object(f"{API}/wxa/generate_urllink", body), "url_link")


def _check_page(page: str) -> None:
    if not page or page.startswith("/") or "?" in page:
        raise ValueError("a page is a path without leading slash and without query")
