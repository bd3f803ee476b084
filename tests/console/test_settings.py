"""Settings in the console: what is published, what is shown once, and what is never shown."""

import re

from fastapi import FastAPI
from pydantic import SecretStr

from app.settings import Settings
from tests.harness.callers import Caller
from tests.tickets.story import Story

SECRET = "a-secret-that-no-page-shows-0123456789"


async def test_the_environment_is_read_and_no_secret_is_shown(
    story: Story, app: FastAPI, settings: Settings
) -> None:
    app.state.settings = settings.model_copy(update={"sms_gateway_secret": SecretStr(SECRET)})
    try:
        page = (await story.agent.get("/console/settings")).text
    finally:
        app.state.settings = settings
    assert "HUIXIANG_QUIET_HOURS" in page
    assert SECRET not in page
    assert settings.secret_key.get_secret_value() not in page
    assert settings.database_url not in page
    assert "未能修复" in page


async def test_a_calendar_is_published_as_it_was_typed(story: Story) -> None:
    url = "/console/settings/calendars"
    typed = {"monday": "08:30-12:00 13:30-18:00", "exceptions": "2027-02-10 09:00-12:00\n2027-02-11"}
    assert (await story.manager.post(url, data=typed)).status_code == 303
    page = (await story.agent.get(url)).text
    assert "08:30-12:00、13:30-18:00" in page
    assert "2027-02-11：休息" in page
    never = await story.manager.post(url, data={"monday": ""})
    assert "至少开放一个时段" in never.text
    wrong = await story.manager.post(url, data={"monday": "九点", "exceptions": "春节 休"})
    assert 'value="九点"' in wrong.text
    assert ">春节 休</textarea>" in wrong.text


async def test_a_policy_is_published_and_published_again_unchanged(story: Story) -> None:
    url = "/console/settings/policies"
    first = (await story.manager.get(url)).text
    typed = dict(re.findall(r'<input name="([^"]+)" type="text" value="([^"]*)"', first))
    typed |= dict.fromkeys(re.findall(r'name="([^"]+)" value="true" checked', first), "true")
    typed |= dict(re.findall(r'<select name="([^"]+)">.*?<option value="([^"]+)" selected', first))
    typed |= {"normal_first_response": "45", "step_0_name": "半小时没人理", "step_0_offset": "-30"}
    typed |= {"step_0_metric": "first_response", "step_0_to": "managers", "step_0_priorities": "紧急"}
    assert (await story.manager.post(url, data=typed)).status_code == 303
    (policy, *_) = (await story.agent.get("/api/v1/service-policies")).json()["items"]
    assert policy["levels"]["normal"]["first_response"]["seconds"] == 45 * 60
    assert policy["steps"][0]["name"] == "半小时没人理"
    assert policy["steps"][0]["offset"] == -1800
    again = (await story.manager.get(url)).text
    assert 'value="半小时没人理"' in again
    wrong = await story.manager.post(url, data=typed | {"normal_resolution": "一天"})
    assert "请填写整数" in wrong.text
    assert 'value="一天"' in wrong.text


async def test_teams_and_rules_send_a_ticket_where_the_page_says(story: Story) -> None:
    url = "/console/settings/routing"
    agent = str(story.agent.person.id)
    team = {"name": "空调组", "member_0": agent, "skills_0": "空调", "capacity_0": "5"}
    assert (await story.manager.post(f"{url}/teams", data=team)).status_code == 303
    again = await story.manager.post(f"{url}/teams", data=team)
    assert "已有同名的客服组" in again.text
    page = (await story.manager.get(url)).text
    team_id = re.findall(r'name="team_id" value="([0-9a-f-]+)"', page)[0]
    rules = {
        "r0_name": "其余",
        "r0_place": "2",
        "r0_team": team_id,
        "r0_rank": "0",
        "r1_name": "空调维修",
        "r1_place": "1",
        "r1_team": team_id,
        "r1_categories": "空调",
        "r1_service_types": "维修",
    }
    assert (await story.manager.post(f"{url}/rules", data=rules)).status_code == 303
    published = (await story.agent.get("/api/v1/routing/rules")).json()["rules"]
    assert [rule["name"] for rule in published] == ["空调维修", "其余"]
    assert published[0]["conditions"]["service_types"] == ["repair"]
    wrong = await story.manager.post(f"{url}/rules", data=rules | {"r1_service_types": "修理"})
    assert wrong.status_code == 200
    assert 'value="修理"' in wrong.text
    await story.submit()
    tried = (await story.agent.get(url, params={"number": story.number})).text
    assert "现在会分给 空调组" in tried
    assert "符合规则“空调维修”" in tried
    assert "没有找到" in (await story.agent.get(url, params={"number": "HX2606150000000000"})).text


async def test_a_token_is_shown_once(story: Story, as_admin: Caller) -> None:
    url = "/console/settings/tokens"
    typed = {"name": "ERP", "scopes": "tickets:read", "expires_at": "2026-12-31T00:00"}
    made = await as_admin.post(url, data=typed)
    token = re.findall(r"<code class=\"number\">([^<]+)</code>", made.text)[0]
    assert len(token) > 20
    page = (await as_admin.get(url)).text
    assert token not in page
    assert "ERP" in page
    revoke = re.findall(r'action="(/console/settings/tokens/[^"]+/revoke)"', page)[0]
    assert (await as_admin.post(revoke)).status_code == 303
    assert "已吊销" in (await as_admin.get(url)).text
    wrong = await as_admin.post(url, data=typed | {"expires_at": "2020-01-01T00:00", "name": "旧系统"})
    assert 'value="旧系统"' in wrong.text


async def test_a_webhook_is_made_tried_and_sent_again(story: Story, as_admin: Caller) -> None:
    url = "/console/settings/webhooks"
    wrong = await as_admin.post(url, data={"url": "ftp://hooks.example.com", "description": "ERP"})
    assert 'value="ERP"' in wrong.text
    made = await as_admin.post(url, data={"url": "https://hooks.example.com/in", "events": "submit finish"})
    key = re.findall(r"<code class=\"number\">([^<]+)</code>", made.text)[0]
    one = re.findall(rf'href="({url}/[0-9a-f-]+)"', made.text)[0]
    assert key not in (await as_admin.get(one)).text
    assert (await as_admin.post(f"{one}/ping")).status_code == 303
    assert "等待发送" in (await as_admin.get(one)).text
    bare = await as_admin.post(f"{one}/replays", data={"since": ""})
    assert "没有完成" in bare.text or 'role="alert"' in bare.text
    assert (await as_admin.post(f"{one}/replays", data={"since": "2026-06-01T00:00"})).status_code == 303
    assert key not in (await as_admin.post(f"{one}/key")).text
    assert (await as_admin.post(f"{one}/state", data={"state": "paused"})).status_code == 303
    assert "已暂停" in (await as_admin.get(one)).text
    assert (await as_admin.post(f"{one}/remove")).status_code == 303
    assert (await as_admin.get(one)).status_code == 404


async def test_templates_show_each_channel_and_explain_refused_words(story: Story) -> None:
    page = (await story.agent.get("/console/templates", params={"text": "限时优惠，上门检测"})).text
    for words in ("短信", "站内消息", "公众号会话", "服务进度通知", "可以改成“费用调整”"):
        assert words in page, words
    assert "没有营销词" in (await story.agent.get("/console/templates", params={"text": "上门检测"})).text
