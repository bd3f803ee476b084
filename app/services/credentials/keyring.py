"""The keys under which secrets lie in the database: all of them open, the first one seals."""

import base64
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.settings import Settings

_PURPOSE = b"huixiang wechat tokens v1"


class KeyRing:
    def __init__(self, keys: Sequence[bytes]) -> None:
        ciphers = [Fernet(base64.urlsafe_b64encode(hmac.digest(key, _PURPOSE, "sha256"))) for key in keys]
        self._current, self._all = ciphers[0], MultiFernet(ciphers)

    def seal(self, text: str) -> bytes:
        return self._current.encrypt(text.encode())

    def open(self, sealed: bytes) -> str | None:
        """None when it was sealed under a key that is not on the ring any more."""
        try:
            return self._all.decrypt(sealed).decode()
        except InvalidToken:
            return None

    def is_current(self, sealed: bytes) -> bool:
        try:
            self._current.decrypt(sealed)
        except InvalidToken:
            return False
        return True


def key_ring(settings: Settings) -> KeyRing:
    """The keys of the settings; behind them the service's own, so that naming keys for the first time loses nothing."""
    return KeyRing([*settings.sealing_key_list(), settings.signing_key()])
