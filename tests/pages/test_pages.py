"""The pages that a push leads to: readable without script, rated with a plain form, safe from what people write."""

from tests.harness.callers import Caller
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
    assert "<script" not in answer.text
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    listed = await story.customer.get("/h5/")
    assert story.number in listed.text
    assert "<script" not in listed.text


async def test_rating_by_a_plain_form(story: Story) -> None:
    await story.completed()
    page = await story.customer.get(f"/h5/tickets/{story.number}")
    assert "提交评价" in page.text
    sent = await story.customer.post(f"/h5/tickets/{story.number}/rating", data=SCORES | {"comment": "好"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/h5/tickets/{story.number}?said=rated")
    rating = (await story.see())["rating"]
    assert {name: rating[name] for name in SCORES} == SCORES
    assert "提交评价" not in (await story.customer.get(f"/h5/tickets/{story.number}")).text


async def test_urging_by_a_plain_form_and_its_cool_down_as_a_page(story: Story) -> None:
    await story.accepted()
    url = f"/h5/tickets/{story.number}/urgings"
    assert (await story.customer.post(url)).status_code == 303
    again = await story.customer.post(url)
    assert again.status_code == 429
    assert "分钟后可再次催单" in again.text
    assert again.headers["content-type"].startswith("text/html")


async def test_anothers_ticket_is_a_page_that_knows_nothing(story: Story, stranger: Caller) -> None:
    await story.submit()
    foreign = await stranger.get(f"/h5/tickets/{story.number}")
    nothing = await stranger.get("/h5/tickets/HX2606150000000000")
    assert foreign.status_code == nothing.status_code == 404
    assert foreign.text == nothing.text
