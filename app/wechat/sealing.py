"""Signatures and encryption of the callback channel."""

import binascii
import hashlib
import hmac
import secrets
import struct
from base64 import b64decode
from dataclasses import dataclass

from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import WeChatException

from app.wechat.accounts import Account
from app.wechat.bodies import Rejected

# wechatpy lets whatever its slicing and unpacking stumble over escape.
_DECRYPTION_FAILURES = (WeChatException, ValueError, IndexError, TypeError, struct.error, binascii.Error)


def sign(*parts: str) -> str:
    joined = "".join(sorted(parts)).encode("utf-8", "surrogatepass")
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def verify(given: str, *parts: str) -> None:
    """The one place where a signature is compared, in constant time."""
    expected = sign(*parts).encode()
    if not hmac.compare_digest(expected, given.encode("utf-8", "surrogatepass")):
        raise Rejected("signature does not match")


def unseal(account: Account, encrypted: str) -> bytes:
    """The plaintext, whose trailing appid must be the account's. Verify the signature first."""
    for key in _keys(account):
        try:
            plaintext: str = PrpCrypto(key).decrypt(encrypted, account.appid)
        except _DECRYPTION_FAILURES:
            continue
        return plaintext.encode("utf-8")
    raise Rejected("cannot be decrypted for this account")


@dataclass(frozen=True)
class Sealed:
    encrypted: str
    signature: str
    timestamp: str
    nonce: str


def seal(
    account: Account, plaintext: str, *, timestamp: int, nonce: str, random: str | None = None
) -> Sealed:
    """Encrypt for the platform. `random` is 16 characters and only ever given to reproduce a known result."""
    crypto = _SecretCrypto(_keys(account)[0], random or secrets.token_hex(8))
    encrypted: str = crypto.encrypt(plaintext, account.appid).decode()
    moment = str(timestamp)
    return Sealed(encrypted, sign(account.token, moment, nonce, encrypted), moment, nonce)


class _SecretCrypto(PrpCrypto):  # type: ignore[misc]  # wechatpy has no types
    """wechatpy draws its random prefix from a predictable generator."""

    def __init__(self, key: bytes, random: str) -> None:
        super().__init__(key)
        self._random = random

    def get_random_string(self) -> str:
        return self._random


def _keys(account: Account) -> list[bytes]:
    """The current key, and behind it the one it replaced: WeChat changes over at a moment of its own."""
    if account.aes_key is None:
        raise Rejected("the account has no EncodingAESKey")
    keys = (account.aes_key, account.previous_aes_key)
    return [b64decode(key + "=") for key in keys if key is not None]
