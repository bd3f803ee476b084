"""What the customer reads, what the desk sees and sets right, and where a level sends a ticket."""

import asyncio
import json
import re
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.services.followers.follow import Passed
from app.services.privacy.erasure import carry_out
from app.services.privacy.person import OF_PERSON
from app.services.routing.route import route
from app.services.seed.membership import RULES as TOWN
from app.services.seed.membership import plant_membership
from tests.harness.callers import Caller
from tests.harness.live import Live
from tests.make import make_asset, make_customer
from tests.membership.conftest import RULES, Members

XSS = "<script>alert(1)</script>"


async def test_the_ledger_comes_in_pages_and_each_row_once(members: Members) -> None:
    made = [await members.correct(n) for n in range(1, 46)]
    assert made[-1]["points"] == sum(range(1, 46))
    seen, page = [], await members.mine()
    while True:
        seen += [each["change"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        page = await members.mine(cursor=page["next_cursor"])
    assert seen == list(range(45, 0, -1))
    wrong = await members.story.customer.get("/api/v1/me/membership", params={"cursor": "x"})
    assert wrong.json()["errors"][0]["field"] == "query.cursor"


async def test_a_correction_has_a_reason_that_he_reads_and_is_logged(
    members: Members, stranger: Caller
) -> None:
    manager, url = members.story.manager, f"/api/v1/customers/{members.wang}/points"
    first = await members.correct(160, reason=f"补登记 {XSS}")
    assert (first["points"], first["level"]["name"]) == (160, "银卡会员")
    # Repeated with its key it is done once.
    key, body = {"Idempotency-Key": "k-1"}, {"change": -10, "reason": "重复计分"}
    answers = [await manager.post(url, json=body, headers=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert (await members.mine())["points"] == 150
    # One row of another customer, too much, nothing, nobody.
    entry = int(first["entry"]["id"])
    other = f"/api/v1/customers/{stranger.person.id}/points"
    for path, wrong, code in (
        (other, {"change": 5, "reason": "错", "entry_id": entry}, "not_found"),
        (url, {"change": -151, "reason": "错"}, "points_below_zero"),
        (url, {"change": 0, "reason": "错"}, "value_error"),
        (url, {"change": 5}, "missing"),
        (
            "/api/v1/customers/00000000-0000-0000-0000-000000000007/points",
            {"change": 5, "reason": "错"},
            "not_found",
        ),
    ):
        refused = (await manager.post(path, json=wrong)).json()
        assert code in (refused["code"], *(each["code"] for each in refused["errors"])), wrong
    log = await members.rows.fetch("SELECT subject, reason FROM audit_log WHERE action = 'points_corrected'")
    assert [row["subject"] for row in log] == [members.wang] * 2
    page = (await members.story.customer.get("/h5/membership")).text
    assert XSS not in page
    for words in ("银卡会员", "150 积分", "补登记", "重复计分", "再得 150 积分，就是金卡会员"):
        assert words in page, words
    assert "银卡会员 · 150 积分" in (await members.story.customer.get("/h5/me")).text


async def test_a_correction_of_a_row_lapses_with_it(members: Members) -> None:
    wrong = await members.correct(100)
    await members.aged(200)
    await members.correct(-100, entry_id=int(wrong["entry"]["id"]))
    await members.correct(30)
    assert (await members.mine())["points"] == 30
    await members.aged(200)
    assert (await members.mine())["points"] == 30


async def test_the_ticket_page_shows_the_level_and_a_manager_sets_points_right(members: Members) -> None:
    story, manager = members.story, members.story.manager
    await story.submit()
    url = f"/console/tickets/{story.number}"
    await members.correct(300, reason="老客户")
    seen = (await story.agent.get(url)).text
    assert "金卡会员 · 300 积分" in seen
    assert "老客户" in seen
    assert f"{url}/points" not in seen
    refused = await manager.post(f"{url}/points", data={"change": "-301", "reason": "误发"})
    assert (refused.status_code, "最多扣减 300" in refused.text, 'value="-301"' in refused.text) == (
        200,
        True,
        True,
    )
    form = {"change": "-200", "reason": "误发", "key": "k-1"}
    assert [(await manager.post(f"{url}/points", data=form)).status_code for _ in range(2)] == [303, 303]
    assert (await members.mine())["points"] == 100
    told = (await story.agent.get(f"/api/v1/customers/{members.wang}/membership")).json()
    assert [each["change"] for each in told["items"]] == [-200, 300]


async def test_a_level_sends_a_ticket_and_the_route_keeps_it_as_it_was(members: Members) -> None:
    story = members.story
    team = (await story.manager.post("/api/v1/teams", json={"name": "会员组"})).json()["id"]
    await story.manager.post("/api/v1/teams", json={"name": "综合组", "standing": True})
    rule = {"name": "金卡", "team_id": team, "conditions": {"member_levels": ["gold"]}, "rank": 3}
    assert (await story.manager.post("/api/v1/routing/rules", json={"rules": [rule]})).status_code == 201

    async def routed() -> dict[str, Any]:
        await story.submit()
        ticket = await members.rows.fetchval("SELECT id FROM tickets WHERE number = $1", story.number)
        await route(members.rows, [Passed(1, ticket, 1)], story.clock.now)
        (found,) = (await story.agent.get(f"/api/v1/tickets/{story.number}/route")).json()["items"]
        return dict(found)

    plain = await routed()
    assert plain["team"] == "综合组"
    assert plain["why"]["member"] == {"level": "standard", "name": "普通会员", "points": 0}
    await members.correct(300)
    golden = await routed()
    assert (golden["team"], golden["why"]["rule"]["position"]) == ("会员组", 1)
    assert golden["why"]["because"] == ["会员级别是金卡会员（当时 300 分）"]
    await members.correct(-250)
    (kept,) = (await story.agent.get(f"/api/v1/tickets/{story.number}/route")).json()["items"]
    assert kept["why"]["member"] == {"level": "gold", "name": "金卡会员", "points": 300}
    page = (await story.agent.get(f"/console/tickets/{story.number}")).text
    for words in ("普通会员 · 50 积分", "符合第 1 条规则“金卡”", "客户当时是金卡会员，300 积分"):
        assert words in page, words
    tried = (await story.agent.post("/api/v1/routing/try", json={"number": story.number})).json()
    assert (tried["team"], tried["why"]["member"]["points"]) == ("综合组", 50)


async def test_rules_hold_together_with_those_of_routing(members: Members) -> None:
    manager, document = members.story.manager, TOWN.model_dump(mode="json")
    team = (await manager.post("/api/v1/teams", json={"name": "会员组"})).json()["id"]
    unknown = {"name": "钻石", "team_id": team, "conditions": {"member_levels": ["diamond"]}}
    refused = await manager.post("/api/v1/routing/rules", json={"rules": [unknown]})
    assert refused.json()["errors"][0]["field"] == "body.rules.0.conditions.member_levels"
    form = {"r0_name": "金卡", "r0_team": team, "r0_member_levels": "金卡会员"}
    assert (await manager.post("/console/settings/routing/rules", data=form)).status_code == 303
    assert 'value="金卡会员"' in (await manager.get("/console/settings/routing")).text
    without = document | {"levels": document["levels"][:2]}
    refused = await manager.post(RULES, json=without)
    assert refused.json()["errors"][0]["code"] == "level_in_use"
    for levels in (document["levels"][1:], document["levels"][::-1], [document["levels"][0]] * 2):
        assert (await manager.post(RULES, json=document | {"levels": levels})).status_code == 422
    # A new version counts what is earned from now on, and levels at once.
    await members.correct(160)
    document["levels"][1]["from_points"] = 200
    assert (await manager.post(RULES, json=document)).status_code == 201
    assert (await members.mine())["level"]["name"] == "普通会员"
    versions = [each["version"] for each in (await members.story.agent.get(RULES)).json()["items"]]
    assert versions == sorted(versions, reverse=True)
    assert len(versions) == 2


async def test_two_who_are_one_have_one_ledger_and_it_can_be_parted(
    members: Members, session: AsyncSession, rows: asyncpg.Connection
) -> None:
    """What both registered counts once; what came of hers since goes back with it."""
    story = members.story
    await members.confirmed()
    asset = await members.register(serial_number="SN-9")
    both = await members.register(serial_number="SN-1")
    other = await make_customer(session, nickname="王女士", phone="13900139001")
    await make_asset(session, other, serial_number="SN-1")
    wish = {"customer_id": members.wang, "into": str(other.id), "reason": "同一人"}
    merge = (await story.agent.post("/api/v1/customer-merges", json=wish)).json()["id"]
    owners = "SELECT customer_id::text, sum(change)::int FROM member_points GROUP BY 1"
    assert dict(await rows.fetch(owners)) == {str(other.id): 80, members.wang: 30}
    assert both
    await story.customer.delete(f"/api/v1/assets/{asset}")
    assert (await members.mine())["points"] == 50
    assert await members.differences() == []
    url = f"/api/v1/customer-merges/{merge}/undo"
    assert (await story.agent.post(url, json={"reason": "认错人了"})).status_code == 200
    assert dict(await rows.fetch(owners)) == {members.wang: 80}
    assert await members.differences() == []


async def test_the_words_go_with_the_account_and_the_points_still_agree(
    members: Members, rows: asyncpg.Connection
) -> None:
    await members.confirmed()
    await members.correct(7, reason="王女士来电投诉")
    exported = await members.story.customer.get("/api/v1/me/export.zip")
    with ZipFile(BytesIO(exported.content)) as archive:
        points = json.loads(archive.read("archive.json"))["me"]["points"]
    assert [(each["change"], each["note"]) for each in points] == [(7, "王女士来电投诉"), (50, "")]
    await carry_out(rows, OF_PERSON, [UUID(members.wang)], members.story.clock.now)
    kept = await rows.fetch("SELECT change, note FROM member_points ORDER BY id")
    assert [tuple(row) for row in kept] == [(50, ""), (7, "")]
    assert await rows.fetchval("SELECT count(*) FROM audit_log WHERE reason LIKE '%王女士%'") == 0
    assert await members.differences() == []


async def test_rules_are_published_on_a_page_as_they_were_typed(members: Members) -> None:
    story, url = members.story, "/console/settings/membership"
    page = (await story.manager.get(url)).text
    typed = dict(re.findall(r'<input name="([^"]+)" type="text" value="([^"]*)"', page))
    assert (typed["confirmed"], typed["level_1_name"], typed["level_2_code"]) == ("50", "银卡会员", "gold")
    typed |= {
        "confirmed": "60",
        "level_3_name": "钻石会员",
        "level_3_code": "diamond",
        "level_3_from_points": "900",
    }
    assert (await story.manager.post(url, data=typed)).status_code == 303
    (rules, _) = (await story.agent.get(RULES)).json()["items"]
    assert rules["awards"]["confirmed"]["points"] == 60
    assert [level["from_points"] for level in rules["levels"]] == [0, 150, 300, 900]
    wrong = await story.manager.post(url, data=typed | {"level_1_from_points": "很多"})
    assert (wrong.status_code, "请填写整数" in wrong.text, 'value="很多"' in wrong.text) == (200, True, True)


async def test_of_many_appliances_at_once_no_more_count_than_may(live: Live) -> None:
    async with live.sessions.begin() as session:
        person = await make_customer(session)
        await plant_membership(await driver(session), live.clock.now)
    async with await live.caller_for(person) as caller:
        things = [{"category": "空调", "serial_number": f"SN-{n}"} for n in range(6)]
        answers = await asyncio.gather(*(caller.post("/api/v1/assets", json=thing) for thing in things))
        assert {answer.status_code for answer in answers} == {201}
        assert (await caller.get("/api/v1/me/membership")).json()["points"] == 90
