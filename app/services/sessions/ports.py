"""What signing in needs of WeChat. The real implementation calls it; tests and demos bring their own."""

from dataclasses import dataclass
from typing import Protocol

from app.errors import Problem


@dataclass(frozen=True)
class Identity:
    """Who a code stands for. ``is_snapshot``: a visitor of a preview page; the openid is nobody's."""

    openid: str
    unionid: str | None = None
    is_snapshot: bool = False


class CodeExchange(Protocol):
    async def code_to_session(self, code: str) -> Identity:
        """Raises InvalidCode for a code that is wrong, used or stale."""
        ...


class OAuthExchange(Protocol):
    async def oauth_identity(self, code: str) -> Identity:
        """Raises InvalidCode for a code that is wrong, used or stale."""
        ...


class InvalidCode(Problem):
    code, status, title, msg = "invalid_code", 401, "Invalid code", "微信登录已失效，请重新进入后再试。"
