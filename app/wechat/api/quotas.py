"""What the platform has counted and kept of our calls."""

from app.wechat.answers import Quota, TracedRequest, as_object
from app.wechat.client import AsyncWeChatClient


async def quota_get(client: AsyncWeChatClient, cgi_path: str) -> Quota:
    return Quota.of(await client.post_object("openapi/quota/get", {"cgi_path": cgi_path}))


async def rid_get(client: AsyncWeChatClient, rid: str) -> TracedRequest:
    return TracedRequest.of(await client.post_object("openapi/rid/get", {"rid": rid}))


async def callback_ips(client: AsyncWeChatClient) -> list[str]:
    """Where the platform calls from; also the cheapest proof that the account's token works."""
    answer = as_object(await client.get("getcallbackip"))
    found = answer.get("ip_list")
    return [str(ip) for ip in found] if isinstance(found, list) else []
