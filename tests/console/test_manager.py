"""What managers and administrators do: figures and why they are so, trends, exports, accounts, the log."""

import io
import re
import zipfile
from xml.etree import ElementTree

import asyncpg
import pytest
from httpx import Response
from playwright.async_api import Page, expect

from app.domain.kpi.rows import Reason
from app.domain.zone import ZONE
from app.services.exports.workbook import workbook
from app.services.kpi.why import REASON_LABELS
from tests.complaints.test_cases import BAD
from tests.harness.callers import Caller
from tests.harness.desk import Open
from tests.kpi.days import count_days
from tests.make.people import PASSWORD
from tests.tickets.story import Story

_CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1")


def cells(content: bytes) -> list[list[str]]:
    """As text; raises when anything in the sheet is a formula."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314
    assert not list(sheet.iter(f"{_CELL}f"))
    return [["".join(cell.itertext()) for cell in row] for row in sheet.iter(f"{_CELL}row")]


async def test_why_a_figure_is_what_it_is(
    story: Story, browse: Open, page: Page, rows: asyncpg.Connection
) -> None:
    await story.completed()
    await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=BAD)
    await count_days(rows, story.clock.now)
    await browse(story.manager, "/console/home")
    await expect(page.get_by_role("heading", level=1)).to_have_text("工作台")
    await page.get_by_role("link", name="考核", exact=True).click()
    row = page.get_by_role("row").filter(has_text="陈师傅")
    head = await page.get_by_role("columnheader").all_inner_texts()
    await row.locator("td").nth(head.index("及时性") - 1).get_by_role("link").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("陈师傅 及时性 2.00")
    await page.get_by_role("link", name=story.number).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(story.number)
    await page.get_by_role("link", name="趋势", exact=True).click()
    # Drawn from the table, under a policy that forbids what stands in the page.
    await expect(page.locator("[data-plot][data-drawn] canvas")).to_have_count(5)
    rated = page.get_by_role("region", name="客户评分数据")
    await page.get_by_text("数据表").nth(3).click()
    await expect(rated.get_by_role("row").last).to_contain_text("2")


async def test_the_rows_behind_a_figure_make_the_figure(story: Story) -> None:
    await story.completed()
    await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=BAD)
    (kpi,) = (await story.manager.get("/api/v1/kpi/engineers")).json()["items"]
    names = [name for name, value in kpi.items() if isinstance(value, dict) and "shrunk" in value]
    assert len(names) == 14
    told = 0
    for name in names:
        query = {"of": "engineers", "key": kpi["engineer_id"], "figure": name}
        text = (await story.manager.get("/console/kpi/why", params=query)).text
        counted = re.search(r"计入 (\d+) 项，未计入 (\d+) 项", text)
        assert (int(counted[1]) if counted else 0) == kpi[name]["n"], name
        told += int(counted[2]) if counted else 0
    assert told == sum(each["n"] for each in kpi["excluded"] if each["measure"] != "rating")
    assert set(REASON_LABELS) == set(Reason)
    bad = {"of": "engineers", "key": kpi["engineer_id"], "figure": "luck"}
    assert (await story.manager.get("/console/kpi/why", params=bad)).status_code == 404


async def test_trends_count_what_happened_and_say_until_when(story: Story, rows: asyncpg.Connection) -> None:
    await story.completed()
    empty = (await story.manager.get("/console/trends", params={"step": "week"})).text
    assert "今天的数字还没有统计" in empty
    assert {"—"} == set(re.findall(r'class="figure">([^<]*)</td>', empty))
    await count_days(rows, story.clock.now)
    for step, spans in (("day", 14), ("week", 12), ("month", 6)):
        text = (await story.manager.get("/console/trends", params={"step": step})).text
        tables = re.findall(r"<tbody>(.*?)</tbody>", text, re.DOTALL)
        assert [table.count("<tr>") for table in tables] == [spans] * 5
        assert re.findall(r'class="figure">([^<]*)<', tables[0])[-1] == "1"
        assert re.findall(r'class="figure">([^<]*)<', tables[0])[0] == "0"
        on_time = re.findall(r'class="figure">([^<]*)<', tables[2])[-3]
        assert on_time == "100"
        assert f"今天的数字统计至 {story.clock.now.astimezone(ZONE):%H:%M}" in text
        assert "正在统计" not in text
    none = {"point": "00000000-0000-0000-0000-000000000000"}
    assert (await story.manager.get("/console/trends", params=none)).status_code == 404


@pytest.mark.parametrize("listed", ["tickets", "kpi", "deliveries", "complaints", "calls", "stock"])
async def test_a_list_leaves_as_a_workbook_without_formulas_and_is_written_down(
    story: Story, listed: str
) -> None:
    await story.completed(fault="=HYPERLINK(1)", contact={"name": "@王", "phone": "13800138000"})
    await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=BAD)
    answer: Response = await story.manager.get(f"/console/exports/{listed}.xlsx", params={"view": "all"})
    assert answer.status_code == 200
    table = cells(answer.content)
    said = "".join(cell for row in table for cell in row)
    assert "13800138000" not in said
    if listed in ("tickets", "complaints"):
        assert story.number in said
        assert "'@王" in said
    if listed == "tickets":
        assert "'=HYPERLINK(1)" in said
    log = (await story.manager.get("/console/log?view=exports")).text
    assert listed in log
    assert f"{len(table) - 1} 行" in log
    assert (await story.agent.get(f"/console/exports/{listed}.xlsx")).status_code == 403


def test_what_begins_like_a_formula_is_a_string() -> None:
    rows = [(text, 3, None, "\x00\ufffe\ud800") for text in _FORMULAS]
    table = cells(b"".join(workbook(("a", "b", "c", "d"), rows)))
    assert [row[0] for row in table[1:]] == [
        *(f"'{each}".replace("\r", "\n") for each in _FORMULAS[:-1]),
        "＝1",
    ]
    assert {tuple(row[1:]) for row in table[1:]} == {("3", "", "")}


async def test_an_account_from_its_first_day_to_its_last(
    as_admin: Caller, story: Story, client: Caller
) -> None:
    await story.submit()
    point = re.search(r'name="points" value="([0-9a-f-]+)"', (await as_admin.get("/console/staff")).text)
    assert point is not None
    new = {"username": "xinren", "name": "新人", "role": "agent", "password": "short", "points": point[1]}
    refused = await as_admin.post("/console/staff", data=new)
    assert "密码至少 10 个字符" in refused.text
    assert 'value="xinren"' in refused.text
    assert "short" not in refused.text
    assert (await as_admin.post("/console/staff", data=new | {"password": PASSWORD})).status_code == 303
    wrong = {"username": "xinren", "password": "not this one"}
    assert (await client.post("/api/v1/sessions/staff", json=wrong)).status_code == 401
    right = {"username": "xinren", "password": PASSWORD}
    token = (await client.post("/api/v1/sessions/staff", json=right)).json()["access_token"]
    signed_in = {"Authorization": f"Bearer {token}"}
    page = (await as_admin.get("/console/staff?q=xinren")).text
    one = re.search(r"/console/staff/([0-9a-f-]{36})", page)
    assert one is not None
    mine = f"/console/staff/{one[1]}"
    assert (await client.get("/console/home", headers=signed_in)).status_code == 200
    promoted = await as_admin.post(f"{mine}/rights", data={"role": "manager"})
    assert promoted.status_code == 303
    log = (await client.get("/console/log", headers=signed_in)).text
    for words in ("登录失败", "登录", "新增账号", "客服 → 主管，全公司", "127.0.0.0/24"):
        assert words in log
    assert (await as_admin.post(f"{mine}/disable")).status_code == 200
    assert (await client.get("/console/home", headers=signed_in)).status_code == 302
    myself = f"/console/staff/{as_admin.person.id}"
    assert (await as_admin.post(f"{myself}/disable")).status_code == 409
    assert "请由另一位管理员操作" in (await as_admin.post(f"{myself}/rights", data={"role": "agent"})).text


async def test_an_appeal_is_decided_at_the_desk_and_leaves_the_figure(story: Story) -> None:
    await story.completed()
    await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=BAD)
    appeal = {"number": story.number, "measure": "rating", "reason": "客户把时间记错了"}
    made = await story.engineer.post("/api/v1/kpi/appeals", json=appeal)
    assert "客户把时间记错了" in (await story.manager.get("/console/kpi/appeals")).text
    decided = {"decision": "upheld", "note": "录音属实"}
    url = f"/console/kpi/appeals/{made.json()['id']}/decide"
    assert (await story.manager.post(url, data=decided)).status_code == 303
    engineer = str(story.engineer.person.id)
    query = {"of": "engineers", "key": engineer, "figure": "timeliness"}
    assert "申诉成立" in (await story.manager.get("/console/kpi/why", params=query)).text
