"""What the platform has counted and kept of our calls."""

from app.wechat.answers import Quota, TracedRequest
from app.wechat.client import AsyncWeChatClient


async def quota_get(client: AsyncWeChatClient, cgi_path: str) -> Quota:
    return Quota.of(await client.post_object("openapi/quota/get", {"cgi_path": cgi_path}))


async def rid_get(client: AsyncWeChatClient, rid: str) -> TracedRequest:
    return TracedRequest.of(await client.post_object("openapi/rid/get", {"rid": rid}))
