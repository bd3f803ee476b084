"""Bodies that the platform pushes, and the envelopes they travel in."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import orjson

from sandbox import crypto
from sandbox.records import Account

# A mapping is an element with children, a sequence the same element several times.
Node: TypeAlias = "str | int | Mapping[str, Node] | Sequence[Mapping[str, Node]]"
Fields: TypeAlias = Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class Envelope:
    query: dict[str, str]
    body: bytes
    content_type: str


def message(account: Account, openid: str, at: float, kind: str, **fields: Node) -> str:
    """The decrypted body in the account's format. Integers stay bare in XML, texts become CDATA."""
    return _render(
        account,
        {
            "ToUserName": account.original_id,
            "FromUserName": openid,
            "CreateTime": int(at),
            "MsgType": kind,
            **fields,
        },
    )


def seal(account: Account, openid: str, body: str, stamp: float, *, forge: bool = False) -> Envelope:
    """A new timestamp, nonce and ciphertext around the same body, as each attempt of the platform has."""
    timestamp, nonce = str(int(stamp)), str(secrets.randbelow(9_000_000_000) + 1_000_000_000)
    token = secrets.token_hex(8) if forge else account.token
    query = {
        "signature": crypto.signature(token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "openid": openid,
    }
    content_type = "text/xml" if account.format == "xml" else "application/json"
    if account.mode == "plain":
        return Envelope(query, body.encode(), content_type)
    encrypted = crypto.encrypt(account.aes_key, account.appid, body)
    query |= {
        "encrypt_type": "aes",
        "msg_signature": crypto.signature(token, timestamp, nonce, encrypted),
    }
    return Envelope(query, _wrap(account, body, encrypted).encode(), content_type)


def _wrap(account: Account, body: str, encrypted: str) -> str:
    if account.mode == "safe":
        return _render(account, {"ToUserName": account.original_id, "Encrypt": encrypted})
    if account.format == "xml":
        return body.removesuffix("</xml>") + f"    {_element('Encrypt', encrypted)}\n</xml>"
    return orjson.dumps({**orjson.loads(body), "Encrypt": encrypted}).decode()


def _render(account: Account, fields: Fields) -> str:
    if account.format == "json":
        return orjson.dumps(fields).decode()
    return f"<xml>{_elements(fields)}\n</xml>"


def _elements(fields: Fields) -> str:
    return "\n".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: Node) -> str:
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    if isinstance(value, str):
        return f"<{name}><![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"
    if isinstance(value, Mapping):
        return f"<{name}>{_elements(value)}</{name}>"
    return "\n".join(_element(name, item) for item in value)
