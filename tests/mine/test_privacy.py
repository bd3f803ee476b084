"""隐私与我的数据 by plain forms: consents, the export, giving up the account and thinking again."""

import io
import re
import zipfile

import asyncpg

from app.services.exports.gather import MOST_A_DAY
from tests.harness.callers import Caller
from tests.tickets.story import Story

PAGE = "/h5/privacy"
CONSENTS = f"{PAGE}/consents"


async def allowed(who: Caller) -> dict[str, bool]:
    items = (await who.get("/api/v1/me/privacy")).json()["consents"]
    return {each["purpose"]: each["allowed"] for each in items}


async def test_a_consent_is_withdrawn_and_given_again(as_customer: Caller) -> None:
    page = (await as_customer.get(PAGE)).text
    assert page.count("告知文本，第 ") == len(await allowed(as_customer))
    said = {"purpose": "public_reviews", "version": "1", "given": "false"}
    assert (await as_customer.post(CONSENTS, data=said)).status_code == 303
    assert not (await allowed(as_customer))["public_reviews"]
    assert "您在公众号页面撤回了第 1 版" in (await as_customer.get(PAGE)).text
    assert (await as_customer.post(CONSENTS, data=said | {"given": "true"})).status_code == 303
    assert (await allowed(as_customer))["public_reviews"]


async def test_what_is_needed_or_outdated_is_refused_where_it_was_said(
    as_customer: Caller, as_admin: Caller
) -> None:
    needed = await as_customer.post(CONSENTS, data={"purpose": "service", "version": "1", "given": "false"})
    assert (needed.status_code, "如不再需要，请注销账号" in needed.text) == (200, True)
    text = {"purpose": "public_reviews", "text": "新的告知文本，写得更清楚一些。"}
    assert (await as_admin.post("/api/v1/consent-texts", json=text)).status_code == 201
    stale = {"purpose": "public_reviews", "version": "1", "given": "true"}
    outdated = await as_customer.post(CONSENTS, data=stale)
    assert (outdated.status_code, "已更新到第 2 版" in outdated.text) == (200, True)


async def test_the_export_comes_as_a_file_and_not_without_end(story: Story) -> None:
    await story.submit()
    for _ in range(MOST_A_DAY):
        answer = await story.customer.post(f"{PAGE}/export")
        assert answer.headers["content-type"] == "application/zip"
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert {"index.html", "archive.json", "tickets.csv", "assets.csv"} <= set(names)
    refused = await story.customer.post(f"{PAGE}/export")
    assert (refused.status_code, "今天导出的次数太多了" in refused.text) == (200, True)


async def test_who_looked_at_my_number(story: Story) -> None:
    await story.accepted()
    assert "还没有人看过" in (await story.customer.get(PAGE)).text
    await story.engineer.post(f"/field/tickets/{story.number}/contact")
    page = (await story.customer.get(PAGE)).text
    for words in ("共 1 次", "工程师", "上门前联系"):
        assert words in page


async def test_leaving_is_told_confirmed_and_can_be_taken_back(
    story: Story, rows: asyncpg.Connection
) -> None:
    leave = f"{PAGE}/deletion"
    await story.submit()
    blocked = (await story.customer.get(leave)).text
    assert f"工单 {story.number} 还在处理" in blocked
    assert "申请注销</button>" not in blocked
    refused = await story.customer.post(leave, data={"understood": "yes"})
    assert (refused.status_code, "还在处理" in refused.text) == (200, True)
    await story.step(story.customer, "cancel", reason_code="changed_mind")
    told = (await story.customer.get(leave)).text
    for words in ("会删除", "会保留", "申请注销</button>"):
        assert words in told
    unread = await story.customer.post(leave)
    assert (unread.status_code, "请先勾选" in unread.text) == (200, True)
    assert await rows.fetchval("SELECT count(*) FROM account_deletions") == 0
    asked = await story.customer.post(leave, data={"understood": "yes"})
    code = re.search(r'class="told">([\w-]{20,40})<', asked.text)
    assert code is not None
    proof = (await story.customer.get(f"/api/v1/deletion-proofs/{code[1]}")).json()
    assert proof["state"] == "requested"
    assert code[1] not in (await story.customer.get(leave)).text
    assert "您已申请注销" in (await story.customer.get(PAGE)).text
    assert (
        "您已申请注销，反悔期内可以取消"
        in (await story.customer.post(leave, data={"understood": "yes"})).text
    )
    assert (await story.customer.post(f"{leave}/cancel")).status_code == 303
    assert "您已申请注销" not in (await story.customer.get(PAGE)).text
