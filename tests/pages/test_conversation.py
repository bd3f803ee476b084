"""The conversation on the ticket's page: read and written without script."""

from tests.harness.callers import Caller
from tests.tickets.story import Story


def url(story: Story) -> str:
    return f"/h5/tickets/{story.number}"


async def test_writing_by_a_plain_form(story: Story) -> None:
    await story.accepted()
    page = await story.customer.get(url(story))
    assert f'action="{url(story)}/messages"' in page.text
    sent = await story.customer.post(f"{url(story)}/messages", data={"text": "门铃坏了\n请打电话 <b>"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{url(story)}?said=sent")
    await story.agent.post(f"/api/v1/tickets/{story.number}/messages", json={"text": "好的，已转告师傅"})
    page = await story.customer.get(f"{url(story)}?said=sent")
    for words in ("门铃坏了\n请打电话 &lt;b&gt;", "好的，已转告师傅", "客服 林客服", "已发送"):
        assert words in page.text
    assert "<script>" not in page.text
    # The steps of the job are not drowned in talk.
    assert "客户发来消息" not in page.text


async def test_a_thumb_that_taps_twice_says_it_once(story: Story) -> None:
    await story.accepted()
    form = {"text": "到哪了", "key": "from-the-page"}
    for _ in range(2):
        assert (await story.customer.post(f"{url(story)}/messages", data=form)).status_code == 303
    said = await story.customer.get(f"/api/v1/tickets/{story.number}/messages")
    assert len(said.json()["items"]) == 1


async def test_nothing_to_say_is_a_page_that_says_so(story: Story) -> None:
    await story.accepted()
    for text in ("", "   ", "\u200b"):
        answer = await story.customer.post(f"{url(story)}/messages", data={"text": text})
        assert (answer.status_code, "请输入要说的话。" in answer.text) == (200, True), text
    long = await story.customer.post(f"{url(story)}/messages", data={"text": "长" * 2001})
    assert (long.status_code, "长" * 2001 in long.text, "请缩短" in long.text) == (200, True, True)


async def test_only_the_owner_writes_here(story: Story, stranger: Caller) -> None:
    await story.accepted()
    assert (await stranger.post(f"{url(story)}/messages", data={"text": "x"})).status_code == 404
    assert (await story.engineer.post(f"{url(story)}/messages", data={"text": "x"})).status_code == 403
    assert "有话对客服说" not in (await story.engineer.get(url(story))).text


async def test_an_ended_ticket_shows_what_was_said_and_takes_no_more(story: Story) -> None:
    await story.submit()
    await story.customer.post(f"{url(story)}/messages", data={"text": "不修了"})
    await story.step(story.customer, "cancel", reason_code="changed_mind")
    page = (await story.customer.get(url(story))).text
    assert "不修了" in page
    assert "有话对客服说" not in page
