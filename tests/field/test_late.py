"""What the phone sends later: once for its key, at the time when it was done, and never over what others did."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from app.domain.late import LONGEST, done_at, may_be_late
from app.domain.lifecycle import Event
from tests.harness.callers import Caller
from tests.harness.clock import Clock
from tests.tickets import bodies
from tests.tickets.photos import photo
from tests.tickets.story import Story


async def send(story: Story, act: str, key: str, ago: int = 0, **form: Any) -> Response:
    """As the queue does."""
    url = f"/field/tickets/{story.number}/{act}"
    headers = {"Idempotency-Key": key, "Done-Ago": str(ago)}
    return await story.engineer.post(url, data=form, headers=headers)


async def test_an_act_that_is_sent_again_is_done_once(story: Story) -> None:
    seen = await story.scheduled()
    first = await send(story, "events/depart", "k1", version=seen["version"])
    again = await send(story, "events/depart", "k1", version=seen["version"])
    assert first.json() == again.json() == {"version": seen["version"] + 1}
    await story.step(story.engineer, "arrive", **bodies.HOME)
    for _ in range(2):
        assert (await send(story, "messages", "k2", text="已到门口")).json() == {"version": None}
    talk = (await story.customer.get(f"/api/v1/tickets/{story.number}/messages")).json()["items"]
    assert [each["text"] for each in talk].count("已到门口") == 1


async def test_it_counts_from_when_it_was_done(story: Story) -> None:
    seen = await story.scheduled()
    story.clock.advance(hours=2)
    now = story.clock.now
    await send(story, "events/depart", "k1", ago=1800, version=seen["version"])
    await send(story, "events/arrive", "k2", ago=600, version=seen["version"] + 1, **bodies.HOME)
    visit = (await story.engineer.get(f"/api/v1/tickets/{story.number}/visits")).json()["items"][-1]
    assert visit["departed_at"] == (now - timedelta(seconds=1800)).isoformat()
    assert visit["arrived_at"] == (now - timedelta(seconds=600)).isoformat()


def test_what_is_believed(clock: Clock) -> None:
    now, minute = clock.now, timedelta(minutes=1)
    assert done_at(now, 30 * minute, now - 60 * minute) == now - 30 * minute
    # Never before what is on record, never in the future.
    assert done_at(now, 30 * minute, now - 10 * minute) == now - 10 * minute
    assert done_at(now, 30 * minute, now + minute) == now
    assert may_be_late(Event.ARRIVE, 30 * minute)
    assert not may_be_late(Event.ARRIVE, minute / 2)
    assert not may_be_late(Event.ARRIVE, LONGEST + minute)
    assert not may_be_late(Event.ACCEPT, 30 * minute)


async def test_nothing_is_overwritten_and_the_refusal_says_how_things_stand(
    story: Story, colleague: Caller
) -> None:
    seen = await story.scheduled()
    await story.step(
        story.customer, "rebook", window=bodies.window(story.clock.now, days=1), reason_code="other"
    )
    late = (await send(story, "events/depart", "k1", ago=300, version=seen["version"])).json()["refused"]
    assert (late["code"], late["yours"], late["version"]) == ("stale_version", True, seen["version"] + 1)
    assert "改约" in late["words"]
    await story.step(story.agent, "reassign", reason="临时调整")
    gone = (await send(story, "events/depart", "k2", version=seen["version"])).json()["refused"]
    assert (gone["yours"], gone["version"]) == (False, None)
    assert "联系调度" in gone["words"]
    assert (await story.see())["state"] == "dispatching"


async def test_a_wrong_code_is_counted_although_the_queue_sends_it(story: Story) -> None:
    seen = await story.scheduled()
    seen = await story.step(story.engineer, "depart")
    for n in range(5):
        refused = await send(story, "events/arrive", f"k{n}", version=seen["version"], code="000000")
        assert refused.json()["refused"]["code"] == "wrong_code"
    sixth = await send(story, "events/arrive", "k6", version=seen["version"], code="000000")
    assert sixth.json()["refused"]["code"] == "too_many_attempts"


async def test_nobody_home_by_a_form_alone(story: Story) -> None:
    await story.scheduled()
    seen = await story.step(story.engineer, "depart")
    story.clock.advance(minutes=40)
    local = story.clock.now + timedelta(hours=8)
    calls = {
        "call_at": [f"{local - timedelta(minutes=m):%H:%M}" for m in (20, 5)],
        "call_result": ["no_answer", "busy"],
    }
    url = f"/field/tickets/{story.number}/events/no_access"
    asked = await story.engineer.post(url, data={"version": seen["version"], **calls})
    assert "请先拍一张门口的照片" in asked.text
    files = {"file": ("a.jpg", photo(), "image/jpeg")}
    kept = await story.engineer.post(
        f"/field/tickets/{story.number}/photos", files=files, data={"purpose": "no_access"}
    )
    assert kept.status_code == 303
    done = await story.engineer.post(url, data={"version": seen["version"], **calls})
    assert done.status_code == 303, done.text
    assert (await story.see())["state"] == "accepted"


async def test_parts_quotes_and_checks_by_forms_alone(story: Story) -> None:
    seen = await story.on_site()
    url = f"/field/tickets/{story.number}"
    page = (await story.engineer.get(url)).text
    assert "geo:31.231000,121.544000" in page
    none = await story.engineer.post(
        f"{url}/quote", data={"version": seen["version"], "code": "AC-GAS", "quantity": "0"}
    )
    assert "请至少填写一项的数量" in none.text
    # Above the limit a manager looks at it first.
    await story.manager.put("/api/v1/spend-limits", json={"limit_fen": 10000})
    quote = {"version": seen["version"], "code": ["AC-GAS"], "quantity": ["2"]}
    assert (await story.engineer.post(f"{url}/quote", data=quote)).status_code == 303
    assert "主管复核后会自动发给客户" in (await story.engineer.get(url)).text
    reviewed = {"decision": "approve"}
    await story.manager.post(f"/api/v1/tickets/{story.number}/quotes/1/review", json=reviewed)
    seen = await story.step(story.customer, "approve_quote", quote_version=1)
    assert "追加项目" in (await story.engineer.get(url)).text
    due = (story.clock.now + timedelta(days=3)).date().isoformat()
    row = {"part_code": [""], "part_name": ["压缩机"], "part_quantity": ["1"], "part_serial": [""]}
    ordered = await story.engineer.post(
        f"{url}/events/need_parts", data={"version": seen["version"], "due_on": due, **row}
    )
    assert ordered.status_code == 303, ordered.text
    assert (await story.see())["parts_waiting"][0]["name"] == "压缩机"


@pytest.mark.parametrize("path", ["signature", "completion-code"])
async def test_the_customers_word_is_asked_for_in_words(story: Story, path: str) -> None:
    await story.in_repair()
    answer = await story.engineer.post(
        f"/field/tickets/{story.number}/{path}",
        data={"total_fen": "16000", "quote_version": "1", "code": "1"},
    )
    assert answer.status_code == 200
    assert ("还没有签名" if path == "signature" else "完成码是 6 位数字") in answer.text


async def test_old_list_and_van(story: Story) -> None:
    await story.scheduled()
    today = (await story.engineer.get("/field")).text
    assert "下一单：空调维修" in today
    assert "路上约" in today
    assert "新约好" in today
    await story.step(story.agent, "reassign", reason="临时调整")
    gone = (await story.engineer.get("/field")).text
    assert "不用去了（1）" in gone
    assert story.number in gone
    assert "改派：临时调整" in gone
    story.clock.advance(minutes=1)
    await story.scheduled(fault="第二台也不制冷")
    await story.step(story.customer, "cancel", reason_code="solved_itself")
    cancelled = (await story.engineer.get("/field")).text
    assert "不用去了（2）" in cancelled
    assert "取消服务：已取消：问题已自行解决" in cancelled
    assert "没有登记的配件" in (await story.engineer.get("/field/van")).text
    script = await story.engineer.get("/field/worker.js")
    assert script.headers["service-worker-allowed"] == "/field"
