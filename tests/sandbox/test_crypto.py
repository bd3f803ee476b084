"""The platform's published vectors."""

import orjson
import pytest

from sandbox import crypto, jssdk

KEY = "A" * 43
APPID = "wxba5fad812f8e6fb9"
PUSHED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsX"
    "UnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajA"
    "sjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
REPLY = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="


@pytest.mark.parametrize(
    ("parts", "signature"),
    [
        (("AAAAA", "1714036504", "1514711492"), "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        (("AAAAA", "1714037059", "486452656"), "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
        (("AAAAA", "1714112445", "415670741", PUSHED), "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"),
        (("AAAAA", "1713424427", "415670741", REPLY), "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"),
    ],
    ids=["url check", "plain push", "safe push", "encrypted reply"],
)
def test_signature(parts: tuple[str, ...], signature: str) -> None:
    assert crypto.signature(*parts) == signature


def test_opens_the_pushed_envelope() -> None:
    event = orjson.loads(crypto.decrypt(KEY, APPID, PUSHED))
    assert (event["Event"], event["debug_str"]) == ("debug_demo", "hello world")


def test_seals_the_reply_to_the_same_bytes() -> None:
    assert crypto.encrypt(KEY, APPID, '{"demo_resp":"good luck"}', b"707722b803182950") == REPLY


@pytest.mark.parametrize(
    ("appid", "envelope"),
    [("wx0000000000000000", PUSHED), (APPID, PUSHED[:-8]), (APPID, "not base64!"), (APPID, "")],
)
def test_refuses_what_is_not_for_this_account(appid: str, envelope: str) -> None:
    with pytest.raises(crypto.NotReadable):
        crypto.decrypt(KEY, appid, envelope)


def test_js_sdk_signature() -> None:
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    page = "http://mp.weixin.qq.com?params=value"
    for url in (page, f"{page}#fragment"):
        signed = jssdk.sign(ticket, "Wm3WZYTPz0wzccnW", "1414587457", url)
        assert signed == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
