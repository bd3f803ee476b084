"""What a service answered to a push: nothing, a passive reply, or something the platform cannot read."""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

import orjson
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from sandbox import crypto
from sandbox.records import Account


class Malformed(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Reply:
    kind: str
    text: str


def read(account: Account, body: bytes) -> Reply | None:
    """None for `success` or an empty body; raises Malformed for what the account's format does not allow."""
    content = body.strip()
    if content in (b"", b"success"):
        return None
    fields = _parse(account, content)
    if account.mode != "plain":
        fields = _parse(account, _open(account, fields).encode())
    kind = fields.get("MsgType", "")
    if not kind:
        raise Malformed("the reply has no MsgType")
    return Reply(kind, fields.get("Content", "") or f"[{kind}]")


def _open(account: Account, fields: Mapping[str, str]) -> str:
    encrypted = fields.get("Encrypt", "")
    expected = crypto.signature(
        account.token, fields.get("TimeStamp", ""), fields.get("Nonce", ""), encrypted
    )
    if not crypto.same(expected, fields.get("MsgSignature", "")):
        raise Malformed("the reply's MsgSignature does not match")
    try:
        return crypto.decrypt(account.aes_key, account.appid, encrypted)
    except crypto.NotReadable as error:
        raise Malformed(str(error)) from error


def _parse(account: Account, content: bytes) -> dict[str, str]:
    try:
        if account.format == "json":
            loaded = orjson.loads(content)
            if not isinstance(loaded, dict):
                raise Malformed("the reply is not an object")
            return {str(name): str(value) for name, value in loaded.items()}
        root: Element = fromstring(content)
        return {child.tag: child.text or "" for child in root}
    except (ValueError, ParseError, DefusedXmlException) as error:
        raise Malformed("the reply cannot be parsed") from error
