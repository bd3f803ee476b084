"""What arrives at the callback address: verified, decrypted, parsed; no effect of any kind."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from app.wechat.accounts import Account
from app.wechat.bodies import Fields, Rejected, canonical, decode, optional, parse, scalar
from app.wechat.sealing import unseal, verify

__all__ = ["Inbound", "Rejected", "check_url", "open_message", "single_values"]

FRESH_SECONDS = 300

_TIMESTAMP = re.compile(r"[0-9]{1,10}")
_LONGEST_PARAMETER = 256


@dataclass(frozen=True)
class Inbound:
    """A message or event of one account. The platform repeats it until answered: act once per `dedup_key`."""

    appid: str
    dedup_key: str
    msg_type: str
    event: str | None
    openid: str
    create_time: datetime
    fields: Fields
    raw: str
    """The decrypted body, as text"""


def check_url(token: str, timestamp: str, nonce: str, signature: str, echostr: str) -> str:
    """Prove to the platform that this address knows the token; returns the bare text to answer with."""
    verify(signature, token, timestamp, nonce)
    return echostr


def single_values(query: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Query parameters by name; a repeated one would let two readers see two different requests."""
    values: dict[str, str] = {}
    for name, value in query:
        if name in values:
            raise Rejected(f"{name} is given twice")
        values[name] = value
    return values


def open_message(account: Account, query: Iterable[tuple[str, str]], body: bytes, now: datetime) -> Inbound:
    """Raises Rejected for everything that is not a fresh, authentic message for this account."""
    values = single_values(query)
    timestamp, nonce = _parameter(values, "timestamp"), _parameter(values, "nonce")
    _require_fresh(timestamp, now)
    if account.aes_key is not None:
        # Also in compat mode, where the body holds the plaintext too: only msg_signature covers the body.
        encrypted = scalar(parse(decode(body)), "Encrypt")
        verify(_parameter(values, "msg_signature"), account.token, timestamp, nonce, encrypted)
        raw = decode(unseal(account, encrypted))
    else:
        if values.get("encrypt_type", "raw") != "raw":
            raise Rejected("encrypted, but the account has no EncodingAESKey")
        verify(_parameter(values, "signature"), account.token, timestamp, nonce)
        raw = decode(body)
    return read_message(account.appid, raw)


def _parameter(values: Mapping[str, str], name: str) -> str:
    value = values.get(name, "")
    if not 0 < len(value) <= _LONGEST_PARAMETER:
        raise Rejected(f"{name} is missing or too long")
    return value


def _require_fresh(timestamp: str, now: datetime) -> None:
    if not _TIMESTAMP.fullmatch(timestamp) or abs(now.timestamp() - int(timestamp)) > FRESH_SECONDS:
        raise Rejected("not fresh")


def read_message(appid: str, raw: str) -> Inbound:
    """A decrypted body as a message; also for one that was kept as text."""
    fields = parse(raw)
    msg_type = scalar(fields, "MsgType")
    created = scalar(fields, "CreateTime")
    if not _TIMESTAMP.fullmatch(created):
        raise Rejected("CreateTime is not a time")
    return Inbound(
        appid=appid,
        dedup_key=hashlib.sha256(f"{appid}\n{canonical(fields)}".encode()).hexdigest(),
        msg_type=msg_type,
        event=scalar(fields, "Event") if msg_type == "event" else optional(fields, "Event"),
        openid=scalar(fields, "FromUserName"),
        create_time=datetime.fromtimestamp(int(created), UTC),
        fields=fields,
        raw=raw,
    )
