"""A household: who gets in, what its members see of each other, and what remains when they part."""

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from app.services.households.found import MOST_OWNED
from app.services.households.invite import LIFETIME, MOST_A_DAY, MOST_MEMBERS
from app.services.operations.doctor import examine
from tests.harness.callers import Caller, CallerFor
from tests.harness.clock import Clock
from tests.households.conftest import HOUSEHOLDS, Family
from tests.make import make_customer
from tests.tickets import bodies
from tests.tickets.story import Story


async def test_members_see_each_other_masked(family: Family) -> None:
    (seen,) = (await family.li.get(HOUSEHOLDS)).json()["items"]
    assert (seen["name"], seen["mine"]) == ("锦绣花园的家", False)
    members = [(m["is_owner"], m["is_me"], m["name_masked"], m["phone_masked"]) for m in seen["members"]]
    assert members == [
        (True, False, "匿名用户", "138****8000"),
        (False, True, "匿名用户", "137****7000"),
    ]


async def test_a_member_sees_what_is_shared_and_its_history_and_nothing_else(
    family: Family, story: Story, stranger: Caller
) -> None:
    await family.wang.post("/api/v1/assets", json={"category": "冰箱"})
    await story.completed(asset_id=str(family.asset.id))
    (listed,) = (await family.li.get("/api/v1/assets")).json()["items"]
    assert (listed["id"], listed["mine"], listed["household_id"]) == (str(family.asset.id), False, family.id)
    told = await family.archive(family.li)
    assert [job["number"] for job in told["jobs"]] == [story.number]
    assert not [word for word in ("王女士", "世纪大道", "13800138000") if word in str(told)]
    assert (await family.li.get(f"/api/v1/tickets/{story.number}")).status_code == 404
    assert await family.sees(stranger) == 404
    assert (await stranger.get("/api/v1/assets")).json() == {"items": []}


async def test_a_member_reports_on_it_and_it_is_in_its_history(
    family: Family, rows: asyncpg.Connection, stranger: Caller
) -> None:
    report = bodies.report(asset_id=str(family.asset.id))
    made = await family.li.post("/api/v1/tickets", json=report)
    assert made.status_code == 201, made.text
    number = made.json()["number"]
    assert (made.json()["asset_id"], made.json()["model"]) == (str(family.asset.id), "KFR-35GW")
    assert [job["number"] for job in (await family.archive(family.wang))["jobs"]] == [number]
    assert (await family.wang.get(f"/api/v1/tickets/{number}")).status_code == 404
    assert await rows.fetchval("SELECT count(*) FROM assets") == 1
    refused = await stranger.post("/api/v1/tickets", json=report)
    assert refused.json()["errors"][0]["field"] == "body.asset_id"


async def test_a_member_changes_nothing_of_it(family: Family) -> None:
    url = f"/api/v1/assets/{family.asset.id}"
    assert (await family.li.patch(url, json={"model": "X"})).status_code == 403
    assert (await family.li.put(f"{url}/household", json={"household_id": None})).status_code == 403


async def test_a_code_works_once_for_one_and_is_kept_as_a_digest(
    family: Family, stranger: Caller, rows: asyncpg.Connection
) -> None:
    code = await family.code()
    kept = await rows.fetch("SELECT * FROM household_invitations")
    assert code not in str(kept)
    assert code.encode() not in b"".join(row["code_hash"] for row in kept)
    # Who is a member already uses nothing up.
    assert (await family.join(family.li, code)).status_code == 201
    joined = await family.join(stranger, f" {code[:8].lower()}-{code[8:]}")
    assert len(joined.json()["members"]) == 3
    assert (await family.join(stranger, code)).status_code == 201


async def test_a_used_withdrawn_or_old_code_is_none(
    family: Family, stranger: Caller, caller_for: CallerFor, session: AsyncSession, clock: Clock
) -> None:
    late = await caller_for(await make_customer(session))
    used = await family.code()
    await family.join(stranger, used)
    withdrawn = await family.code()
    assert (await family.wang.delete(f"{family.url}/invitations")).status_code == 204
    old = await family.code()
    clock.advance(days=LIFETIME.days)
    for code in (used, withdrawn, old, "BBBBBBBBBBBBBBBB"):
        answer = await family.join(late, code)
        assert (answer.status_code, answer.json()["msg"]) == (404, "邀请不存在或已失效，请让家人重新发一个。")


async def test_an_invitation_opens_as_a_page(family: Family, stranger: Caller) -> None:
    url = f"/h5/invitations/{await family.code()}"
    shown = (await stranger.get(url)).text
    assert "锦绣花园的家" in shown
    assert "加入这个家庭" in shown
    assert (await stranger.post(url)).status_code == 303
    assert "您已加入" in (await stranger.get(url)).text
    assert await family.sees(stranger) == 200
    assert (await family.li.post(f"/h5/invitations/{'B' * 16}")).status_code == 404


async def test_only_its_owner_invites_and_removes(family: Family, stranger: Caller) -> None:
    wang, li = await family.member(family.wang), await family.member(family.li)
    assert (await family.invitation(family.li)).status_code == 403
    assert (await family.li.delete(f"{family.url}/members/{wang}")).status_code == 403
    assert (await family.li.put(f"{family.url}/owner", json={"member_id": li})).status_code == 403
    for answer in (
        await family.invitation(stranger),
        await stranger.delete(f"{family.url}/members/{li}"),
        await stranger.put(f"{family.url}/owner", json={"member_id": li}),
        await stranger.delete(f"{family.url}/invitations"),
    ):
        assert answer.status_code == 404


async def test_whoever_is_removed_sees_nothing_more_and_takes_his_own_along(
    family: Family, rows: asyncpg.Connection
) -> None:
    car = await family.li.post("/api/v1/assets", json={"category": "汽车", "plate_number": "云A12345"})
    url = f"/api/v1/assets/{car.json()['id']}/household"
    await family.li.put(url, json={"household_id": family.id})
    assert len((await family.wang.get("/api/v1/assets")).json()["items"]) == 2
    removed = await family.wang.delete(f"{family.url}/members/{await family.member(family.li)}")
    assert removed.status_code == 204
    assert await family.sees(family.li) == 404
    assert [a["id"] for a in (await family.wang.get("/api/v1/assets")).json()["items"]] == [
        str(family.asset.id)
    ]
    (own,) = (await family.li.get("/api/v1/assets")).json()["items"]
    assert (own["id"], own["household_id"]) == (car.json()["id"], None)
    assert (await family.li.get(HOUSEHOLDS)).json() == {"items": []}
    log = await rows.fetch("SELECT action FROM audit_log WHERE action LIKE '%household%' ORDER BY id")
    assert [row["action"] for row in log] == [
        "invite_to_household",
        "join_household",
        "remove_from_household",
    ]


async def test_an_owner_hands_over_before_she_leaves_and_the_last_one_closes_it(
    family: Family, rows: asyncpg.Connection
) -> None:
    wang, li = await family.member(family.wang), await family.member(family.li)
    early = await family.wang.delete(f"{family.url}/members/{wang}")
    assert (early.status_code, early.json()["code"]) == (409, "owner_leaves")
    handed = (await family.wang.put(f"{family.url}/owner", json={"member_id": li})).json()
    assert (handed["mine"], [m["is_me"] for m in handed["members"]]) == (False, [False, True])
    assert (await family.wang.delete(f"{family.url}/members/{wang}")).status_code == 204
    assert await family.sees(family.li) == 404
    assert await rows.fetchval("SELECT household_id FROM assets") is None
    assert (await family.li.delete(f"{family.url}/members/{li}")).status_code == 204
    assert await rows.fetchval("SELECT count(*) FROM households") == 0
    assert await examine(rows) == []


async def test_nothing_is_shared_with_a_household_of_others(family: Family, stranger: Caller) -> None:
    other = (await stranger.post(HOUSEHOLDS, json={"name": "别人家"})).json()["id"]
    refused = await family.share(other)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "body.household_id")
    assert (await family.share(None)).json()["household_id"] is None
    assert await family.sees(family.li) == 404


async def test_there_are_bounds(
    family: Family, stranger: Caller, rows: asyncpg.Connection, clock: Clock
) -> None:
    for _ in range(MOST_A_DAY - 1):
        assert (await family.invitation()).status_code == 201
    assert (await family.invitation()).status_code == 429
    clock.advance(days=1)
    code = await family.code()
    await rows.execute(
        "WITH c AS (INSERT INTO customers (id, nickname, phone) SELECT gen_random_uuid(), '', ''"
        " FROM generate_series(3, $2) RETURNING id)"
        " INSERT INTO household_members SELECT gen_random_uuid(), $1::uuid, id, now() FROM c",
        family.id,
        MOST_MEMBERS,
    )
    assert (await family.join(stranger, code)).json()["code"] == "household_full"
    for _ in range(MOST_OWNED):
        made = await stranger.post(HOUSEHOLDS, json={"name": "家"})
        assert made.status_code == 201
    assert (await stranger.post(HOUSEHOLDS, json={"name": "家"})).json()["code"] == "too_many_households"


async def test_a_repeated_request_opens_one_household(stranger: Caller) -> None:
    answers = [
        await stranger.post(HOUSEHOLDS, json={"name": "家"}, headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len((await stranger.get(HOUSEHOLDS)).json()["items"]) == 1


async def test_two_records_of_one_member_are_one_member_and_can_be_parted(
    family: Family, story: Story, stranger: Caller, rows: asyncpg.Connection
) -> None:
    """王女士 turns out to be 李先生's other telephone; then it turns out that she is not."""
    wish = {"customer_id": str(family.wang.person.id), "into": str(family.li.person.id), "reason": "同一人"}
    merged = await story.agent.post("/api/v1/customer-merges", json=wish)
    assert merged.status_code == 201, merged.text
    (seen,) = (await family.li.get(HOUSEHOLDS)).json()["items"]
    assert (seen["mine"], [m["is_me"] for m in seen["members"]]) == (True, [True])
    assert (await family.archive(family.li))["mine"]
    assert await examine(rows) == []
    undo = f"/api/v1/customer-merges/{merged.json()['id']}/undo"
    assert (await story.agent.post(undo, json={"reason": "认错人了"})).status_code == 200
    (seen,) = (await family.li.get(HOUSEHOLDS)).json()["items"]
    assert (seen["mine"], len(seen["members"])) == (False, 2)
    assert not (await family.archive(family.li))["mine"]
    assert await examine(rows) == []


async def test_what_was_given_to_both_stays_in_order_when_they_part(
    family: Family, story: Story, stranger: Caller, rows: asyncpg.Connection
) -> None:
    """张先生 was taken for 李先生, was handed the household, and shared his own in it."""
    wish = {"customer_id": str(family.li.person.id), "into": str(stranger.person.id), "reason": "同一人"}
    merge = (await story.agent.post("/api/v1/customer-merges", json=wish)).json()["id"]
    await family.wang.put(f"{family.url}/owner", json={"member_id": await family.member(stranger)})
    made = await stranger.post("/api/v1/assets", json={"category": "冰箱"})
    shared = await stranger.put(
        f"/api/v1/assets/{made.json()['id']}/household", json={"household_id": family.id}
    )
    assert shared.status_code == 200
    undone = await story.agent.post(f"/api/v1/customer-merges/{merge}/undo", json={"reason": "认错人了"})
    assert undone.status_code == 200, undone.text
    assert (await stranger.get(HOUSEHOLDS)).json() == {"items": []}
    (seen,) = (await family.wang.get(HOUSEHOLDS)).json()["items"]
    assert [member["is_owner"] for member in seen["members"]] == [True, False]
    assert await examine(rows) == []
