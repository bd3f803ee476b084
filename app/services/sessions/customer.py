"""Signing in with WeChat: the code is exchanged first, then one transaction finds or makes the customer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import driver
from app.errors import Conflict, Forbidden
from app.models import Customer, WeChatIdentity
from app.services.customers.recognise import recognise
from app.services.sessions.issue import Issued, issue
from app.services.sessions.ports import CodeExchange, Identity, OAuthExchange, UnknownAccount


class BoundToStaff(Conflict):
    code, title = "bound_to_staff", "Bound to staff"
    msg = "此微信已绑定员工账号，请从员工入口登录。"


class SnapshotVisitor(Forbidden):
    code, title = "snapshot_visitor", "Snapshot visitor"
    msg = "当前是预览页面，请点击右下角「使用完整服务」后再试。"


@dataclass(frozen=True)
class Terms:
    """For how long a session is, and what signs its token."""

    lifetime: timedelta
    key: bytes


@dataclass(frozen=True)
class SignedIn:
    issued: Issued
    customer: Customer


async def sign_in_with_code(
    sessions: async_sessionmaker[AsyncSession],
    wechat: CodeExchange,
    code: str,
    *,
    appid: str,
    now: datetime,
    terms: Terms,
) -> SignedIn:
    """``code`` is what wx.login gave to the mini-program. Raises UnknownAccount for an ``appid`` not ours."""
    if not wechat.knows(appid, "mini"):
        raise UnknownAccount.at("body.appid", UnknownAccount.msg, UnknownAccount.code)
    identity = await wechat.code_to_session(appid, code)
    async with sessions.begin() as session:
        return await _admit(session, identity, appid=appid, now=now, terms=terms)


async def sign_in_with_oauth(
    sessions: async_sessionmaker[AsyncSession],
    wechat: OAuthExchange,
    code: str,
    *,
    appid: str,
    now: datetime,
    terms: Terms,
) -> SignedIn:
    """``code`` is what the authorize page of the official account gave to the H5 page."""
    identity = await wechat.oauth_identity(appid, code)
    if identity.is_snapshot:
        raise SnapshotVisitor
    # The silent scope names no unionid, so a newcomer's is asked for: he may be known from the mini-program.
    if identity.unionid is None and not await _is_known(sessions, identity, appid):
        identity = Identity(identity.openid, await wechat.known_unionid(appid, identity.openid))
    async with sessions.begin() as session:
        return await _admit(session, identity, appid=appid, now=now, terms=terms)


async def _is_known(sessions: async_sessionmaker[AsyncSession], identity: Identity, appid: str) -> bool:
    mine = select(WeChatIdentity.id).where(
        WeChatIdentity.appid == appid,
        WeChatIdentity.openid == identity.openid,
        WeChatIdentity.unionid.is_not(None),
    )
    async with sessions.begin() as session:
        return await session.scalar(mine) is not None


async def _admit(
    session: AsyncSession, identity: Identity, *, appid: str, now: datetime, terms: Terms
) -> SignedIn:
    owner = await recognise(await driver(session), appid, identity.openid, identity.unionid, now=now)
    if owner.customer_id is None:
        raise BoundToStaff
    customer = await session.get_one(Customer, owner.customer_id, populate_existing=True)
    issued = await issue(session, customer, now=now, lifetime=terms.lifetime, key=terms.key)
    return SignedIn(issued, customer)
