"""Is this fit to be shown? Both calls need an openid that visited the mini-program within two hours (61010)."""

from app.wechat.answers import SecurityVerdict, maybe
from app.wechat.client import API, AsyncWeChatClient

_VERSION = 2
_IMAGE = 2


async def msg_sec_check(
    client: AsyncWeChatClient, *, openid: str, scene: int, content: str, nickname: str | None = None
) -> SecurityVerdict:
    """At most 2500 characters; ``scene`` 1 profile, 2 comment, 3 forum, 4 social."""
    body = {
        "version": _VERSION,
        "openid": openid,
        "scene": scene,
        "content": content,
        # Looked at for profiles only.
        "nickname": nickname,
    }
    return SecurityVerdict.of(await client.post_object(f"{API}/wxa/msg_sec_check", body))


async def media_check_async(
    client: AsyncWeChatClient, *, openid: str, scene: int, media_url: str
) -> str | None:
    """The trace id that the event ``wxa_media_check`` will carry within half an hour.

    None when the platform says that it has this picture in its queue already (87020).
    """
    body = {
        "version": _VERSION,
        "openid": openid,
        "scene": scene,
        "media_url": media_url,
        "media_type": _IMAGE,
    }
    return maybe(await client.post_object(f"{API}/wxa/media_check_async", body), "trace_id")
