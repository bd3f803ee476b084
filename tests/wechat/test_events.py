import pytest
from defusedxml.ElementTree import fromstring

from app.wechat.callbacks import Inbound, open_message
from app.wechat.events import (
    AuthorizationRevoked,
    Clicked,
    Consent,
    ConsentsChanged,
    ConsentsGiven,
    JobStatus,
    MediaChecked,
    Noted,
    NoteSent,
    Other,
    ProfileModified,
    Scanned,
    Subscribed,
    SubscribeSent,
    SubscribesSent,
    TemplateJobFinished,
    TextSent,
    Unsubscribed,
    UserCancelled,
    View,
    view,
)
from app.wechat.replies import cdata, encrypt_reply, text_reply, transfer_reply
from tests.wechat.sealed import NONCE, NOW, PLAIN, SAFE, json_body, safe, safe_query, xml


def received(body: str) -> Inbound:
    return open_message(SAFE, *safe(body), NOW)


ENTRY = "<List><TemplateId>tpl</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List>"
REFUSED = ENTRY.replace("accept", "reject")
JSON_ENTRY = {"TemplateId": "tpl", "SubscribeStatusString": "reject", "PopupScene": "0"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (xml(Event="subscribe", EventKey=""), Subscribed(None)),
        (xml(Event="subscribe"), Subscribed(None)),
        (xml(Event="subscribe", EventKey="qrscene_qrscene_1", Ticket="t"), Subscribed("qrscene_1")),
        (xml(Event="unsubscribe"), Unsubscribed()),
        (xml(Event="SCAN", EventKey="device-1"), Scanned("device-1")),
        (xml(Event="SCAN"), Other()),
        (xml(Event="CLICK", EventKey="report"), Clicked("report")),
        (xml(Event="VIEW", EventKey="https://x/"), Noted()),
        (xml(MsgType="text", Content="空调 &lt;不制冷&gt;", MsgId="1"), TextSent("空调 <不制冷>", None)),
        (xml(MsgType="text", Content="满意", bizmsgmenuid="5"), TextSent("满意", "5")),
        (xml(MsgType="image", PicUrl="u"), NoteSent("[图片]（未能取回）")),
        (
            xml(Event="TEMPLATESENDJOBFINISH", MsgID="200163836", Status="success"),
            TemplateJobFinished("200163836", JobStatus.SUCCESS),
        ),
        (
            xml(Event="TEMPLATESENDJOBFINISH", MsgID="1", Status="failed:user block"),
            TemplateJobFinished("1", JobStatus.USER_BLOCK),
        ),
        (
            xml(Event="TEMPLATESENDJOBFINISH", MsgID="1", Status="failed: system failed"),
            TemplateJobFinished("1", JobStatus.SYSTEM_FAILED),
        ),
        (
            json_body(Event="TEMPLATESENDJOBFINISH", MsgID=3264439863978712345, Status="success"),
            TemplateJobFinished("3264439863978712345", JobStatus.SUCCESS),
        ),
        (xml(Event="TEMPLATESENDJOBFINISH", Status="success"), Other()),
        (
            xml(Event="subscribe_msg_popup_event", SubscribeMsgPopupEvent=ENTRY + REFUSED),
            ConsentsGiven((Consent("tpl", True), Consent("tpl", False))),
        ),
        (
            xml(Event="subscribe_msg_change_event", SubscribeMsgPopupEvent=REFUSED),
            ConsentsChanged((Consent("tpl", False),)),
        ),
        (
            json_body(Event="subscribe_msg_change_event", List=JSON_ENTRY),
            ConsentsChanged((Consent("tpl", False),)),
        ),
        (
            json_body(Event="subscribe_msg_popup_event", List=[JSON_ENTRY, JSON_ENTRY, "junk"]),
            ConsentsGiven((Consent("tpl", False),) * 2),
        ),
        (json_body(Event="subscribe_msg_popup_event"), ConsentsGiven(())),
        (
            json_body(
                Event="subscribe_msg_sent_event", List={"TemplateId": "tpl", "MsgID": "7", "ErrorCode": 0}
            ),
            SubscribesSent((SubscribeSent("tpl", "7", "0"),)),
        ),
        (json_body(Event="user_authorization_revoke", OpenID="o1"), AuthorizationRevoked("o1")),
        (
            xml(Event="user_authorization_revoke", OpenID="o1", RevokeInfo="6,8"),
            AuthorizationRevoked("o1", frozenset({"6", "8"})),
        ),
        (xml(Event="user_authorization_revoke", RevokeInfo="8"), Other()),
        (json_body(Event="user_info_modified", OpenID="o1"), ProfileModified("o1")),
        # It has come without the person.
        (json_body(Event="user_info_modified"), Other()),
        (json_body(Event="user_authorization_cancellation", OpenID="o1"), UserCancelled("o1")),
        (
            json_body(
                Event="wxa_media_check",
                trace_id="t-1",
                version=2,
                errcode=0,
                result={"suggest": "risky", "label": 20002},
                detail=[{"strategy": "content_model", "errcode": 0, "suggest": "risky"}],
            ),
            MediaChecked("t-1", "0", "risky", 20002),
        ),
        (
            xml(
                Event="wxa_media_check",
                trace_id="t-1",
                errcode="0",
                result="<suggest>pass</suggest><label>100</label>",
            ),
            MediaChecked("t-1", "0", "pass", 100),
        ),
        (
            json_body(Event="wxa_media_check", trace_id="t-1", errcode=-1008),
            MediaChecked("t-1", "-1008", "", None),
        ),
        (json_body(Event="wxa_media_check", errcode=0), Other()),
        (xml(Event="something_new"), Other()),
    ],
)
def test_views(body: str, expected: View) -> None:
    assert view(received(body)) == expected


HOSTILE = "a]]>b</Content><MsgType>news</MsgType>\x00\x0b]]]]>>"


def test_a_users_text_cannot_break_out_of_a_reply() -> None:
    reply = fromstring(text_reply(received(xml(MsgType="text", Content="x")), HOSTILE, NOW))

    assert [child.tag for child in reply] == [
        "ToUserName",
        "FromUserName",
        "CreateTime",
        "MsgType",
        "Content",
    ]
    assert reply.findtext("Content") == HOSTILE.replace("\x00", "").replace("\x0b", "")
    assert reply.findtext("ToUserName") == "o1"
    assert reply.findtext("FromUserName") == "gh_1"


def test_a_transfer_goes_to_the_agents() -> None:
    reply = fromstring(transfer_reply(received(xml(MsgType="text", Content="x")), NOW))

    assert reply.findtext("MsgType") == "transfer_customer_service"


def test_a_reply_is_sealed_exactly_when_the_account_has_a_key() -> None:
    body = xml(Event="echo")

    sealed = fromstring(encrypt_reply(SAFE, body, NOW, NONCE))

    encrypted = sealed.findtext("Encrypt") or ""
    query = safe_query(encrypted)
    assert ("msg_signature", sealed.findtext("MsgSignature")) in query
    again = f"<xml><Encrypt>{cdata(encrypted)}</Encrypt></xml>".encode()
    assert open_message(SAFE, query, again, NOW).raw == body
    assert encrypt_reply(PLAIN, body, NOW, NONCE) == body


def test_no_two_sealings_are_alike() -> None:
    assert encrypt_reply(SAFE, "x", NOW, NONCE) != encrypt_reply(SAFE, "x", NOW, NONCE)
