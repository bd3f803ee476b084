"""The emergency brake: end the token that everybody holds and take a new one."""

from datetime import datetime

from app.wechat.accounts import Account, Endpoints
from app.wechat.http import Http
from app.wechat.tokens import TokenStore, fetch_token, kept_until

# WeChat's own limits, for the text that a person reads before he says yes.
FORCES_A_DAY = 20
SECONDS_BETWEEN = 30


async def force_refresh(
    account: Account, endpoints: Endpoints, http: Http, store: TokenStore, *, now: datetime
) -> datetime:
    """Until when the new token is kept. Only ever by the hand of a person; raises WeChatError.

    The other processes learn it by the refusal of their old one, and find the new one in the store.
    """
    fetched = await fetch_token(account, endpoints, http, force=True)
    until = kept_until(fetched, now)
    await store.put(account.appid, fetched.value, until)
    return until
