"""The telephone at the desk: who calls, and a report in his name."""

from tests.tickets import bodies
from tests.tickets.story import Story

WHO = "13800138000"


async def test_a_caller_is_known_with_what_is_under_way(story: Story) -> None:
    await story.submit()
    found = await story.agent.post("/console/hotline", data={"phone": WHO})
    assert story.number in found.text
    assert WHO not in found.text.replace(f'value="{WHO}"', "")


async def test_a_new_caller_becomes_a_customer_with_a_ticket(story: Story) -> None:
    nobody = await story.agent.post("/console/hotline", data={"phone": "13911112222"})
    assert "没有人用过这个号码" in nobody.text
    form = bodies.form(phone="13911112222", key="one-call-one-key", note="急用，婴儿在家", agreed="true")
    made = await story.agent.post("/console/hotline/tickets", data=form)
    assert made.status_code == 303
    again = await story.agent.post("/console/hotline/tickets", data=form)
    assert again.headers["location"] == made.headers["location"]
    story.number = made.headers["location"].split("/")[3].partition("?")[0]
    assert (await story.see(story.agent))["channel"] == "hotline"
    page = (await story.agent.get(f"/console/tickets/{story.number}")).text
    assert page.count("急用，婴儿在家（已告知电话和地址的用途，客户同意）") == 1


async def test_the_desk_chooses_a_district_and_puts_down_a_place(story: Story) -> None:
    assert '<option value="上海市/浦东新区"' in (await story.agent.get("/console/hotline")).text
    typed = dict.fromkeys(("province", "city", "district", "latitude", "longitude"), "")
    form = {name: value for name, value in bodies.form(phone=WHO).items() if name not in typed}
    form |= {"area": "上海市/浦东新区", "place": "121.5391，31.2212"}
    wrong = await story.agent.post("/console/hotline/tickets", data=form | {"place": "世纪大道"})
    assert "位置写作" in wrong.text
    assert 'value="上海市/浦东新区" selected' in wrong.text
    made = await story.agent.post("/console/hotline/tickets", data=form)
    assert made.status_code == 303, made.text
    story.number = made.headers["location"].split("/")[3].partition("?")[0]
    address = (await story.see(story.customer))["address"]
    assert (address["province"], address["district"]) == ("上海市", "浦东新区")
    assert (address["latitude"], address["longitude"]) == (31.2212, 121.5391)


async def test_what_was_typed_is_still_there_with_what_to_do(story: Story) -> None:
    wrong = await story.agent.post("/console/hotline/tickets", data=bodies.form(phone="12345", detail="三楼"))
    assert "请填写正确的手机号" in wrong.text
    assert 'value="三楼"' in wrong.text
    assert "请填写正确的手机号" in (await story.agent.post("/console/hotline", data={"phone": "1"})).text
