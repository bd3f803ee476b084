"""A quote is decided on with two buttons, and the prices can be read by anybody."""

from sqlalchemy.ext.asyncio import AsyncSession

from tests.harness.callers import Caller
from tests.make import make_prices
from tests.make.prices import GAS
from tests.tickets.story import Story

ONE = [{"code": "AC-GAS", "quantity": 1}]


async def decide(story: Story, decision: str, quote_version: int) -> None:
    form = {"decision": decision, "version": (await story.see())["version"], "quote_version": quote_version}
    sent = await story.customer.post(f"/h5/tickets/{story.number}/quote", data=form)
    assert (sent.status_code, sent.headers["location"]) == (
        303,
        f"/h5/tickets/{story.number}?said={decision}d",
    )


async def shown(story: Story) -> str:
    return (await story.customer.get(f"/h5/tickets/{story.number}")).text


async def test_yes_and_no_by_plain_forms(story: Story) -> None:
    await story.on_site()
    await story.step(story.engineer, "quote", lines=ONE)
    page = await shown(story)
    assert ">同意报价<" in page
    assert "/h5/prices?category=%E7%A9%BA%E8%B0%83" in page
    await decide(story, "approve", 1)
    assert ">同意报价<" not in await shown(story)
    await story.step(story.engineer, "quote", lines=ONE)
    page = await shown(story)
    assert "不做追加，按原报价继续" in page
    assert "，追加" in page
    await decide(story, "decline", 2)
    assert (await story.see())["state"] == "in_repair"


async def test_a_page_that_has_become_stale_decides_nothing(story: Story) -> None:
    await story.on_site()
    await story.step(story.engineer, "quote", lines=ONE)
    stale = {"decision": "approve", "version": (await story.see())["version"], "quote_version": 1}
    await story.step(story.engineer, "revise_quote", lines=ONE)
    answer = await story.customer.post(f"/h5/tickets/{story.number}/quote", data=stale)
    assert (answer.status_code, "再决定一次" in answer.text, "第 2 版" in answer.text) == (200, True, True)
    assert (await story.see())["state"] == "quote_pending"


async def test_in_review_there_is_nothing_to_press(story: Story) -> None:
    await story.on_site()
    await story.step(story.engineer, "quote", lines=[{"code": "AC-GAS", "quantity": 50}])
    page = await shown(story)
    assert "报价复核中" in page
    assert (">同意报价<" in page, "主管复核后请您确认" in page) == (False, True)
    mine = (await story.customer.get("/h5/")).text
    assert ("报价复核中" in mine, "主管复核后请您确认" in mine) == (True, True)


async def test_the_prices_can_be_read_by_anybody(client: Caller, session: AsyncSession) -> None:
    assert "暂无公示的价目" in (await client.get("/h5/prices")).text
    await make_prices(session, GAS | {"warranty_days": 90}, complaint_phone="400-820-1237")
    page = (await client.get("/h5/prices", params={"category": "空调", "city": "上海市"})).text
    for words in ("R32 冷媒", "80.00 元/百克", "90 天", "400-820-1237"):
        assert words in page
