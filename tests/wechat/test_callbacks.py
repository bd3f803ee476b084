import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.wechat.accounts import Account
from app.wechat.bodies import each
from app.wechat.callbacks import Rejected, check_url, open_message, single_values
from app.wechat.sealing import seal, sign
from tests.wechat.sealed import (
    NONCE,
    NOW,
    PLAIN,
    SAFE,
    TIMESTAMP,
    Query,
    envelope,
    json_body,
    plain,
    safe,
    safe_query,
    xml,
)

SUBSCRIBE = xml(Event="subscribe", EventKey="qrscene_device-1")


def at(timestamp: int) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)


def test_official_vector_of_the_url_check() -> None:
    echo, signature = "4375120948345356249", "f464b24fc39322e44b38aa78f5edd27bd1441696"

    assert check_url("AAAAA", "1714036504", "1514711492", signature, echo) == echo
    with pytest.raises(Rejected):
        check_url("AAAAA", "1714036505", "1514711492", signature, echo)


def test_official_vector_of_a_plain_post() -> None:
    query = [
        ("signature", "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
        ("timestamp", "1714037059"),
        ("nonce", "486452656"),
    ]

    inbound = open_message(PLAIN, query, SUBSCRIBE.encode(), at(1714037059))

    assert inbound.event == "subscribe"


DEMO = Account("wxba5fad812f8e6fb9", "mini", "secret", "AAAAA", "A" * 43)
DEMO_ENCRYPTED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv"
    "6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNq"
    "J4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)


def demo_query(signature: str = "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3") -> Query:
    return [("timestamp", "1714112445"), ("nonce", "415670741"), ("msg_signature", signature)]


def test_official_vector_of_an_encrypted_post() -> None:
    body = f'{{"ToUserName": "gh_97417a04a28d", "Encrypt": "{DEMO_ENCRYPTED}"}}'.encode()

    inbound = open_message(DEMO, demo_query(), body, at(1714112445))

    assert (inbound.msg_type, inbound.event) == ("event", "debug_demo")
    assert inbound.fields["debug_str"] == "hello world"
    assert len(inbound.raw) == 167
    assert inbound.create_time == at(1714112445)
    with pytest.raises(Rejected):
        open_message(DEMO, demo_query("0" * 40), body, at(1714112445))


def test_official_vector_of_an_encrypted_reply() -> None:
    sealed = seal(
        DEMO, '{"demo_resp":"good luck"}', timestamp=1713424427, nonce="415670741", random="707722b803182950"
    )

    assert sealed.encrypted == (
        "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    )
    assert sealed.signature == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


@pytest.mark.parametrize("body", [SUBSCRIBE, json_body(Event="subscribe", EventKey="qrscene_device-1")])
@pytest.mark.parametrize(("account", "send"), [(PLAIN, plain), (SAFE, safe)])
def test_xml_and_json_are_read_in_plain_and_safe_mode(
    account: Account, send: Callable[[str], tuple[Query, bytes]], body: str
) -> None:
    query, sent = send(body)

    inbound = open_message(account, query, sent, NOW)

    assert (inbound.appid, inbound.openid, inbound.msg_type) == (account.appid, "o1", "event")
    assert inbound.fields["EventKey"] == "qrscene_device-1"
    assert inbound.create_time == NOW
    assert inbound.raw == body


def test_repeats_of_one_message_share_a_key_and_others_do_not() -> None:
    def key(body: str, account: Account = SAFE, timestamp: int = TIMESTAMP) -> str:
        return open_message(account, *safe(body, account, timestamp), NOW).dedup_key

    first = key(json_body(Event="wxa_media_check", trace_id="a"))

    assert first == key(json_body(Event="wxa_media_check", trace_id="a"), timestamp=TIMESTAMP + 1)
    assert first == key(json_body(trace_id="a", Event="wxa_media_check", CreateTime=str(TIMESTAMP)))
    assert first != key(json_body(Event="wxa_media_check", trace_id="b"))
    other = Account("wx0000000000000002", "mini", "s", SAFE.token, SAFE.aes_key)
    assert first != key(json_body(Event="wxa_media_check", trace_id="a"), other)


@pytest.mark.parametrize("drift", [-300, 300])
def test_a_message_is_fresh_for_five_minutes_either_way(drift: int) -> None:
    query, body = safe(SUBSCRIBE, timestamp=TIMESTAMP + drift)

    assert open_message(SAFE, query, body, NOW).event == "subscribe"
    with pytest.raises(Rejected, match="fresh"):
        open_message(SAFE, query, body, NOW - timedelta(seconds=drift / 300))


def test_a_plain_message_is_refused_when_the_account_has_a_key() -> None:
    with pytest.raises(Rejected):
        open_message(SAFE, *plain(SUBSCRIBE), NOW)


def test_the_plaintext_beside_an_encrypted_message_is_never_believed() -> None:
    query, body = safe(SUBSCRIBE)
    forged = body.replace(b"<ToUserName>", b"<Event>unsubscribe</Event><ToUserName>")

    assert open_message(SAFE, query, forged, NOW).event == "subscribe"


def test_signature_alone_does_not_open_an_encrypted_message() -> None:
    query, body = safe(SUBSCRIBE)

    with pytest.raises(Rejected):
        open_message(SAFE, [pair for pair in query if pair[0] != "msg_signature"], body, NOW)


def test_a_message_for_another_appid_is_refused() -> None:
    other = Account("wx0000000000000002", "official", "s", SAFE.token, SAFE.aes_key)

    with pytest.raises(Rejected, match="decrypted"):
        open_message(SAFE, *safe(SUBSCRIBE, other), NOW)


def test_an_encrypted_message_without_our_key_is_refused() -> None:
    query, body = safe(SUBSCRIBE)

    with pytest.raises(Rejected):
        open_message(PLAIN, query, body, NOW)


@pytest.mark.parametrize("name", ["timestamp", "nonce", "msg_signature"])
@pytest.mark.parametrize("change", ["drop", "double", "empty", "tamper", "long", "surrogate"])
def test_every_parameter_is_needed_once_and_untouched(name: str, change: str) -> None:
    query, body = safe(SUBSCRIBE)
    value = dict(query)[name]
    rest = [pair for pair in query if pair[0] != name]
    changed: dict[str, Query] = {
        "drop": [],
        "double": [(name, value), (name, value)],
        "empty": [(name, "")],
        "tamper": [(name, value[:-1] + ("1" if value[-1] == "0" else "0"))],
        "long": [(name, value * 500)],
        "surrogate": [(name, "\udcff签")],
    }

    with pytest.raises(Rejected):
        open_message(SAFE, rest + changed[change], body, NOW)


def test_a_doubled_parameter_of_any_name_is_refused() -> None:
    with pytest.raises(Rejected, match="echostr"):
        single_values([("echostr", "1"), ("nonce", "1"), ("echostr", "2")])


@pytest.mark.parametrize("created", [TIMESTAMP, str(TIMESTAMP)])
def test_create_time_may_be_a_number_or_a_text(created: int | str) -> None:
    inbound = open_message(SAFE, *safe(json_body(Event="x", CreateTime=created)), NOW)

    assert inbound.create_time == NOW


@pytest.mark.parametrize(("given", "count"), [(None, 0), ({"a": 1}, 1), ([{"a": 1}, {"a": 2}], 2), ([], 0)])
def test_a_list_may_be_nothing_an_object_or_an_array(given: object, count: int) -> None:
    inbound = open_message(SAFE, *safe(json_body(Event="x", List=given)), NOW)

    assert len(each(inbound.fields, "List")) == count


def test_repeated_and_nested_tags_are_kept_but_not_where_one_text_is_meant() -> None:
    inbound = open_message(SAFE, *safe(xml(Event="x", Extra="<i>1</i><i>2</i>", Void="")), NOW)

    assert dict(inbound.fields)["Extra"] == {"i": ("1", "2")}
    assert inbound.fields["Void"] == ""
    with pytest.raises(Rejected, match="FromUserName"):
        open_message(SAFE, *safe(SUBSCRIBE.replace("<Event>", "<FromUserName>o2</FromUserName><Event>")), NOW)


def test_what_the_database_cannot_store_is_taken_out() -> None:
    inbound = open_message(SAFE, *safe(json_body(Event="x")[:-1] + r', "t": "a\u0000b\ud800c"}'), NOW)

    assert inbound.fields["t"] == "ab?c"


BILLION = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + SUBSCRIBE.replace("qrscene", "&b;")
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SUBSCRIBE.replace("qrscene", "&a;")
MALFORMED = [
    "",
    " ",
    "success",
    "<xml>",
    "<xml/>",
    "<html></html>",
    SUBSCRIBE.replace("xml>", "html>"),
    SUBSCRIBE[:-1],
    SUBSCRIBE + "<xml/>",
    SUBSCRIBE.replace("o1", ""),
    SUBSCRIBE.replace("MsgType", "Type"),
    SUBSCRIBE.replace("<Event>subscribe</Event>", ""),
    SUBSCRIBE.replace(str(TIMESTAMP), "soon"),
    SUBSCRIBE.replace(str(TIMESTAMP), "9" * 5000),
    SUBSCRIBE.replace("o1", "&nbsp;"),
    SUBSCRIBE.replace("o1", "\0"),
    SUBSCRIBE.replace("o1", "<a>o1</a>"),
    BILLION,
    EXTERNAL,
    "<xml>" + "<a>" * 9000 + "</a>" * 9000 + "</xml>",
    xml(Event="x", Long="y" * 70_000),
    "{}",
    "[]",
    "{" * 60_000,
    '{"a":' * 10_000 + "1" + "}" * 10_000,
    '{"a":' + "[" * 30_000 + "]" * 30_000 + "}",
    json_body(Event="x", CreateTime=float("nan")),
    json_body(Event="x", CreateTime=True),
    json_body(Event="x", CreateTime=None),
    json_body(Event="x", CreateTime=int("9" * 4000)),
    json_body(Event="x", FromUserName=["o1", "o2"]),
    json_body(Event="x", MsgType={"a": "event"}),
    json_body(Event="x")[:-1] + ', "Event": "y"}',
]


@pytest.mark.parametrize("body", MALFORMED, ids=lambda body: body[:40])
@pytest.mark.parametrize(("account", "send"), [(PLAIN, plain), (SAFE, safe)], ids=["plain", "safe"])
def test_an_authentic_but_malformed_body_is_rejected(
    account: Account, send: Callable[[str], tuple[Query, bytes]], body: str
) -> None:
    with pytest.raises(Rejected):
        open_message(account, *send(body), NOW)


def fuzzed(seed: int, count: int) -> Iterator[tuple[Account, Query, bytes]]:
    """Bodies broken at every layer, most of them under a valid signature."""
    dice = random.Random(seed)
    for number in range(count):
        junk = dice.randbytes(dice.randrange(1, 200))
        text = "".join(
            chr(dice.choice((dice.randrange(1, 128), dice.randrange(0x4E00, 0x9FA5)))) for _ in range(60)
        )
        encrypted = broken_ciphertext(dice)
        cut = dice.randrange(1, len(SUBSCRIBE) - 1)
        yield from [
            (PLAIN, *plain(junk + b"<")),
            (PLAIN, *plain("<" + text)),
            (PLAIN, *plain("{" + text)),
            (PLAIN, *plain(SUBSCRIBE[:cut])),
            (SAFE, *safe(SUBSCRIBE[:cut])),
            (SAFE, *safe("<xml>" + text)),
            (SAFE, safe_query("x"), junk),
            (SAFE, safe_query(encrypted), envelope(encrypted)),
            (SAFE, [(text[:5], text), *safe_query(encrypted)[1:]], junk),
            (SAFE, safe_query(text), envelope(text)),
            (SAFE, safe_query(text), safe(SUBSCRIBE)[1]),
            (SAFE, *safe(SUBSCRIBE.replace("MsgType", f"T{number}"))),
        ][number % 12 : number % 12 + 1]


def broken_ciphertext(dice: random.Random) -> str:
    """Base64 that decrypts to noise, is cut short, or is not base64 at all."""
    whole = seal(SAFE, SUBSCRIBE, timestamp=TIMESTAMP, nonce=NONCE).encrypted
    spot = dice.randrange(len(whole))
    return dice.choice(
        [
            whole[:spot],
            whole[:spot] + "!" + whole[spot + 1 :],
            whole[4:],
            "QUJD" * dice.randrange(1, 40),
            "A" * 43 + "=",
            "=",
        ]
    )


def test_five_hundred_malformed_bodies_are_rejected_and_nothing_else() -> None:
    outcomes = []
    for account, query, body in fuzzed(seed=20261122, count=500):
        with pytest.raises(Rejected) as caught:
            open_message(account, query, body, NOW)
        outcomes.append(str(caught.value))

    assert len(outcomes) == 500
    assert len(set(outcomes)) >= 6  # they fail at different layers, not all at the first


def test_an_empty_parameter_never_matches_an_empty_signature() -> None:
    assert sign("") != ""
    with pytest.raises(Rejected):
        check_url("", "", "", "", "echo")


def test_a_malformed_previous_key_is_found_at_start() -> None:
    with pytest.raises(ValueError, match="EncodingAESKey"):
        Account("wx0000000000000001", "official", "s", "t", SAFE.aes_key, previous_aes_key="short")
