"""Two customers become one, with all that is theirs, and exactly that can be parted again."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.models import Asset, Customer, CustomerMerge, WeChatIdentity
from app.services.customers.owned import OWNED
from app.services.operations.doctor import examine
from tests.customers.snapshots import snapshot
from tests.harness.callers import Caller, CallerFor
from tests.make import make_asset, make_customer, make_identity, make_staff, make_ticket
from tests.tickets import bodies
from tests.tickets.story import SCORES, Story

MERGES = "/api/v1/customer-merges"


@dataclass
class Pair:
    """``wang`` has a rated service and an appliance; ``other`` is the record that an agent made for her."""

    story: Story
    wang: Customer
    other: Customer
    session: AsyncSession

    async def merge(self, **over: Any) -> Response:
        wish = {"customer_id": str(self.wang.id), "into": str(self.other.id), "reason": "来电核实为同一人"}
        return await self.story.agent.post(MERGES, json=wish | over)

    async def undo(self, merge_id: str) -> Response:
        return await self.story.agent.post(f"{MERGES}/{merge_id}/undo", json={"reason": "认错人了"})

    async def merged(self) -> str:
        answer = await self.merge()
        assert answer.status_code == 201, answer.text
        made: str = answer.json()["id"]
        return made


@pytest.fixture
async def pair(story: Story, stranger: Caller, session: AsyncSession) -> Pair:
    wang = story.customer.person
    assert isinstance(wang, Customer)
    await make_identity(session, customer_id=wang.id, openid="o-wang")
    await story.completed(serial_number="SN-1")
    uploaded = await story.photo(story.customer, "rating")
    rating = SCORES | {"comment": "师傅很专业", "attachment_ids": [uploaded]}
    answer = await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=rating)
    assert answer.status_code == 200, answer.text
    other = await make_customer(session, nickname="王女士", phone="13900139001")
    bystander = await stranger.post("/api/v1/tickets", json=bodies.report(serial_number="SN-1"))
    assert bystander.status_code == 201
    return Pair(story, wang, other, session)


async def test_every_column_that_names_a_customer_is_known(session: AsyncSession) -> None:
    """A table that a later release adds must not be forgotten by a merge."""
    referring = await session.execute(
        text(
            """
            SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c
              JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
             WHERE c.contype = 'f' AND c.confrelid = 'customers'::regclass
            """
        )
    )
    # A wish to be forgotten is of one person; a merge takes it back (test_deletion).
    record = {
        ("customer_merges", "customer_id"),
        ("customer_merges", "into_id"),
        ("account_deletions", "customer_id"),
    }
    # Without a foreign key, because it may be a member of staff.
    loose = {("outbox", "recipient_id")}
    assert {tuple(row) for row in referring} - record | loose == {(o.table, o.column) for o in OWNED}


async def test_every_rule_of_uniqueness_that_a_merge_could_break_is_known(session: AsyncSession) -> None:
    unique = await session.execute(
        text(
            """
            SELECT i.indexrelid::regclass::text, i.indrelid::regclass::text, a.attname FROM pg_index i
              JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
             WHERE i.indisunique
            """
        )
    )
    columns = {(o.table, o.column) for o in OWNED}
    found = {name for name, table, column in unique if (table, column) in columns}
    # The appliance is folded; two recipients of one event of one ticket are never both its customer.
    assert found == {
        "uq_assets_customer_serial",
        "uq_household_members_household_id_customer_id",
        "uq_outbox_ticket_id_seq_recipient_id_kind",
    }


async def test_all_that_is_hers_moves(pair: Pair) -> None:
    merged = (await pair.merge()).json()
    counts = {row["name"]: row["count"] for row in merged["moved"]}
    assert (counts["tickets"], counts["assets"], counts["identities"], counts["ratings"]) == (1, 1, 1, 1)
    assert counts["pushes"] > 3
    assert {row["label"] for row in merged["moved"]} >= {"工单", "设备与车辆", "微信身份", "评价"}
    for row in (await snapshot(pair.session)).values():
        assert [each for each in row if each[1] == str(pair.wang.id)] == []


async def test_her_open_session_sees_everything_as_before(pair: Pair) -> None:
    before = (await pair.story.see()) | {"allowed_events": None}
    await pair.merged()
    me = (await pair.story.customer.get("/api/v1/me")).json()
    assert me["id"] == str(pair.other.id)
    after = (await pair.story.see()) | {"allowed_events": None}
    for photo in (*before["attachments"], *after["attachments"]):
        del photo["url"], photo["thumbnail_url"]
    assert after == before
    reported = await pair.story.customer.post("/api/v1/tickets", json=bodies.report())
    assert reported.status_code == 201
    assert len((await pair.story.customer.get("/api/v1/tickets")).json()["items"]) == 2


async def test_a_repeated_report_is_still_the_same_after_a_merge(pair: Pair) -> None:
    headers = {"Idempotency-Key": "k-1"}
    first = await pair.story.customer.post("/api/v1/tickets", json=bodies.report(), headers=headers)
    await pair.merged()
    again = await pair.story.customer.post("/api/v1/tickets", json=bodies.report(), headers=headers)
    assert again.json()["number"] == first.json()["number"]


async def test_the_figures_do_not_mistake_her_reports_for_those_of_the_desk(pair: Pair) -> None:
    await pair.merged()
    query = text("SELECT count(*) FROM tickets WHERE created_by <> customer_id::text AND customer_id = :id")
    assert await pair.session.scalar(query, {"id": pair.other.id}) == 0


async def test_the_invariants_hold_after_a_merge_and_after_its_undo(pair: Pair) -> None:
    merge_id = await pair.merged()
    connection = await driver(pair.session)
    assert await examine(connection) == []
    await pair.undo(merge_id)
    assert await examine(connection) == []


async def test_an_undo_restores_exactly(pair: Pair) -> None:
    before = await snapshot(pair.session)
    merge_id = await pair.merged()
    assert await snapshot(pair.session) != before
    answer = await pair.undo(merge_id)
    assert (answer.status_code, answer.json()["undone_at"] is None) == (200, False)
    assert await snapshot(pair.session) == before
    assert (await pair.story.customer.get("/api/v1/me")).json()["id"] == str(pair.wang.id)


async def test_one_appliance_that_both_registered_is_one_and_can_be_two_again(pair: Pair) -> None:
    hers = await make_asset(pair.session, pair.other, serial_number="SN-1")
    before = await snapshot(pair.session)
    merge_id = await pair.merged()
    assets = select(Asset.id).where(Asset.customer_id == pair.other.id)
    assert list(await pair.session.scalars(assets)) == [hers.id]
    assert (await pair.story.see())["asset_id"] == str(hers.id)
    assert await examine(await driver(pair.session)) == []
    assert (await pair.undo(merge_id)).status_code == 200
    assert await snapshot(pair.session) == before


async def test_what_the_survivor_lacked_it_has_until_the_undo(pair: Pair) -> None:
    empty = await make_customer(pair.session, nickname="", phone="")
    merge_id = (await pair.merge(into=str(empty.id))).json()["id"]
    await pair.session.refresh(empty)
    assert (empty.nickname, empty.phone) == ("王女士", "13800138000")
    await pair.undo(merge_id)
    await pair.session.refresh(empty)
    assert (empty.nickname, empty.phone) == ("", "")


async def test_what_hangs_on_a_ticket_since_goes_back_with_it(pair: Pair) -> None:
    report = await pair.story.customer.post("/api/v1/tickets", json=bodies.report())
    number = report.json()["number"]
    merge_id = await pair.merged()
    urged = await pair.story.customer.post(f"/api/v1/tickets/{number}/urgings", json={})
    assert urged.status_code == 201, urged.text
    await pair.undo(merge_id)
    owners = await snapshot(pair.session)
    for name in ("urgings", "pushes"):
        assert {owner for _, owner in owners[name]}.isdisjoint({str(pair.other.id)})


async def test_who_signed_in_since_signs_in_anew(pair: Pair, caller_for: CallerFor) -> None:
    merge_id = await pair.merged()
    pair.story.clock.advance(minutes=1)
    since = await caller_for(pair.other)
    row = text("UPDATE sessions SET created_at = :at WHERE customer_id = :id")
    await pair.session.execute(row, {"at": pair.story.clock.now, "id": pair.other.id})
    assert (await since.get("/api/v1/me")).status_code == 200
    await pair.undo(merge_id)
    assert (await since.get("/api/v1/me")).status_code == 401


async def test_an_undone_merge_is_not_undone_again(pair: Pair) -> None:
    merge_id = await pair.merged()
    await pair.undo(merge_id)
    again = await pair.undo(merge_id)
    assert (again.status_code, again.json()["code"]) == (409, "already_undone")
    assert (await pair.undo(str(uuid4()))).status_code == 404


async def test_a_chain_is_undone_from_its_end(pair: Pair) -> None:
    before = await snapshot(pair.session)
    first = await pair.merged()
    third = await make_customer(pair.session, phone="13600136001")
    second = (await pair.merge(customer_id=str(pair.other.id), into=str(third.id))).json()["id"]
    assert (await pair.story.customer.get("/api/v1/me")).json()["id"] == str(third.id)
    refused = await pair.undo(first)
    assert (refused.status_code, refused.json()["code"]) == (409, "merged_since")
    assert (await pair.undo(second)).status_code == 200
    assert (await pair.undo(first)).status_code == 200
    await pair.session.execute(text("DELETE FROM customer_merges WHERE into_id = :id"), {"id": third.id})
    await pair.session.delete(third)
    await pair.session.flush()
    assert await snapshot(pair.session) == before


async def test_tickets_that_were_joined_since_cannot_be_parted(pair: Pair) -> None:
    hers = await pair.story.customer.post("/api/v1/tickets", json=bodies.report())
    await make_ticket(pair.session, pair.other, number="HX2606150000000777", diagnosis=_diagnosis())
    merge_id = await pair.merged()
    body = {"event": "merge", "version": 1, "into": "HX2606150000000777"}
    number = hers.json()["number"]
    joined = await pair.story.agent.post(f"/api/v1/tickets/{number}/transitions", json=body)
    assert joined.status_code == 200, joined.text
    refused = await pair.undo(merge_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "tickets_merged_since")
    assert (await pair.story.customer.get("/api/v1/me")).json()["id"] == str(pair.other.id)


async def test_an_appliance_of_the_other_that_was_used_since_holds_them_together(pair: Pair) -> None:
    asset = (await pair.story.see())["asset_id"]
    merge_id = await pair.merged()
    report = await pair.story.customer.post("/api/v1/tickets", json=bodies.report(asset_id=asset))
    assert report.status_code == 201, report.text
    refused = await pair.undo(merge_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "asset_used_since")


async def test_a_wechat_that_became_a_colleagues_since_is_not_taken_from_him(pair: Pair) -> None:
    merge_id = await pair.merged()
    staff = await make_staff(pair.session)
    identity = await pair.session.scalar(select(WeChatIdentity).where(WeChatIdentity.openid == "o-wang"))
    assert identity is not None
    await pair.session.refresh(identity)
    identity.customer_id, identity.staff_id = None, staff.id
    await pair.session.flush()
    refused = await pair.undo(merge_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "identity_changed_since")


async def test_nobody_is_merged_with_himself_or_twice(pair: Pair) -> None:
    same = await pair.merge(into=str(pair.wang.id))
    assert (same.status_code, same.json()["code"]) == (422, "same_customer")
    unknown = await pair.merge(into=str(uuid4()))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    await pair.merged()
    twice = await pair.merge()
    assert (twice.status_code, twice.json()["code"]) == (409, "already_merged")


async def test_the_same_key_merges_once(pair: Pair) -> None:
    wish = {"customer_id": str(pair.wang.id), "into": str(pair.other.id), "reason": "同一人"}
    headers = {"Idempotency-Key": "m-1"}
    first, second = [await pair.story.agent.post(MERGES, json=wish, headers=headers) for _ in range(2)]
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()


async def test_the_preview_says_what_would_move_and_what_speaks_against_it(pair: Pair) -> None:
    await make_identity(pair.session, customer_id=pair.other.id, unionid="u-2")
    await pair.session.execute(text("UPDATE wechat_identities SET unionid = 'u-1' WHERE openid = 'o-wang'"))
    await make_asset(pair.session, pair.other, serial_number="SN-1")
    before = await snapshot(pair.session)
    url = f"/api/v1/customers/{pair.wang.id}/merge-preview"
    preview = (await pair.story.agent.get(url, params={"into": str(pair.other.id)})).json()
    assert preview["customer"]["phone_masked"] == "138****8000"
    assert (preview["customer"]["tickets"], preview["into"]["tickets"]) == (1, 0)
    assert {move["name"] for move in preview["moves"]} >= {"tickets", "assets", "identities", "ratings"}
    assert {conflict["code"] for conflict in preview["conflicts"]} == {
        "different_unionids",
        "two_in_one_account",
        "different_phones",
        "same_appliance",
    }
    assert await snapshot(pair.session) == before
    missing = await pair.story.agent.get(url, params={"into": str(uuid4())})
    assert missing.status_code == 404


async def test_each_step_is_in_the_log_and_in_the_list(pair: Pair, as_manager: Caller) -> None:
    merge_id = await pair.merged()
    await pair.undo(merge_id)
    rows = await pair.session.execute(text("SELECT actor_role, action, reason FROM audit_log ORDER BY id"))
    assert [tuple(row) for row in rows] == [
        ("agent", "merge_customers", "来电核实为同一人"),
        ("agent", "undo_merge", "认错人了"),
    ]
    listed = (await as_manager.get(MERGES, params={"customer_id": str(pair.other.id)})).json()["items"]
    assert [(each["id"], each["cause"]) for each in listed] == [(merge_id, "staff")]
    assert (await as_manager.get(MERGES, params={"customer_id": str(uuid4())})).json()["items"] == []


async def test_the_record_of_a_merge_names_no_number_and_nobody(pair: Pair) -> None:
    merge = await pair.session.get_one(CustomerMerge, UUID(await pair.merged()))
    assert "13800138000" not in str(merge.moved)
    assert "王" not in str(merge.moved)


def _diagnosis() -> dict[str, Any]:
    return {
        "category": "空调",
        "fault": "",
        "urgency": "",
        "parts": [],
        "prepare": [],
        "advice": [],
        "reasons": [],
        "rules": "",
    }
