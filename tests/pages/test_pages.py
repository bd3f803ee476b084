"""The pages that a push leads to: readable without script, rated with a plain form, safe from what people write."""

import re
from typing import Any

import pytest

from app.routers.h5 import ticket
from app.services.tickets.timeline import timeline
from tests.harness.callers import Caller
from tests.tickets.photos import photo
from tests.tickets.story import SCORES, Story


async def test_a_visitor_is_sent_to_wechat_and_comes_back_to_his_ticket(client: Caller, story: Story) -> None:
    await story.submit()
    answer = await client.get(f"/h5/tickets/{story.number}")
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/oauth/official-account?next=/h5/tickets/{story.number}"


async def test_the_page_says_where_it_stands_and_when(story: Story) -> None:
    await story.scheduled(fault="<script>alert(1)</script> 不制冷")
    answer = await story.customer.get(f"/h5/tickets/{story.number}")
    assert answer.status_code == 200
    seen = await story.see()
    for words in (seen["label"], seen["promise"], seen["visit"]["arrival_code"], "陈师傅"):
        assert words in answer.text
    assert "<script>" not in answer.text
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    listed = await story.customer.get("/h5/")
    assert story.number in listed.text
    assert "<script>" not in listed.text


async def test_what_happens_while_the_page_is_made_is_news_to_it(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story.offered()
    url = f"/h5/tickets/{story.number}"
    before = re.search(r'data-seq="\d+"', (await story.customer.get(url)).text)
    assert before is not None

    async def after_a_step(*args: Any) -> list[dict[str, Any]]:
        await story.step(story.engineer, "accept")
        return await timeline(*args)

    monkeypatch.setattr(ticket, "timeline", after_a_step)
    told = (await story.customer.get(url)).text
    assert "派单中" in told
    assert before.group() in told


async def test_rating_by_a_plain_form_that_keeps_what_was_chosen(story: Story) -> None:
    await story.completed()
    url = f"/h5/tickets/{story.number}/rating"
    assert "提交评价" in (await story.customer.get(url)).text
    assert url in (await story.customer.get(f"/h5/tickets/{story.number}")).text
    half = await story.customer.post(url, data={"attitude": "4", "comment": "还不错 <b>"})
    assert half.status_code == 200
    assert half.text.count("请选择几颗星。") == 3
    assert "还不错 &lt;b&gt;" in half.text
    assert re.search(r'name="attitude" value="4" required\s+checked', half.text)
    files = [("photos", ("a.jpg", photo(), "image/jpeg"))]
    for _ in range(2):
        sent = await story.customer.post(url, data=SCORES | {"comment": "好"}, files=files)
        assert (sent.status_code, sent.headers["location"]) == (303, url)
    rating = (await story.see())["rating"]
    assert {name: rating[name] for name in SCORES} == SCORES
    thanks = (await story.customer.get(url)).text
    assert "谢谢您" in thanks
    assert "提交评价" not in thanks
    assert url not in (await story.customer.get(f"/h5/tickets/{story.number}")).text


async def test_what_is_not_finished_cannot_be_rated_yet(story: Story) -> None:
    await story.accepted()
    url = f"/h5/tickets/{story.number}/rating"
    assert "现在还不能评价" in (await story.customer.get(url)).text
    assert (await story.customer.post(url, data=SCORES)).status_code == 200
    assert (await story.see())["rating"] is None


async def test_urging_tells_its_answer_and_its_cool_down(story: Story) -> None:
    await story.accepted()
    url = f"/h5/tickets/{story.number}/urgings"
    assert (await story.customer.post(url)).status_code == 303
    told = (await story.customer.get(f"/h5/tickets/{story.number}")).text
    assert "您催过一次" in told
    assert "后可以再催" in told
    assert ">催一下<" not in told
    again = await story.customer.post(url)
    assert (again.status_code, "分钟后可再次催单" in again.text) == (200, True)
    assert (await story.see())["urged"] == 1


async def test_what_he_may_do_next_is_a_form_with_its_reasons(story: Story) -> None:
    await story.accepted()
    url = f"/h5/tickets/{story.number}"
    page = (await story.customer.get(url)).text
    window = page.split('name="window" value="')[1].split('"')[0]
    version = str((await story.see())["version"])
    late = await story.customer.post(f"{url}/events/book", data={"version": version, "window": ""})
    assert late.status_code == 200
    assert (await story.see())["state"] == "accepted"
    booked = await story.customer.post(f"{url}/events/book", data={"version": version, "window": window})
    assert booked.headers["location"] == f"{url}?said=book"
    assert "改上门时间" in (await story.customer.get(url)).text
    stale = {"version": version, "reason_code": "price", "note": "太贵了，不修了"}
    refused = await story.customer.post(f"{url}/events/cancel", data=stale)
    assert (refused.status_code, "太贵了，不修了" in refused.text) == (200, True)
    assert (await story.see())["state"] == "scheduled"
    assert (await story.customer.post(f"{url}/events/accept", data={"version": "1"})).status_code == 404


async def test_not_fixed_is_said_with_a_photo(story: Story) -> None:
    await story.completed()
    url = f"/h5/tickets/{story.number}/events/dispute"
    said = {"version": str((await story.see())["version"]), "key": "from-the-page", "reason": "又开始漏水"}
    bare = await story.customer.post(url, data=said)
    assert (bare.status_code, "又开始漏水" in bare.text, "至少 1 项" in bare.text) == (200, True, True)
    files = [("photos", ("a.jpg", photo(), "image/jpeg"))]
    assert (await story.customer.post(url, data=said, files=files)).status_code == 303
    assert (await story.see())["state"] == "dispatching"


async def test_anothers_ticket_is_a_page_that_knows_nothing(story: Story, stranger: Caller) -> None:
    await story.submit()
    foreign = await stranger.get(f"/h5/tickets/{story.number}")
    nothing = await stranger.get("/h5/tickets/HX2606150000000000")
    assert foreign.status_code == nothing.status_code == 404
    assert foreign.text == nothing.text
