"""我的家庭 by plain forms: opened, joined, handed over, left; and what is shared in it."""

import re

from tests.harness.callers import Caller
from tests.households.conftest import Family

PAGE = "/h5/households"


async def test_opened_and_joined_by_a_code_that_is_told_once(as_customer: Caller, stranger: Caller) -> None:
    assert "还没有家庭" in (await as_customer.get(PAGE)).text
    refused = await as_customer.post(PAGE, data={"name": "字" * 21})
    assert (refused.status_code, "最多 20 个字" in refused.text) == (200, True)
    assert (await as_customer.post(PAGE, data={"name": "锦绣花园的家"})).status_code == 303
    invite = re.search(rf'action="({PAGE}/[\w-]+/invitations)"', (await as_customer.get(PAGE)).text)
    assert invite is not None
    code = re.search(r'class="code">([0-9A-Z]+)<', (await as_customer.post(invite[1])).text)
    assert code is not None
    assert code[1] not in (await as_customer.get(PAGE)).text
    lower = f"{code[1][:8].lower()} {code[1][8:]}"
    joining = await stranger.post(f"{PAGE}/join", data={"code": lower})
    assert joining.headers["location"] == f"/h5/invitations/{code[1]}"
    assert (await stranger.post(joining.headers["location"])).status_code == 303
    assert "锦绣花园的家" in (await stranger.get(PAGE)).text
    wrong = await stranger.post(f"{PAGE}/join", data={"code": "邀请码"})
    assert (wrong.status_code, "邀请码只有字母和数字" in wrong.text) == (200, True)
    assert (await as_customer.post(f"{invite[1]}/withdraw")).status_code == 303
    assert (await stranger.post(invite[1])).status_code == 403


async def test_members_go_and_the_owner_hands_over_first(family: Family) -> None:
    wang, li = await family.member(family.wang), await family.member(family.li)
    members = f"{PAGE}/{family.id}/members"
    assert "停止共享" in (await family.wang.get(PAGE)).text
    assert "停止共享" not in (await family.li.get(PAGE)).text
    early = await family.wang.post(f"{members}/{wang}/remove")
    assert (early.status_code, "请先把家庭交给另一位成员" in early.text) == (200, True)
    assert (await family.li.post(f"{members}/{li}/owner")).status_code == 403
    assert (await family.wang.post(f"{members}/{li}/owner")).headers["location"].endswith("said=handed")
    assert (await family.wang.post(f"{members}/{wang}/remove")).headers["location"].endswith("said=left")
    assert await family.sees(family.li) == 404


async def test_sharing_is_taken_back_where_it_is_seen(family: Family) -> None:
    url = f"{PAGE}/{family.id}/appliances/{family.asset.id}/withdraw"
    assert (await family.li.post(url)).status_code == 403
    assert (await family.wang.post(url)).status_code == 303
    assert await family.sees(family.li) == 404
    assert "还没有共享的设备" in (await family.wang.get(PAGE)).text
