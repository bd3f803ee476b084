"""The second factor on the pages: set up in the account, asked for at the door, demanded of a role, taken off."""

import re

import pytest
from httpx import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.people import StaffRole
from app.routers.dependencies import STAFF_COOKIE
from tests.harness.callers import BASE_URL, Caller, CallerFor
from tests.harness.clock import Clock
from tests.make import make_staff
from tests.make.people import PASSWORD
from tests.sessions.test_second_factor import Phone

MINE, DOOR = "/console/account", "/console/sign-in"
AT_DOOR = {"Origin": BASE_URL}


@pytest.fixture
async def chen(session: AsyncSession, caller_for: CallerFor) -> Caller:
    return await caller_for(await make_staff(session, username="chen", role=StaffRole.MANAGER, name="陈主管"))


def phone_of(page: Response, clock: Clock) -> Phone:
    secret = re.search(r'密钥 <code class="number">([A-Z2-7]{32})</code>', page.text)
    assert secret is not None, page.text[:3000]
    drawn = re.search(r'<svg class="qr".*</svg>', page.text, re.DOTALL)
    assert drawn is not None
    assert "style=" not in drawn[0]
    return Phone(secret[1], clock)


def challenge_of(page: Response) -> str:
    found = re.search(r'name="challenge" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


async def knock(client: Caller, password: str = PASSWORD) -> Response:
    return await client.post(DOOR, data={"username": "chen", "password": password}, headers=AT_DOOR)


async def enter(client: Caller, challenge: str, code: str) -> Response:
    said = {"challenge": challenge, "code": code, "target": "/console/kpi"}
    return await client.post(f"{DOOR}/code", data=said, headers=AT_DOOR)


async def test_a_manager_sets_it_up_signs_in_with_it_and_ends_it(
    client: Caller, chen: Caller, clock: Clock
) -> None:
    assert "开启两步验证" in (await chen.get("/console/home")).text
    assert "密码不正确" in (await chen.post(f"{MINE}/second-factor", data={"password": "no"})).text
    phone = phone_of(await chen.post(f"{MINE}/second-factor", data={"password": PASSWORD}), clock)
    assert "刚才扫过的二维码仍然有效" in (await chen.post(f"{MINE}/proof", data={"code": phone.wrong()})).text
    proved = await chen.post(f"{MINE}/proof", data={"code": phone.code()})
    codes = re.findall(r"<code class=\"number\">([2-9B-Z]{4}(?:-[2-9B-Z]{4}){3})</code>", proved.text)
    assert len(codes) == 10
    page = (await chen.get(MINE)).text
    assert "恢复码还剩 10 个" in page
    assert codes[0] not in page
    assert "开启两步验证" not in (await chen.get("/console/home")).text
    asked = await knock(client)
    assert (asked.status_code, STAFF_COOKIE in asked.cookies) == (200, False)
    wrong = await enter(client, challenge_of(asked), phone.wrong())
    assert (wrong.status_code, challenge_of(wrong)) == (401, challenge_of(asked))
    assert "动态码不对" in wrong.text
    done = await enter(client, challenge_of(asked), phone.next_code())
    assert (done.status_code, done.headers["location"]) == (303, "/console/kpi")
    assert STAFF_COOKIE in done.cookies
    client.cookies.clear()
    late = challenge_of(await knock(client))
    clock.advance(minutes=11)
    assert "重新输入用户名" in (await enter(client, late, codes[0])).text
    assert (await chen.post(f"{MINE}/recovery-codes", data={"code": phone.next_code()})).text.count("-") > 30
    assert "动态码不对" in (await chen.post(f"{MINE}/end", data={"code": codes[0]})).text
    assert (await chen.post(f"{MINE}/end", data={"code": phone.next_code()})).status_code == 303
    assert (await knock(client)).status_code == 303


async def test_whoever_must_have_one_sets_it_up_at_the_door_and_an_admin_takes_it_off(
    client: Caller, chen: Caller, as_admin: Caller, clock: Clock
) -> None:
    roles = await as_admin.post("/console/staff/second-factor-roles", data={"manager": "true"})
    assert roles.status_code == 303
    assert re.search(r'name="manager" value="true" checked', (await as_admin.get("/console/staff")).text)
    asked = await knock(client)
    phone = phone_of(asked, clock)
    told = await enter(client, challenge_of(asked), phone.code())
    assert (told.status_code, STAFF_COOKIE in told.cookies) == (200, True)
    assert 'href="/console/kpi"' in told.text
    client.cookies.clear()
    url = f"/console/staff/{chen.person.id}"
    assert "两步验证" in (await as_admin.get(url)).text
    bare = await as_admin.post(f"{url}/second-factor/reset", data={"reason": " "})
    assert 'role="alert"' in bare.text
    assert (await as_admin.post(f"{url}/second-factor/reset", data={"reason": "手机丢了"})).status_code == 303
    assert "为什么重置" not in (await as_admin.get(url)).text
    found = (await as_admin.get("/console/log", params={"view": "sign_ins"})).text
    for words in ("要求两步验证的岗位", "开启两步验证", "重置两步验证", "手机丢了"):
        assert words in found, words
    # He has none again, and has to set up another.
    assert phone_of(await knock(client), clock).secret != phone.secret


async def test_somebody_changes_his_own_password(client: Caller, chen: Caller) -> None:
    short = await chen.post(f"{MINE}/password", data={"old": PASSWORD, "new": "short"})
    assert "密码至少 10 个字符" in short.text
    wrong = await chen.post(f"{MINE}/password", data={"old": "no", "new": "a-long-new-password"})
    assert "密码不正确" in wrong.text
    done = await chen.post(f"{MINE}/password", data={"old": PASSWORD, "new": "a-long-new-password"})
    assert (done.status_code, done.headers["location"]) == (303, DOOR)
    assert (await knock(client)).status_code == 401
    assert (await knock(client, "a-long-new-password")).status_code == 303
