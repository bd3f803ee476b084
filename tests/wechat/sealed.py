"""Callbacks as the platform sends them."""

import json
from datetime import UTC, datetime

from app.wechat.accounts import Account
from app.wechat.sealing import seal, sign

NOW = datetime(2026, 11, 22, 7, 1, tzinfo=UTC)
TIMESTAMP = int(NOW.timestamp())
NONCE = "415670741"

PLAIN = Account("wx0000000000000001", "official", "secret", "AAAAA")
SAFE = Account(
    "wx0000000000000001", "official", "secret", "AAAAA", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

Query = list[tuple[str, str]]


def plain(body: str | bytes, timestamp: int = TIMESTAMP) -> tuple[Query, bytes]:
    query = [("timestamp", str(timestamp)), ("nonce", NONCE)]
    query.append(("signature", sign(PLAIN.token, str(timestamp), NONCE)))
    return query, body if isinstance(body, bytes) else body.encode()


def safe(
    body: str, account: Account = SAFE, timestamp: int = TIMESTAMP, random: str | None = None
) -> tuple[Query, bytes]:
    sealed = seal(account, body, timestamp=timestamp, nonce=NONCE, random=random)
    return safe_query(sealed.encrypted, timestamp), envelope(sealed.encrypted)


def safe_query(encrypted: str, timestamp: int = TIMESTAMP) -> Query:
    moment = str(timestamp)
    return [
        ("signature", sign(SAFE.token, moment, NONCE)),
        ("timestamp", moment),
        ("nonce", NONCE),
        ("openid", "o1"),
        ("encrypt_type", "aes"),
        ("msg_signature", sign(SAFE.token, moment, NONCE, encrypted)),
    ]


def envelope(encrypted: str) -> bytes:
    return f"<xml><ToUserName>gh_1</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()


def xml(**fields: str) -> str:
    whole = {
        "ToUserName": "gh_1",
        "FromUserName": "o1",
        "CreateTime": str(TIMESTAMP),
        "MsgType": "event",
    } | fields
    return "<xml>" + "".join(f"<{name}>{value}</{name}>" for name, value in whole.items()) + "</xml>"


def json_body(**fields: object) -> str:
    whole = {"ToUserName": "gh_1", "FromUserName": "o1", "CreateTime": TIMESTAMP, "MsgType": "event"} | fields
    return json.dumps(whole, ensure_ascii=False)
