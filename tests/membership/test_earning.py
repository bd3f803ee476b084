"""What brings points, that it brings them once, and that they go when their cause does; counted again each time."""

import asyncpg
import pytest

from tests.harness.callers import Caller
from tests.membership.conftest import Members
from tests.tickets import bodies

AGAIN = """
INSERT INTO member_points (customer_id, change, reason, ticket_id, seq, rules_version, at, earned_at)
SELECT customer_id, change, reason, ticket_id, seq, rules_version, at, earned_at FROM member_points
"""


async def test_a_job_that_he_confirms_and_rates_brings_points_once(members: Members) -> None:
    await members.confirmed()
    again = await members.story.ask(members.story.customer, "confirm")
    assert again.status_code == 409
    await members.rate()
    assert await members.ledger() == [(50, "服务完成，您已确认"), (20, "已评价服务")]
    has = await members.mine()
    assert (has["points"], has["level"]["code"], has["missing"]) == (70, "standard", 80)
    assert {each["number"] for each in has["items"]} == {members.story.number}
    assert await members.differences() == []


async def test_what_the_system_confirms_and_what_nobody_came_for_brings_none(members: Members) -> None:
    story = members.story
    await story.completed()
    story.clock.advance(hours=49)
    await story.sweep()
    assert (await story.see())["state"] == "confirmed"
    asked = bodies.report(service_type="consultation", fault="遥控器怎么配对")
    story.number = (await story.customer.post("/api/v1/tickets", json=asked)).json()["number"]
    await story.step(story.agent, "resolve_remote", solution="已说明")
    await members.rate()
    assert await members.ledger() == []
    assert await members.differences() == []


async def test_a_job_that_is_done_over_counts_when_it_is_done(members: Members) -> None:
    story = members.story
    await members.confirmed()
    await members.rate()
    story.clock.advance(days=20)
    await story.step(story.customer, "reopen", reason="又不制冷了")
    assert await members.ledger() == [
        (50, "服务完成，您已确认"),
        (20, "已评价服务"),
        (-50, "工单返修，确认完成后重新计分"),
    ]
    assert (await members.mine())["points"] == 20
    assert await members.differences() == []
    # Both rows lapse at the same moment: 340 days later neither counts.
    await members.aged(345)
    assert (await members.mine())["points"] == 0


async def test_an_appliance_that_is_taken_off_and_put_back_counts_once(members: Members) -> None:
    story = members.story
    asset = await members.register(serial_number="SN-9")
    url = f"/api/v1/assets/{asset}"
    for _ in range(2):
        assert (await story.customer.delete(url)).status_code == 204
    assert (await members.mine())["points"] == 0
    assert await members.differences() == []
    for _ in range(2):
        assert (await story.customer.put(f"{url}/restoration")).status_code == 200
    await story.customer.delete(url)
    # Added again, it is the same appliance.
    assert await members.register(serial_number="SN-9") == asset
    assert await members.ledger() == [
        (30, "已登记设备"),
        (-30, "设备已移除"),
        (30, "设备已恢复"),
        (-30, "设备已移除"),
        (30, "设备已恢复"),
    ]
    assert await members.differences() == []


async def test_in_a_year_so_many_appliances_count_also_if_they_were_taken_off(members: Members) -> None:
    story = members.story
    first = [await members.register(serial_number=f"SN-{n}") for n in range(3)]
    await story.customer.delete(f"/api/v1/assets/{first[0]}")
    await members.register(serial_number="SN-3")
    assert (await members.mine())["points"] == 60
    assert (await members.ledger())[-1] == (0, "已登记设备（今年的登记积分已满）")
    await members.aged(366)
    await members.register(serial_number="SN-4")
    assert (await members.mine())["points"] == 30
    assert await members.differences() == []


async def test_who_gave_it_away_keeps_what_he_got_and_the_other_gets_nothing(
    members: Members, stranger: Caller
) -> None:
    story = members.story
    asset = await members.register(serial_number="SN-9")
    code = (await story.customer.post(f"/api/v1/assets/{asset}/transfer")).json()["code"]
    assert (await stranger.post("/api/v1/asset-transfers", json={"code": code})).status_code == 201
    await stranger.delete(f"/api/v1/assets/{asset}")
    await stranger.put(f"/api/v1/assets/{asset}/restoration")
    assert await members.ledger(stranger) == []
    assert await members.ledger() == [(30, "已登记设备")]
    assert await members.differences() == []


async def test_without_rules_there_is_no_membership(members: Members, stranger: Caller) -> None:
    await members.rows.execute("DELETE FROM membership_rules")
    await members.confirmed()
    has = await members.mine()
    assert (has["level"], has["points"], has["items"], has["levels"]) == (None, 0, [], [])
    assert await members.rows.fetchval("SELECT count(*) FROM member_points") == 0
    assert "我的会员" not in (await members.story.customer.get("/h5/me")).text
    assert await members.differences() == []


async def test_the_ledger_is_only_added_to_and_a_cause_has_one_row(members: Members) -> None:
    await members.confirmed()
    for statement in (
        "UPDATE member_points SET change = 1000",
        "UPDATE member_points SET earned_at = earned_at + interval '1 year'",
        "DELETE FROM member_points",
    ):
        with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError):
            async with members.rows.transaction():
                await members.rows.execute(statement)
    with pytest.raises(asyncpg.UniqueViolationError):
        async with members.rows.transaction():
            await members.rows.execute(AGAIN)
