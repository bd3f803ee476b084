"""Presets, single rules, and the faults that came with them."""

import time

import httpx
import pytest

from sandbox import presets
from sandbox.subscriptions import PATH as SUBSCRIBE
from tests.sandbox.bench import LIN, SEND, ZHAO, Bench, card, until

NAMES = ["晴天", "微信繁忙", "令牌风暴", "额度用尽", "用户拒收", "回调重复乱序"]
QUOTA = "/cgi-bin/openapi/quota/get"


async def test_a_preset_replaces_every_rule(bench: Bench) -> None:
    await bench.fault("token_storm")
    listed = await bench.items("presets")
    assert [preset["name"] for preset in listed] == NAMES
    assert all(len(preset["description"]) > 8 for preset in listed)
    assert not any(preset["active"] for preset in listed)
    for preset in listed:
        chosen = await bench.control("POST", "presets", {"name": preset["name"]})
        assert [rule["preset"] for rule in chosen["faults"]] == [preset["name"]] * len(preset["rules"])
        assert [p["name"] for p in await bench.items("presets") if p["active"]] == [preset["name"]]
    await bench.control("POST", "presets", {"name": "晴天"})
    assert await bench.items("faults") == []
    await bench.fault({"errcode": -1}, times=1, path=SEND)
    assert not any(preset["active"] for preset in await bench.items("presets"))
    await bench.send()
    assert [p["name"] for p in await bench.items("presets") if p["active"]] == ["晴天"]


async def test_a_preset_that_nobody_knows(bench: Bench) -> None:
    assert presets.find("回调重复+乱序").name == "回调重复乱序"
    await bench.fault("token_storm")
    with pytest.raises(httpx.HTTPStatusError) as refused:
        await bench.control("POST", "presets", {"name": "台风"})
    assert "晴天" in refused.value.response.json()["error"]
    assert len(await bench.items("faults")) == 1


async def test_one_rule_can_go_alone(bench: Bench) -> None:
    await bench.fault({"errcode": -1}, path=SEND)
    await bench.fault({"slow": 1}, path=SEND)
    first, second = await bench.items("faults")
    await bench.control("DELETE", f"faults/{first['id']}")
    assert [rule["id"] for rule in await bench.items("faults")] == [second["id"]]
    assert (await bench.send())["errcode"] == 0
    with pytest.raises(httpx.HTTPStatusError):
        await bench.control("DELETE", f"faults/{first['id']}")


async def test_a_quota_that_ends_comes_back_at_midnight_in_china(bench: Bench) -> None:
    await bench.fault({"quota": {"path": SEND, "left": 2}})
    assert (await bench.post(QUOTA, {"cgi_path": SEND}))["quota"]["remain"] == 2
    assert [(await bench.send())["errcode"] for _ in range(4)] == [0, 0, 45009, 45009]
    assert (await bench.post(QUOTA, {"cgi_path": SEND}))["quota"]["remain"] == 0
    shown = {row["path"]: row for row in await bench.items("quotas")}
    assert (shown[SEND]["left"], shown[SEND]["used"], shown[SEND]["limit"]) == (0, 4, 100_000)
    assert (await bench.get("/cgi-bin/menu/get", access_token=await bench.token()))["errcode"] == 46003
    clock = await bench.control("POST", "clock", {"to": "next_midnight"})
    assert clock["shanghai"].endswith(" 00:00:00")
    assert (await bench.send())["errcode"] == 0


async def test_who_leaves_just_before_the_card(bench: Bench) -> None:
    await bench.fault("unsubscribed_midway", times=1, openid=LIN)
    assert (await bench.send())["errcode"] == 43004
    (left,) = await bench.pushed("unsubscribe")
    assert left["FromUserName"] == LIN
    assert (await bench.send())["errcode"] == 43004
    assert (await bench.send(card(ZHAO)))["errcode"] == 0


async def test_every_other_push_is_overtaken(bench: Bench) -> None:
    await bench.fault({"cb_out_of_order": 600})
    for text in ("一", "二"):
        await bench.act("u-lin", "send_text", text=text)
    await bench.quiet_but_for(1)
    await bench.control("POST", "clock", {"advance": 601})
    pushed = await bench.pushed("text")
    assert [push["Content"] for push in pushed] == ["二", "一"]


async def test_an_old_timestamp_is_signed_correctly(bench: Bench) -> None:
    await bench.fault({"cb_old_timestamp": 7200})
    await bench.act("u-lin", "send_text", text="在吗")
    await bench.quiet()
    (push,) = bench.service.pushed
    assert push.is_signed
    assert 7200 <= time.time() - int(push.query["timestamp"]) < 7210


async def test_a_burst_ends_by_itself(bench: Bench) -> None:
    await bench.fault({"cb_burst": {"rps": 200, "seconds": 600}})
    await until(lambda: len(bench.service.pushed) >= 40)
    await bench.control("POST", "clock", {"advance": 601})
    assert bench.world.faults.bursts() == []
    events = await bench.pushed("debug_demo")
    assert len({event["debug_str"] for event in events}) == len(events)


async def test_a_consent_that_ended_before_the_message(bench: Bench) -> None:
    await bench.act("u-lin", "consent", templates=["sub-ticket-progress"], decision="accept")
    await bench.fault("unsubscribed_midway", path=SUBSCRIBE)
    body = {
        "touser": bench.world.store.all("SELECT openid FROM consents")[0]["openid"],
        "template_id": "sub-ticket-progress",
        "data": card()["data"],
    }
    assert (await bench.as_mini(SUBSCRIBE, body))["errcode"] == 43101


@pytest.mark.parametrize(
    "do", [{"quota": {"left": "few"}}, {"cb_burst": {"rps": 1, "seconds": "x"}}, "rain", {"a": 1, "b": 2}]
)
async def test_rules_that_make_no_sense(bench: Bench, do: object) -> None:
    with pytest.raises(httpx.HTTPStatusError) as refused:
        await bench.fault(do)
    assert refused.value.response.status_code == 422
