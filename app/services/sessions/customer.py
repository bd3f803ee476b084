"""Signing in with WeChat: the code is exchanged first, then one transaction finds or makes the customer."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.errors import Conflict, Forbidden
from app.models import Customer, WeChatIdentity
from app.services.sessions.issue import Issued, issue
from app.services.sessions.ports import CodeExchange, Identity, OAuthExchange


class BoundToStaff(Conflict):
    code, title = "bound_to_staff", "Bound to staff"
    msg = "此微信已绑定员工账号，请从员工入口登录。"


class SnapshotVisitor(Forbidden):
    code, title = "snapshot_visitor", "Snapshot visitor"
    msg = "当前是预览页面，请点击右下角「使用完整服务」后再试。"


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
    lifetime: timedelta,
    key: bytes,
) -> SignedIn:
    """``code`` is what wx.login gave to the mini-program."""
    identity = await wechat.code_to_session(code)
    async with sessions.begin() as session:
        return await _admit(session, identity, appid=appid, now=now, lifetime=lifetime, key=key)


async def sign_in_with_oauth(
    sessions: async_sessionmaker[AsyncSession],
    wechat: OAuthExchange,
    code: str,
    *,
    appid: str,
    now: datetime,
    lifetime: timedelta,
    key: bytes,
) -> SignedIn:
    """``code`` is what the authorize page of the official account gave to the H5 page."""
    identity = await wechat.oauth_identity(code)
    if identity.is_snapshot:
        raise SnapshotVisitor
    async with sessions.begin() as session:
        return await _admit(session, identity, appid=appid, now=now, lifetime=lifetime, key=key)


async def _admit(
    session: AsyncSession, identity: Identity, *, appid: str, now: datetime, lifetime: timedelta, key: bytes
) -> SignedIn:
    customer = await customer_of(session, identity, appid=appid)
    return SignedIn(await issue(session, customer, now=now, lifetime=lifetime, key=key), customer)


async def customer_of(session: AsyncSession, identity: Identity, *, appid: str) -> Customer:
    """The customer behind an openid, or the same person's under another account (unionid), or a new one."""
    # Held until COMMIT: two first visits at once, perhaps in two accounts, must make one customer.
    person = identity.unionid or f"{appid}:{identity.openid}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(person, 0))))
    row = await session.scalar(
        select(WeChatIdentity).where(WeChatIdentity.appid == appid, WeChatIdentity.openid == identity.openid)
    )
    if row is None:
        row = WeChatIdentity(appid=appid, openid=identity.openid)
        session.add(row)
    if row.staff_id is not None:
        raise BoundToStaff
    row.unionid = identity.unionid or row.unionid
    if row.customer_id is None:
        row.customer_id = await _owner_by_unionid(session, row.unionid) or await _new_customer(session)
    await session.flush()
    return await session.get_one(Customer, row.customer_id)


async def _owner_by_unionid(session: AsyncSession, unionid: str | None) -> uuid.UUID | None:
    if unionid is None:
        return None
    return await session.scalar(
        select(WeChatIdentity.customer_id)
        .where(WeChatIdentity.unionid == unionid, WeChatIdentity.customer_id.is_not(None))
        .order_by(WeChatIdentity.id)
        .limit(1)
    )


async def _new_customer(session: AsyncSession) -> uuid.UUID:
    customer = Customer(id=uuid.uuid4())
    session.add(customer)
    await session.flush()
    return customer.id
