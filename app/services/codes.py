"""Codes that people hand to each other: typed from a chat or opened as a link, used once, kept as a digest only."""

import hashlib
import secrets

# Without vowels and look-alikes, so that a code can be read aloud and spells nothing.
_ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"
# 16 symbols are 77 bits: nobody finds one by trying, so the digest needs no salt.
LENGTH = 16
PATTERN = rf"^[{_ALPHABET}]{{{LENGTH}}}$"


def new_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))


def digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
