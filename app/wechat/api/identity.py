"""Who somebody is."""

from app.wechat.answers import Follower, MiniSession, OAuthGrant, PhoneNumber, as_object
from app.wechat.client import API, AsyncWeChatClient


async def code_to_session(client: AsyncWeChatClient, code: str) -> MiniSession:
    return MiniSession.of(as_object(await client.wxa.code_to_session(code)))


async def get_phone_number(client: AsyncWeChatClient, code: str) -> PhoneNumber:
    url = f"{API}/wxa/business/getuserphonenumber"
    return PhoneNumber.of(await client.post_object(url, {"code": code}))


async def oauth_access_token(client: AsyncWeChatClient, code: str) -> OAuthGrant:
    params = {
        "appid": client.account.appid,
        "secret": client.account.secret,
        "code": code,
        "grant_type": "authorization_code",
    }
    return OAuthGrant.of(as_object(await client.get(f"{API}/sns/oauth2/access_token", params=params)))


async def user_info(client: AsyncWeChatClient, openid: str) -> Follower:
    return Follower.of(as_object(await client.user.get(openid)))
