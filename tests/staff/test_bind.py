"""Binding a member of staff to his WeChat."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.errors import NotFound
from app.models import WeChatIdentity
from app.services.staff.bind import BelongsToCustomer, bind_wechat
from tests.make import make_customer, make_identity, make_staff
from tests.make.messages import make_ticket

APPID = "wxa100000000000001"


async def test_a_follower_turns_out_to_be_a_colleague(session: AsyncSession) -> None:
    colleague = await make_staff(session, username="gong900")
    stranger = await make_customer(session)
    known = await make_identity(session, customer_id=stranger.id)
    bystander = await make_identity(session, customer_id=stranger.id)
    await bind_wechat(await driver(session), "gong900", APPID, known.openid)
    rows = await session.execute(
        select(WeChatIdentity.openid, WeChatIdentity.staff_id, WeChatIdentity.customer_id)
    )
    found = {openid: (staff_id, customer_id) for openid, staff_id, customer_id in rows}
    assert found[known.openid] == (colleague.id, None)
    assert found[bystander.openid] == (None, stranger.id)


async def test_who_has_reported_as_a_customer_stays_one(session: AsyncSession) -> None:
    await make_staff(session, username="gong900")
    person = await make_customer(session)
    identity = await make_identity(session, customer_id=person.id)
    await make_ticket(session, person)
    with pytest.raises(BelongsToCustomer):
        await bind_wechat(await driver(session), "gong900", APPID, identity.openid)


async def test_nobody_is_bound_to_an_account_that_is_not_there(session: AsyncSession) -> None:
    await make_staff(session, username="left", active=False)
    for username in ("left", "nobody"):
        with pytest.raises(NotFound):
            await bind_wechat(await driver(session), username, APPID, "o-1")
