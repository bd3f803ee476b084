"""我要报修 without script: one form, which loses nothing, tells the fee before it counts and makes one ticket."""

import io
from datetime import timedelta

import pytest
import zxingcpp
from httpx import Response
from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.domain.promise.book import STANDING
from app.models import Customer
from app.services.promises.book import hold, read_book
from tests.harness.callers import Caller
from tests.make import make_asset, make_prices
from tests.make.prices import GAS
from tests.tickets import bodies
from tests.tickets.photos import photo
from tests.tickets.story import Story

CALL_OUT = {
    "code": "CALL-OUT",
    "kind": "call_out",
    "category": "",
    "name": "上门检测费",
    "unit": "次",
    "unit_price_fen": 5000,
    "waived_with_repair": True,
}


def picture(code: str) -> bytes:
    drawn = zxingcpp.write_barcode_to_image(
        zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode), scale=6
    )
    scene, out = Image.new("L", (900, 700), 180), io.BytesIO()
    scene.paste(Image.fromarray(drawn), (60, 60))
    scene.convert("RGB").save(out, "JPEG")
    return out.getvalue()


async def sent(who: Caller, *files: tuple[str, tuple[str, bytes, str]], **over: str) -> Response:
    return await who.post("/h5/report", data=bodies.form(**over), files=list(files))


def number_of(answer: Response) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("/")[3]


async def test_the_photo_of_a_label_fills_in_what_it_says_and_keeps_what_was_typed(story: Story) -> None:
    label = ("label", ("a.jpg", picture("品牌：回声\n型号：KFR-35GW\n机号：A12345678"), "image/jpeg"))
    page = await sent(story.customer, label, go="scan", category="", fault="吹热风")
    assert page.status_code == 200
    for words in ('value="回声"', 'value="KFR-35GW"', 'value="A12345678"', "吹热风", "世纪大道 100 号"):
        assert words in page.text, words
    nothing = await sent(story.customer, ("label", ("a.jpg", photo(), "image/jpeg")), go="scan")
    assert "没有读出二维码或条形码" in nothing.text
    assert "世纪大道 100 号" in nothing.text


async def test_photos_come_with_the_form_and_twice_is_once(story: Story) -> None:
    files = ("photos", ("a.jpg", photo(), "image/jpeg")), ("photos", ("b.txt", b"no photo", "text/plain"))
    refused = await sent(story.customer, *files)
    assert refused.status_code == 200
    assert "b.txt：" in refused.text
    # The one that was good is kept in the page that comes back.
    (kept,) = [part.split('"')[0] for part in refused.text.split('name="photo" value="')[1:]]
    first = number_of(await sent(story.customer, files[0], photo=kept))
    again = number_of(await sent(story.customer, files[0], photo=kept))
    changed = number_of(await sent(story.customer, files[0], photo=kept, fault="又想起：还漏水"))
    assert first == again == changed
    story.number = first
    seen = await story.see()
    assert [each["id"] for each in seen["attachments"]] == [kept]
    assert "吹出来还是热风" in seen["fault"]


async def test_what_coming_costs_is_told_before_it_counts(story: Story, session: AsyncSession) -> None:
    await make_prices(session, GAS, CALL_OUT)
    told = await sent(story.customer, window=(when := _tomorrow(story)))
    assert told.status_code == 200
    for words in ("上门检测费 50.00 元，同意维修则免收", "知道了，确认提交", 'name="told_fen" value="5000"'):
        assert words in told.text, words
    asked = {"service_type": "repair", "category": "空调", "city": "上海市"}
    assert (await story.customer.get("/api/v1/prices/call-out", params=asked)).json()["fee_fen"] == 5000
    talk = await story.customer.get("/api/v1/prices/call-out", params={"service_type": "consultation"})
    assert talk.json() is None
    story.number = number_of(await sent(story.customer, told_fen="5000", window=when))
    (wished,) = (await story.see())["preferred_windows"]
    assert wished["start"] == when.split("/")[0]


def _tomorrow(story: Story) -> str:
    window = bodies.window(story.clock.now + timedelta(days=1), hour=13, hours=5)
    return f"{window['start']}/{window['end']}"


async def test_one_of_mine_says_what_it_is_and_the_next_report_knows_me(
    story: Story, session: AsyncSession, customer: Customer, stranger: Caller
) -> None:
    mine = await make_asset(session, customer, category="冰箱", serial_number="SN-9")
    page = await story.customer.get("/h5/report", params={"of": str(mine.id)})
    assert f'value="{mine.id}" selected' in page.text
    story.number = number_of(
        await sent(story.customer, thing=str(mine.id), category="", model="随便填的", fault="里面结冰很厚")
    )
    seen = await story.see()
    assert (seen["asset_id"], seen["category"], seen["serial_number"]) == (str(mine.id), "冰箱", "SN-9")
    assert seen["model"] != "随便填的"
    known = (await story.customer.get("/h5/report")).text
    assert 'value="13800138000"' in known
    assert 'value="世纪大道 100 号"' in known
    foreign = await sent(stranger, thing=str(mine.id), key="a-key-of-another")
    assert foreign.status_code == 200
    assert "没有找到这台设备" in foreign.text
    assert "世纪大道" not in (await stranger.get("/h5/report")).text


async def test_a_second_report_of_the_same_may_join_the_first(story: Story) -> None:
    first = number_of(await sent(story.customer))
    story.number = number_of(await sent(story.customer, key="another-key-1", fault="还是不制冷，外机不转"))
    page = (await story.customer.get(f"/h5/tickets/{story.number}/submitted")).text
    assert "加到我的那张工单" in page
    form = {"version": (await story.see())["version"], "into": first}
    joined = await story.customer.post(f"/h5/tickets/{story.number}/join", data=form)
    assert joined.headers["location"] == f"/h5/tickets/{first}?said=joined"
    assert (await story.see())["state"] == "merged"
    assert "外机不转" in (await story.customer.get(f"/api/v1/tickets/{first}")).json()["fault"]


async def test_the_page_after_it_brings_to_follow_and_to_allow(story: Story) -> None:
    story.number = number_of(await sent(story.customer))
    page = (await story.customer.get(f"/h5/tickets/{story.number}/submitted")).text
    for words in (story.number, (await story.see())["promise"], "/h5/follow.svg", "去小程序允许通知"):
        assert words in page, words
    code = await story.customer.get("/h5/follow.svg")
    assert (code.headers["content-type"], "<svg" in code.text) == ("image/svg+xml", True)
    sent_on = await story.customer.post(f"/h5/tickets/{story.number}/notices")
    assert sent_on.headers["location"].startswith("http://test/s/")


async def test_a_fault_that_is_known_is_told_at_once(story: Story, session: AsyncSession) -> None:
    await story.submit()
    assert (await story.see())["known_fault"] is None
    opened = await story.manager.post("/api/v1/incidents", json={"ticket": story.number})
    assert opened.json()["state"] == "open", opened.text
    try:
        hold(await read_book(await driver(session)))
        again = await story.submit(fault="吹热风，一点不制冷")
        assert again["known_fault"]["text"].startswith("已知故障，正在处理")
        page = (await story.customer.get(f"/h5/tickets/{story.number}/submitted")).text
        assert "不只您一家遇到" in page
        other = await story.submit(category="冰箱", fault="冰箱里面结冰很厚")
        assert other["known_fault"] is None
    finally:
        hold(STANDING)


async def test_an_address_is_chosen_located_and_known_the_next_time(
    story: Story, session: AsyncSession, customer: Customer
) -> None:
    fresh = (await story.customer.get("/h5/report")).text
    assert '<option value="上海市/浦东新区"' in fresh
    measured = {name: str(value) for name, value in bodies.MEASURED.items()}
    # Neither a district that nobody serves nor a place on no map is taken over.
    wrong = {"area": "上海市/月球", "city": "", "latitude": "91", "longitude": "x"}
    assert "请填写此项" in (await sent(story.customer, **wrong)).text
    chosen = {
        "area": "上海市/浦东新区",
        "province": "",
        "city": "",
        "district": "随手写的",
        "accuracy_m": "18",
    }
    story.number = number_of(await sent(story.customer, **chosen, **measured))
    where = (await story.see())["address"]
    assert (where["province"], where["city"], where["district"]) == ("上海市", "上海市", "浦东新区")
    assert where["accuracy_m"] == 18
    # Measured in WGS-84, kept in GCJ-02.
    assert (where["latitude"], where["longitude"]) == pytest.approx(tuple(bodies.HOME.values()), abs=1e-6)
    known = (await story.customer.get("/h5/report")).text
    assert '<option value="上海市/浦东新区" selected' in known
    # Typed again, it is still the same door; another one is not.
    story.number = number_of(await sent(story.customer, key="another-key-2"))
    assert (await story.see())["address"]["latitude"] == where["latitude"]
    story.number = number_of(await sent(story.customer, key="another-key-3", detail="世纪大道 200 号"))
    assert (await story.see())["address"]["latitude"] is None


async def test_an_appliance_says_where_it_stands(story: Story) -> None:
    made = (
        await story.customer.post(
            "/api/v1/assets",
            json={"category": "冰箱", "room": "厨房", "name": "爸妈家的冰箱", "address": bodies.ADDRESS},
        )
    ).json()
    assert (made["room"], made["version"], made["address"]["latitude"]) == (
        "厨房",
        1,
        bodies.HOME["latitude"],
    )
    page = (await story.customer.get("/h5/report", params={"of": made["id"]})).text
    for words in ("厨房 爸妈家的冰箱", f'value="{bodies.ADDRESS["detail"]}"', "data-address="):
        assert words in page, words
    bare = bodies.report(asset_id=made["id"], category="", fault="里面结冰很厚")
    del bare["address"]
    reported = await story.customer.post("/api/v1/tickets", json=bare)
    assert reported.json()["address"]["detail"] == bodies.ADDRESS["detail"], reported.text
