"""One accept, one message; and what the service hears of it."""

from dataclasses import replace
from xml.etree.ElementTree import fromstring

import httpx
import pytest

from sandbox import defaults
from sandbox.subscriptions import NOTICE_PATH, PATH
from tests.sandbox.bench import DATA, LIN, MINI_LIN, Bench, Json

PROGRESS, RATING = "sub-ticket-progress", "sub-rating-invitation"


def notice(**over: object) -> Json:
    return {"touser": MINI_LIN, "template_id": PROGRESS, "page": "pages/ticket?n=1", "data": DATA, **over}


async def _agree(bench: Bench, *templates: str, decision: str = "accept", **more: object) -> Json:
    return await bench.act(
        "u-lin", "consent", templates=list(templates or [PROGRESS]), decision=decision, **more
    )


async def _send(bench: Bench, **over: object) -> int:
    return int((await bench.as_mini(PATH, notice(**over)))["errcode"])


async def test_one_accept_is_one_message_and_others_lose_nothing(bench: Bench) -> None:
    assert await _send(bench) == 43101
    await bench.act("u-zhao", "consent", templates=[PROGRESS], decision="accept")
    await _agree(bench)
    await _agree(bench)
    assert [await _send(bench) for _ in range(3)] == [0, 0, 43101]
    (left,) = await bench.items("consents?user=u-zhao")
    assert (left["template_id"], left["count"]) == (PROGRESS, 1)
    shown = await bench.items("messages?channel=subscribe")
    assert [(m["user"], m["title"]) for m in shown] == [("u-lin", "服务进度提醒")] * 2
    assert shown[0]["miniprogram"] == {"appid": defaults.MINI_APPID, "pagepath": "pages/ticket?n=1"}


async def test_a_reject_gives_nothing_and_takes_nothing(bench: Bench) -> None:
    await _agree(bench)
    await _agree(bench, decision="reject")
    assert [await _send(bench) for _ in range(2)] == [0, 43101]


async def test_always_keep_does_not_ask_again_and_still_counts(bench: Bench) -> None:
    asked = await bench.act("u-lin", "consent", templates=[PROGRESS])
    assert asked == {"popup": True, "asked": [PROGRESS], "results": {}}
    assert (await _agree(bench, always=True))["results"] == {PROGRESS: "accept"}
    kept = await bench.act("u-lin", "consent", templates=[PROGRESS])
    assert kept == {"popup": False, "asked": [], "results": {PROGRESS: "accept"}}
    assert [await _send(bench) for _ in range(3)] == [0, 0, 43101]
    assert len(await bench.pushed_json("subscribe_msg_popup_event")) == 2


async def test_whether_a_kept_choice_is_told_is_a_setting(bench: Bench) -> None:
    await bench.control("POST", "settings", {"popup_event_when_kept": False})
    await _agree(bench, always=True)
    await bench.act("u-lin", "consent", templates=[PROGRESS])
    assert len(await bench.pushed_json("subscribe_msg_popup_event")) == 1


async def test_the_sheet_is_told_as_json_with_texts_for_numbers(bench: Bench) -> None:
    await _agree(bench, PROGRESS, RATING, decision="reject")
    (event,) = await bench.pushed_json("subscribe_msg_popup_event")
    assert event["FromUserName"] == MINI_LIN
    assert event["CreateTime"].isdecimal()
    assert event["List"] == [
        {"TemplateId": template, "SubscribeStatusString": "reject", "PopupScene": "0"}
        for template in (PROGRESS, RATING)
    ]


async def test_the_sheet_is_told_as_xml_in_a_wrapper_of_its_own(bench: Bench) -> None:
    biz = "biz-ticket-progress"
    await bench.act("u-lin", "consent", appid=defaults.OFFICIAL_APPID, templates=[biz], decision="accept")
    await bench.quiet()
    (push,) = bench.service.pushed
    root = fromstring(push.body)  # noqa: S314 - our own bytes
    entries = root.findall("SubscribeMsgPopupEvent/List")
    assert [entry.findtext("TemplateId") for entry in entries] == [biz]
    assert [entry.findtext("PopupScene") for entry in entries] == ["1"]
    assert (root.findtext("Event"), root.find("List")) == ("subscribe_msg_popup_event", None)


async def test_a_list_of_one_may_be_an_object(bench: Bench) -> None:
    await bench.fault("cb_list_as_object")
    await _agree(bench, PROGRESS, RATING)
    events = await bench.pushed_json("subscribe_msg_popup_event")
    assert [event["List"]["TemplateId"] for event in events] == [PROGRESS, RATING]


async def test_turning_a_template_off_is_told_and_turning_it_on_is_not(bench: Bench) -> None:
    await _agree(bench)
    await bench.act("u-lin", "refuse_template", template_id=PROGRESS)
    assert await _send(bench) == 43101
    (event,) = await bench.pushed_json("subscribe_msg_change_event")
    assert event["List"] == [{"TemplateId": PROGRESS, "SubscribeStatusString": "reject"}]
    assert (await _agree(bench))["results"] == {PROGRESS: "reject"}
    await bench.act("u-lin", "allow_template", template_id=PROGRESS)
    assert await _send(bench) == 43101
    await _agree(bench)
    assert await _send(bench) == 0
    assert len(await bench.pushed_json("subscribe_msg_change_event")) == 1


async def test_the_outcome_is_told(bench: Bench) -> None:
    await _agree(bench, PROGRESS)
    sent = await bench.as_mini(PATH, notice())
    (event,) = await bench.pushed_json("subscribe_msg_sent_event")
    assert event["List"] == [
        {"TemplateId": PROGRESS, "MsgID": str(sent["msgid"]), "ErrorCode": "0", "ErrorStatus": "success"}
    ]


async def test_a_system_failure_is_told_later_and_has_used_the_consent(bench: Bench) -> None:
    await _agree(bench)
    await bench.fault("job_failed", path=PATH)
    assert [await _send(bench) for _ in range(2)] == [0, 43101]
    (event,) = await bench.pushed_json("subscribe_msg_sent_event")
    assert event["List"][0]["ErrorStatus"] == "failed"
    (message,) = await bench.items("messages?channel=subscribe")
    assert not message["delivered"]


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"touser": ""}, 40003),
        ({"touser": LIN}, 40003),
        ({"template_id": ""}, 40037),
        ({"template_id": "tpl-ticket-progress"}, 40037),
        ({"page": "pages/unheard-of"}, 41030),
        ({"miniprogram_state": "beta"}, 40097),
        ({"lang": "fr_FR"}, 40097),
        ({"data": {**DATA, "thing2": {"value": ""}}}, 47003),
        ({"data": {**DATA, "thing5": {"value": "限时秒杀"}}}, 40249),
        ({"data": {**DATA, "thing5": {"value": "代开发票"}}}, 45168),
    ],
)
async def test_refuses_and_keeps_the_consent(bench: Bench, over: Json, code: int) -> None:
    await bench.control("POST", f"accounts/{defaults.MINI_APPID}", {"pages": ["pages/ticket"]})
    await _agree(bench)
    assert await _send(bench, **over) == code
    assert await _send(bench) == 0


async def test_an_unreleased_version_has_its_own_pages(bench: Bench) -> None:
    await bench.control("POST", f"accounts/{defaults.MINI_APPID}", {"pages": ["pages/ticket"]})
    await _agree(bench)
    assert await _send(bench, page="pages/draft", miniprogram_state="developer") == 0


async def test_a_banned_template_is_refused(bench: Bench) -> None:
    await _agree(bench)
    path = f"accounts/{defaults.MINI_APPID}/templates/{PROGRESS}"
    await bench.control("POST", path, {"banned": True})
    assert await _send(bench) == 43107
    await bench.control("POST", path, {"banned": False})
    assert await _send(bench) == 0


async def test_a_service_account_sends_notices_to_those_who_agreed(bench: Bench) -> None:
    biz = "biz-ticket-progress"
    body = {"touser": LIN, "template_id": biz, "page": "http://service.test/h5", "data": DATA}
    assert (await bench.post(NOTICE_PATH, body))["errcode"] == 43101
    await bench.act("u-lin", "consent", appid=defaults.OFFICIAL_APPID, templates=[biz], decision="accept")
    assert (await bench.post(NOTICE_PATH, body))["errcode"] == 0
    assert (await bench.post(NOTICE_PATH, {**body, "template_id": "tpl-ticket-progress"}))["errcode"] == 40037
    assert (await bench.as_mini(NOTICE_PATH, body))["errcode"] == 48001
    (message,) = await bench.items("messages?channel=subscribe")
    assert message["url"] == "http://service.test/h5"


@pytest.mark.parametrize(
    "templates", [[], [f"t{n}" for n in range(6)], ["no-such-template"], ["tpl-staff-notice"]]
)
async def test_the_sheet_has_limits(bench: Bench, templates: list[str]) -> None:
    with pytest.raises(httpx.HTTPStatusError) as refused:
        await bench.act("u-lin", "consent", templates=templates, decision="accept")
    assert refused.value.response.status_code == 422


async def test_titles_that_are_equal_cannot_be_asked_for_together(bench: Bench) -> None:
    mini = bench.world.accounts.get(defaults.MINI_APPID)
    assert mini
    twin = replace(mini.templates[0], id="sub-twin")
    with bench.world.store.writing():
        bench.world.accounts.save(replace(mini, templates=(*mini.templates, twin)))
    with pytest.raises(httpx.HTTPStatusError):
        await _agree(bench, PROGRESS, "sub-twin")
