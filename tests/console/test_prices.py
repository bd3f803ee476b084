"""The price table in the console: what is in force, a draft against it, its publication."""

from app.domain.zone import ZONE
from tests.tickets.story import Story


async def _draft(story: Story) -> str:
    made = await story.manager.post("/console/prices", data={"note": "入冬调价"})
    assert made.status_code == 303
    return str(made.headers["location"]).partition("?")[0]


ITEM = {"code": "AC-GAS", "kind": "labour", "name": "加冷媒", "yuan": "120.5", "unit": "次", "active": "true"}


async def test_a_draft_is_compared_published_and_in_force(story: Story) -> None:
    url = await _draft(story)
    assert "没有变化" in (await story.manager.get(url)).text
    assert (await story.manager.post(f"{url}/items", data=ITEM | {"cities": "上海市 150"})).status_code == 303
    shown = (await story.manager.get(url)).text
    assert "→ 120.50 元" in shown
    assert "上海市 与全国相同 → 150.00 元" in shown
    assert (await story.manager.post(f"{url}/terms", data={"complaint_phone": "12315"})).status_code == 303
    today = story.clock.now.astimezone(ZONE).date()
    early = await story.manager.post(f"{url}/publish", data={"valid_from": "2020-01-01"})
    assert "生效日期不能早于今天" in early.text
    assert 'value="2020-01-01"' in early.text
    assert (
        await story.manager.post(f"{url}/publish", data={"valid_from": today.isoformat()})
    ).status_code == 303
    assert "120.50" in (await story.agent.get("/console/prices")).text
    assert "150.00" in (await story.agent.get("/console/prices", params={"city": "上海市"})).text
    late = await story.manager.post(f"{url}/items", data=ITEM)
    assert "已发布的价目表不能修改" in late.text


async def test_what_is_wrong_with_an_item_is_told_with_what_was_typed(story: Story) -> None:
    url = await _draft(story)
    wrong = await story.manager.post(f"{url}/items", data=ITEM | {"code": "有 空格", "name": "新项目"})
    assert "编码用 1 到 40 个字母" in wrong.text
    assert 'value="新项目"' in wrong.text
    cities = await story.manager.post(f"{url}/items", data=ITEM | {"cities": "上海市九十"})
    assert "请检查“上海市九十”" in cities.text
    part = await story.manager.post(f"{url}/items", data=ITEM | {"part_code": "P1"})
    assert "只有配件" in part.text
    assert (await story.manager.post(f"{url}/items/AC-GAS/remove")).status_code == 303
    assert "不再提供" in (await story.manager.get(url)).text
    second = await story.manager.post("/console/prices", data={"note": "再来一份"})
    assert "已有一份未发布的价目表" in second.text
    assert "再来一份" in second.text


async def test_the_sum_above_which_a_manager_looks(story: Story) -> None:
    said = {"role": "engineer", "service_type": "repair", "warranty": "", "yuan": "888"}
    assert (await story.manager.post("/console/prices/limits", data=said)).status_code == 303
    assert "888.00 元" in (await story.manager.get("/console/prices")).text
    assert "888.00 元" not in (await story.agent.get("/console/prices")).text
    assert (await story.agent.post("/console/prices/limits", data=said)).status_code == 403
    wrong = await story.manager.post("/console/prices/limits", data=said | {"yuan": "很多"})
    assert 'value="很多"' in wrong.text


async def test_only_what_was_carried_out_is_in_the_log(story: Story) -> None:
    said = {"role": "engineer", "service_type": "repair", "warranty": "", "yuan": "很多"}
    assert (await story.manager.post("/console/prices/limits", data=said)).status_code == 200
    shown = "/console/log?view=desk"
    assert "/console/prices/limits" not in (await story.manager.get(shown)).text
    assert (
        await story.manager.post("/console/prices/limits", data=said | {"yuan": "888"})
    ).status_code == 303
    assert "/console/prices/limits" in (await story.manager.get(shown)).text
