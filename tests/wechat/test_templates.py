import pytest

from app.wechat.accounts import Account, Endpoints
from app.wechat.fields import FIELD_TYPES, Unfit
from app.wechat.links import authorize_url, js_signature, qrcode_image_url
from app.wechat.templates import TEMPLATES, TemplateChannel, TemplateKind, declared

EXPECTED = {
    "ticket_progress": "number character_string1, service thing2, state phrase3, time time4, hint thing5",
    "engineer_offer": "number character_string1, service thing2, time time3, address thing4, reason thing5",
    "rating_invitation": "number character_string1, service thing2, engineer thing3, time time4, hint thing5",
    "staff_notice": "number character_string1, matter thing2, level phrase3, time time4, hint thing5",
    "conversation_reply": "number character_string1, service thing2, reply thing3, time time4",
}
CARD = TEMPLATES[TemplateKind.TICKET_PROGRESS]
PROGRESS = {
    "number": "HX20261122-A7K2",
    "service": "家用空调维修（外机异响并且不制冷，需要尽快上门）",
    "state": "已派单",
    "time": "2026年11月22日 14:00~16:00",
    "hint": "王师傅将准时上门",
}


@pytest.mark.parametrize("kind", TemplateKind)
def test_the_slots_are_those_registered_with_the_platform(kind: TemplateKind) -> None:
    slots = TEMPLATES[kind].slots

    assert ", ".join(f"{name} {slot.key}" for name, slot in slots.items()) == EXPECTED[kind]
    assert {slot.field_type for slot in slots.values()} <= FIELD_TYPES


def test_rendering_clips_each_value_to_its_field() -> None:
    assert CARD.render(PROGRESS) == {
        "character_string1": {"value": "HX20261122-A7K2"},
        "thing2": {"value": "家用空调维修（外机异响并且不制冷，需要…"},
        "phrase3": {"value": "已派单"},
        "time4": {"value": "2026年11月22日 14:00~16:00"},
        "thing5": {"value": "王师傅将准时上门"},
    }


def test_a_missing_an_extra_and_an_empty_value_are_refused() -> None:
    with pytest.raises(ValueError, match="hint"):
        CARD.render({name: PROGRESS[name] for name in PROGRESS if name != "hint"})
    with pytest.raises(ValueError, match="remark"):
        CARD.render(PROGRESS | {"remark": "x"})
    with pytest.raises(Unfit):
        CARD.render(PROGRESS | {"hint": " "})


def test_ids_come_from_the_settings_or_are_those_of_the_sandbox() -> None:
    registry = declared("wxo", "wxm", {"staff_notice": "real"}, {})

    assert {(appid, card.template_id) for (appid, _, _), card in registry.cards.items()} == {
        ("wxo", "tpl-ticket-progress"),
        ("wxo", "tpl-engineer-offer"),
        ("wxo", "tpl-rating-invitation"),
        ("wxo", "real"),
        ("wxo", "tpl-conversation-reply"),
        ("wxm", "sub-ticket-progress"),
        ("wxm", "sub-rating-invitation"),
        ("wxm", "sub-conversation-reply"),
    }
    assert registry.find("wxm", TemplateChannel.SUBSCRIBE, TemplateKind.ENGINEER_OFFER) is None


def test_official_vector_of_the_js_signature() -> None:
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    page = "http://mp.weixin.qq.com?params=value"

    for url in (page, f"{page}#/tickets"):
        signature = js_signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, url)
        assert signature == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


def test_the_authorize_url_keeps_the_order_that_wechat_demands() -> None:
    url = authorize_url(Endpoints(), "wx1", "https://hx.example/oauth?a=1&b=回", "s1")

    assert url == (
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1"
        "&redirect_uri=https%3A%2F%2Fhx.example%2Foauth%3Fa%3D1%26b%3D%E5%9B%9E"
        "&response_type=code&scope=snsapi_base&state=s1#wechat_redirect"
    )
    local = authorize_url(Endpoints(open="http://localhost:1/"), "wx1", "x", "a&b#c", "snsapi_userinfo")
    assert local.startswith("http://localhost:1/connect/oauth2/authorize?appid=wx1&")
    assert local.endswith("&scope=snsapi_userinfo&state=a%26b%23c#wechat_redirect")


def test_a_qr_code_image_lives_on_the_mp_host() -> None:
    assert (
        qrcode_image_url(Endpoints(), "a/b=") == "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=a%2Fb%3D"
    )


@pytest.mark.parametrize("key", ["", "short", "A" * 44, "签" * 43])
def test_a_malformed_aes_key_is_found_at_start(key: str) -> None:
    with pytest.raises(ValueError, match="43 characters"):
        Account("wx1", "official", "s", "t", key)
