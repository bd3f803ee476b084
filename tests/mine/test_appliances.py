"""我的家电与车辆 by plain forms: added, read from its label, changed, proved, shared, handed over."""

import re

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Product
from tests.assets.test_scan_photo import code_of, picture
from tests.harness.callers import Caller
from tests.households.conftest import Family
from tests.make.rows import add
from tests.tickets import bodies
from tests.tickets.photos import photo
from tests.tickets.story import Story

LIST = "/h5/appliances"
LABEL = "品牌：回声\n型号：KFR-35GW\n机号：A12345678"
XSS = "<script>alert(1)</script>"


async def test_an_empty_list_says_what_to_do_and_a_form_fills_it(as_customer: Caller) -> None:
    assert "还没有登记设备" in (await as_customer.get(LIST)).text
    form = {"kind": "vehicle", "category": "汽车", "plate_number": "云A12345", "brand": XSS, "key": "k1"}
    twice = [await as_customer.post(LIST, data=form) for _ in range(2)]
    assert [answer.status_code for answer in twice] == [303, 303]
    assert twice[0].headers["location"] == twice[1].headers["location"]
    shown = await as_customer.get(twice[0].headers["location"])
    assert "云A12345" in shown.text
    assert XSS not in shown.text
    assert "还没有维修记录" in shown.text
    listed = (await as_customer.get(LIST)).text
    assert listed.count("云A12345") == 1


async def test_a_label_fills_the_form_in_and_nothing_is_kept_before_he_says_so(as_customer: Caller) -> None:
    read = await as_customer.post(
        f"{LIST}/label", files={"file": ("a.jpg", picture(code_of(LABEL)), "image/jpeg")}
    )
    assert read.status_code == 200
    for words in ('value="回声"', 'value="KFR-35GW"', 'value="A12345678"', "请核对"):
        assert words in read.text
    assert "还没有登记设备" in (await as_customer.get(LIST)).text


async def test_what_cannot_be_read_or_added_comes_back_with_what_to_do(as_customer: Caller) -> None:
    for files, words in (
        ({"file": ("a.jpg", photo(), "image/jpeg")}, "没有读出二维码"),
        ({"file": ("a.txt", b"no picture", "text/plain")}, "只支持 JPEG、PNG 或 WebP"),
        ({"other": ("", b"", "text/plain")}, "请先拍一张"),
    ):
        unread = await as_customer.post(f"{LIST}/label", files=files)
        assert (unread.status_code, words in unread.text) == (200, True), words
    typed = {"category": "空调", "model": "KFR-35GW", "serial_number": "SN-1"}
    assert (await as_customer.post(LIST, data=typed)).status_code == 303
    for wrong, words in (
        (typed, "这个序列号的设备已经在您的设备里了"),
        ({"category": "", "model": "KFR-35GW"}, "请填写此项"),
        ({"category": "空调", "model": "KFR-35GW", "purchased_on": "2050-01-01"}, "购买日期不能晚于今天"),
    ):
        refused = await as_customer.post(LIST, data=wrong)
        assert (refused.status_code, words in refused.text) == (200, True), words
        assert 'value="KFR-35GW"' in refused.text


async def test_its_life_its_warranty_and_why(family: Family, story: Story, session: AsyncSession) -> None:
    await add(
        session, Product(category="空调", brand="回声", model="KFR-35GW", name="空调", warranty_months=12)
    )
    url = f"{LIST}/{family.asset.id}"
    await story.completed(asset_id=str(family.asset.id))
    proved = await family.wang.post(
        f"{url}/proof",
        files={"file": ("a.jpg", photo(), "image/jpeg")},
        data={"purchased_on": "2026-01-05"},
    )
    assert proved.status_code == 303
    page = (await family.wang.get(url)).text
    for words in (
        "2026-01-05（您填写的，待核实）",
        "按您填写的购买日期计算",
        "还剩",
        "陈师傅上门",
        "处理：",
        "维修前的照片",
        f'href="/h5/tickets/{story.number}"',
    ):
        assert words in page, words
    assert re.search(r'href="/h5/report\?asset=[\w-]{38}"', page)
    # A member of the household sees what was done, and neither the papers nor the ticket.
    seen = (await family.li.get(url)).text
    assert "陈师傅上门" in seen
    for words in ("购买凭证", "修改资料", "生成转让链接", f"/h5/tickets/{story.number}"):
        assert words not in seen, words


async def test_a_form_of_the_appliance_that_is_wrong_says_so(family: Family) -> None:
    url = f"{LIST}/{family.asset.id}"
    await family.wang.post("/api/v1/assets", json={"category": "空调", "serial_number": "SN-2"})
    for path, form, words in (
        ("", {"model": "KFR-72", "serial_number": "SN-2"}, "这个序列号的设备已经在您的设备里了"),
        ("", {"model": "KFR-72", "purchased_on": "2050-01-01"}, "日期不能晚于今天"),
        ("", {"model": "KFR-72", "purchased_on": "去年"}, "请填写日期"),
        ("/proof", {"purchased_on": "2026-01-05"}, "请先拍一张"),
        ("/household", {"household_id": str(family.asset.id)}, "您不是这个家庭的成员"),
    ):
        refused = await family.wang.post(f"{url}{path}", data=form)
        assert (refused.status_code, words in refused.text) == (200, True), words
        assert "KFR-72" in refused.text or "model" not in form
    changed = await family.wang.post(url, data={"model": "KFR-72", "purchased_on": "", "brand": ""})
    assert changed.status_code == 303
    told = await family.archive(family.wang)
    assert (told["model"], told["brand"], told["serial_number"]) == ("KFR-72", "", "SN-1")


async def test_others_change_nothing(family: Family, stranger: Caller) -> None:
    url = f"{LIST}/{family.asset.id}"
    for path in ("", "/household", "/transfer", "/transfer/withdraw"):
        assert (await family.li.post(f"{url}{path}", data={"model": "X"})).status_code == 403, path
        assert (await stranger.post(f"{url}{path}", data={"model": "X"})).status_code == 404, path
    assert (await stranger.get(url)).status_code == 404


async def test_shared_with_the_household_and_no_longer(family: Family) -> None:
    url = f"{LIST}/{family.asset.id}"
    assert (await family.wang.post(f"{url}/household", data={"household_id": ""})).status_code == 303
    assert await family.sees(family.li) == 404
    assert (await family.wang.post(f"{url}/household", data={"household_id": family.id})).status_code == 303
    assert "家人共享" in (await family.li.get(LIST)).text


async def test_handed_over_by_a_link_that_is_told_once(
    family: Family, stranger: Caller, story: Story
) -> None:
    url = f"{LIST}/{family.asset.id}"
    link = re.compile(r"http://test(/h5/transfers/[0-9A-Z]+)<")
    first = link.search((await family.wang.post(f"{url}/transfer")).text)
    assert first is not None
    waiting = (await family.wang.get(url)).text
    assert "正在转让" in waiting
    assert not link.search(waiting)
    assert (await family.wang.post(f"{url}/transfer/withdraw")).status_code == 303
    assert (await stranger.get(first[1])).status_code == 404
    second = link.search((await family.wang.post(f"{url}/transfer")).text)
    assert second is not None
    assert (await stranger.post(second[1])).status_code == 303
    assert (await family.wang.get(url)).status_code == 404
    await story.submit()
    mine = (await story.customer.get("/api/v1/tickets")).json()["items"][0]
    busy = await story.customer.post(f"{LIST}/{(await story.see())['asset_id']}/transfer")
    assert mine["number"] == story.number
    assert "还有未完成的服务" in busy.text


async def test_taken_off_the_list_and_back_with_its_history(family: Family, story: Story) -> None:
    url = f"{LIST}/{family.asset.id}"
    await story.submit(asset_id=str(family.asset.id))
    busy = await family.wang.post(f"{url}/remove")
    assert (busy.status_code, "完成后才能转让或移除" in busy.text) == (200, True)
    await story.step(story.customer, "cancel", reason_code="changed_mind")
    assert (await family.li.post(f"{url}/remove")).status_code == 403
    assert (await family.wang.post(f"{url}/remove")).status_code == 303
    assert "还没有登记设备" in (await family.wang.get(LIST)).text
    assert await family.sees(family.li) == 404
    gone = (await family.wang.get(url)).text
    assert "放回列表" in gone
    assert "为它报修" not in gone
    sent = await family.wang.post("/api/v1/tickets", json=bodies.report(asset_id=str(family.asset.id)))
    assert sent.json()["errors"][0]["field"] == "body.asset_id"
    assert (await family.wang.post(f"{url}/restore")).status_code == 303
    assert "SN-1" in (await family.wang.get(url)).text
    # The API does the same, and adding the number again brings it back as well.
    asset = f"/api/v1/assets/{family.asset.id}"
    assert [(await family.wang.delete(asset)).status_code for _ in range(2)] == [204, 204]
    added = await family.wang.post("/api/v1/assets", json={"category": "空调", "serial_number": "SN-1"})
    assert (added.status_code, added.json()["id"]) == (201, str(family.asset.id))
    assert [job["number"] for job in (await family.archive(family.wang))["jobs"]] == [story.number]
    assert (await family.wang.delete(asset)).status_code == 204
    reported = bodies.report(serial_number="SN-1", brand="回声", model="KFR-35GW")
    number = (await family.wang.post("/api/v1/tickets", json=reported)).json()["number"]
    ticket = (await family.wang.get(f"/api/v1/tickets/{number}")).json()
    assert ticket["asset_id"] == str(family.asset.id)
    assert (await family.archive(family.wang))["removed_at"] is None


async def test_named_placed_and_never_overwritten(family: Family) -> None:
    url, api = f"{LIST}/{family.asset.id}", f"/api/v1/assets/{family.asset.id}"
    told = await family.archive(family.wang)
    form = {"version": str(told["version"]), "name": "主卧空调", "room": "主卧", "model": "KFR-35GW"}
    where = {"province": "上海市", "city": "上海市", "district": "浦东新区", "detail": "世纪大道 100 号"}
    measured = {name: str(value) for name, value in bodies.MEASURED.items()}
    assert (await family.wang.post(url, data=form | where | measured)).status_code == 303
    placed = await family.archive(family.wang)
    assert (placed["name"], placed["room"], placed["version"]) == ("主卧空调", "主卧", told["version"] + 1)
    assert placed["address"]["latitude"] == pytest.approx(bodies.HOME["latitude"], abs=1e-6)
    # Another phone of hers had the page open meanwhile: it is told, with what was typed, and what is now.
    late = await family.wang.post(url, data=form | where | {"name": "大卧室的"})
    for words in (
        "刚刚被改过",
        'value="大卧室的"',
        f'name="version" value="{placed["version"]}"',
        "<h1>主卧空调",
    ):
        assert words in late.text, words
    stale = await family.wang.patch(api, json={"name": "客厅", "version": told["version"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "asset_changed")
    # Half an address is none.
    half = await family.wang.post(url, data=form | where | {"version": "", "detail": ""})
    assert "请填写此项" in half.text
    # Said again it keeps its coordinates; somebody of her household sees the name, and not where she lives.
    kept = await family.wang.patch(api, json={"address": where, "version": placed["version"]})
    assert kept.json()["address"]["latitude"] == placed["address"]["latitude"]
    seen = await family.archive(family.li)
    assert (seen["name"], seen["address"]) == ("主卧空调", None)
    assert "世纪大道" not in (await family.li.get(url)).text
    # The room is told to whoever is asked which one it is.
    assert "主卧 · 主卧空调" in (await family.wang.get(LIST)).text
    gone = await family.wang.patch(api, json={"address": None, "version": kept.json()["version"]})
    assert gone.json()["address"] is None
