"""Message signatures and AES envelopes, written from the platform's description of them."""

import hashlib
import hmac
import os
import struct
from base64 import b64decode, b64encode

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

_BLOCK = 32


class NotReadable(Exception):
    """A wrong key, a wrong appid, or not an envelope at all."""


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())


def encrypt(aes_key: str, appid: str, text: str, salt: bytes | None = None) -> str:
    content = text.encode()
    plain = (salt or os.urandom(16)) + struct.pack(">I", len(content)) + content + appid.encode()
    padding = _BLOCK - len(plain) % _BLOCK
    encryptor = _cipher(aes_key).encryptor()
    return b64encode(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()).decode()


def decrypt(aes_key: str, appid: str, envelope: str) -> str:
    try:
        decryptor = _cipher(aes_key).decryptor()
        padded = decryptor.update(b64decode(envelope, validate=True)) + decryptor.finalize()
        plain = padded[: -padded[-1]]
        (length,) = struct.unpack(">I", plain[16:20])
        content, owner = plain[20 : 20 + length], plain[20 + length :]
        if owner.decode() != appid:
            raise NotReadable("the envelope names another appid")
        return content.decode()
    except (ValueError, IndexError, struct.error) as error:
        raise NotReadable("the envelope cannot be opened") from error


def _cipher(aes_key: str) -> Cipher[CBC]:
    key = b64decode(aes_key + "=")
    return Cipher(AES(key), CBC(key[:16]))
