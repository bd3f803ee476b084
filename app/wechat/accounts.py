"""Who we are on the platform, and where the platform lives."""

import re
from dataclasses import dataclass, field
from typing import Literal

_AES_KEY = re.compile(r"[A-Za-z0-9+/]{43}", re.ASCII)


@dataclass(frozen=True)
class Account:
    """One official account or mini-program; `repr` never shows its secrets."""

    appid: str
    kind: Literal["official", "mini"]
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str | None = field(default=None, repr=False)
    previous_aes_key: str | None = field(default=None, repr=False)
    """Opens what was sealed before the key was changed; nothing is sealed with it"""
    capabilities: tuple[str, ...] = ()
    """The channels that the account has been given ("template", "subscribe", "custom"); empty: all of its kind"""

    def may(self, channel: str) -> bool:
        return not self.capabilities or channel in self.capabilities

    def __post_init__(self) -> None:
        for key in (self.aes_key, self.previous_aes_key):
            if key is not None and not _AES_KEY.fullmatch(key):
                raise ValueError(f"the EncodingAESKey of {self.appid} must be 43 characters of base64")


@dataclass(frozen=True)
class Endpoints:
    """Base URLs of the platform's three hosts; only these are ever called."""

    api: str = "https://api.weixin.qq.com"
    open: str = "https://open.weixin.qq.com"
    mp: str = "https://mp.weixin.qq.com"

    def __post_init__(self) -> None:
        for name in ("api", "open", "mp"):
            object.__setattr__(self, name, getattr(self, name).rstrip("/"))

    def rewrite(self, url: str) -> str:
        """A real address on the configured host. wechatpy hard-codes hosts in some forty places."""
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        base = {
            "api.weixin.qq.com": self.api,
            "open.weixin.qq.com": self.open,
            "mp.weixin.qq.com": self.mp,
        }.get(host)
        if base is None or scheme not in ("http", "https"):
            raise ForeignHost(f"refusing to call a host that is not the platform's: {host}")
        return f"{base}{slash}{path}"


class ForeignHost(ValueError):
    """A call was aimed at a host outside `Endpoints`: a bug, and never sent."""
