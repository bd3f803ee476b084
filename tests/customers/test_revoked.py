"""What somebody allowed in WeChat and took back again is gone, and nothing else is."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.db import driver
from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.models import Customer
from app.services.customers.profile import put_profile
from tests.inbound.conftest import box
from tests.inbound.letterbox import Letterbox
from tests.make import make_customer, make_identity, make_ticket

__all__ = ["box"]

NOW = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)


@pytest.fixture
async def lin(box: Letterbox) -> Customer:
    """Has a nickname of his own, a number from WeChat and a ticket; a merged record of his has both as well."""
    async with box.database.sessions.begin() as session:
        proved = {"phone": "13912340001", "phone_source": "wechat", "phone_verified_at": NOW}
        customer = await make_customer(session, **proved)
        await make_identity(session, openid="o-lin", customer_id=customer.id, unionid="u-lin")
        await make_ticket(session, customer)
        named = {"nickname": "旧昵称", "nickname_chosen_at": NOW}
        await make_customer(session, merged_into=customer.id, **proved, **named)
        bystander = await make_customer(session, **proved, **named)
        await make_identity(session, openid="o-bystander", customer_id=bystander.id)
        actor = Actor(Role.CUSTOMER, str(customer.id))
        await put_profile(await driver(session), "小林", actor=actor, now=NOW)
    return customer


async def rows(box: Letterbox) -> list[tuple[str, str, bool]]:
    """Nickname, number, proved: the customer, the one merged into him, the bystander."""
    async with box.transaction() as connection:
        found = await connection.fetch(
            "SELECT nickname, phone, phone_verified_at IS NOT NULL AS proved FROM customers c "
            "ORDER BY EXISTS (SELECT FROM wechat_identities w WHERE w.customer_id = c.id AND openid = 'o-lin') DESC, "
            "merged_into IS NULL, id"
        )
    return [(row["nickname"], row["phone"], row["proved"]) for row in found]


KEPT, BYSTANDER = "13912340001", ("旧昵称", "13912340001", True)
WITH_BOTH = [("小林", KEPT, True), BYSTANDER, BYSTANDER]
NO_NAME = [("", KEPT, True), ("", KEPT, True), BYSTANDER]
NO_PHONE = [("小林", "", False), ("旧昵称", "", False), BYSTANDER]
NOTHING = [("", "", False), ("", "", False), BYSTANDER]


@pytest.mark.parametrize(
    ("scope", "left", "result"),
    [
        ("6", NO_NAME, "erased"),
        ("19", NO_NAME, "erased"),
        ("205", NO_NAME, "erased"),
        ("8", NO_PHONE, "erased"),
        ("6,8", NOTHING, "erased"),
        ("301", NOTHING, "erased"),
        ("", NOTHING, "erased"),
        ("13", WITH_BOTH, "kept"),
    ],
)
async def test_what_was_taken_back_goes(
    box: Letterbox, lin: Customer, scope: str, left: list[tuple[str, str, bool]], result: str
) -> None:
    assert await rows(box) == WITH_BOTH
    await box.deliver(box.event("user_authorization_revoke", "gh_platform", OpenID="o-lin", RevokeInfo=scope))
    await box.work()
    assert await rows(box) == left
    assert [row.result for row in await box.rows()] == [result]
    async with box.transaction() as connection:
        looked_at = await connection.fetchval("SELECT count(*) FROM content_checks")
        trail = await connection.fetch("SELECT action, subject FROM audit_log")
    assert looked_at == (0 if left in (NO_NAME, NOTHING) else 1)
    assert [tuple(row) for row in trail] == ([("erase_revoked", str(lin.id))] if result == "erased" else [])


async def test_a_profile_that_wechat_cleaned_up_is_cleaned_up_here(box: Letterbox, lin: Customer) -> None:
    await box.deliver(box.event("user_info_modified", "gh_platform", OpenID="o-lin"))
    await box.work()
    assert await rows(box) == NO_NAME


async def test_whoever_left_wechat_is_reached_no_more(box: Letterbox, lin: Customer) -> None:
    await box.deliver(box.event("user_authorization_cancellation", "gh_platform", OpenID="o-lin"))
    await box.work()
    assert await rows(box) == NOTHING
    identity = (await box.identities())["o-lin"]
    assert (identity.follows, identity.unreachable_reason, identity.unionid) == (
        False,
        "account_cancelled",
        None,
    )


async def test_a_number_that_was_typed_or_taken_down_by_an_agent_stays(box: Letterbox) -> None:
    async with box.database.sessions.begin() as session:
        customer = await make_customer(session, nickname="王女士", phone_source="typed")
        await make_identity(session, openid="o-lin", customer_id=customer.id)
    await box.deliver(box.event("user_authorization_revoke", "gh_platform", OpenID="o-lin", RevokeInfo=""))
    await box.work()
    assert (await rows(box))[0] == ("王女士", "13800138000", False)


async def test_the_ticket_keeps_what_it_needs_to_be_carried_out(box: Letterbox, lin: Customer) -> None:
    await box.deliver(box.event("user_authorization_revoke", "gh_platform", OpenID="o-lin", RevokeInfo="8"))
    await box.work()
    async with box.database.sessions.begin() as session:
        contact = await session.scalar(text("SELECT contact_phone FROM tickets"))
    assert contact == "13800138000"


async def test_an_openid_that_nobody_knows_changes_nothing(box: Letterbox, lin: Customer) -> None:
    await box.deliver(
        box.event("user_authorization_revoke", "gh_platform", OpenID="o-nobody", RevokeInfo="8")
    )
    await box.deliver(box.event("user_authorization_revoke", "gh_platform", RevokeInfo="8"))
    await box.work()
    assert await rows(box) == WITH_BOTH
    assert [row.result for row in await box.rows()] == ["kept", "unknown"]
