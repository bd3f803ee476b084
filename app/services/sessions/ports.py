"""What signing in needs of WeChat. The real implementation calls it; tests and demos bring their own."""

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from app.errors import Forbidden, InvalidInput, Problem, Unavailable

Kind: TypeAlias = Literal["official", "mini"]


@dataclass(frozen=True)
class Identity:
    """Who a code stands for. ``is_snapshot``: a visitor of a preview page; the openid is nobody's."""

    openid: str
    unionid: str | None = None
    is_snapshot: bool = False


class Accounts(Protocol):
    def knows(self, appid: str, kind: Kind) -> bool:
        """Whether this account is one of ours."""
        ...

    def default(self, kind: Kind) -> str:
        """The appid of whoever names no account."""
        ...


class CodeExchange(Accounts, Protocol):
    async def code_to_session(self, appid: str, code: str) -> Identity:
        """Raises InvalidCode for a code that is wrong, used or stale; HighRiskUser for whom WeChat blocks."""
        ...

    async def phone_number(self, appid: str, code: str) -> str:
        """What the button of the mini-program gave leave to ask for; each answer costs money.

        Raises PhoneCodeExpired for a code that is wrong, used or stale, PhoneUnavailable when WeChat gives none.
        """
        ...


class OAuthExchange(Accounts, Protocol):
    async def oauth_identity(self, appid: str, code: str) -> Identity:
        """Raises InvalidCode for a code that is wrong, used or stale; HighRiskUser for whom WeChat blocks."""
        ...

    async def known_unionid(self, appid: str, openid: str) -> str | None:
        """Who this is across accounts; None when WeChat does not say, or does not answer."""
        ...


class InvalidCode(Problem):
    code, status, title, msg = "invalid_code", 401, "Invalid code", "微信登录已失效，请重新打开后再试。"


class HighRiskUser(Forbidden):
    """WeChat blocks this person everywhere; asking again only turns in a circle, so he is told whom to call."""

    code, title = "high_risk_user", "Blocked by WeChat"

    def __init__(self, hotline: str) -> None:
        whom = f"请拨打服务热线 {hotline}" if hotline else "请联系人工客服"
        super().__init__(
            f"微信暂时限制了您的登录，{whom}，由客服为您报修和查询。", extra={"hotline": hotline}
        )


class UnknownAccount(InvalidInput):
    code, msg = "unknown_account", "没有这个公众号或小程序，请从正确的入口进入。"


class PhoneCodeExpired(InvalidInput):
    code, msg = "phone_code_expired", "手机号授权已失效，请重新点击按钮，或直接填写手机号。"


class PhoneUnavailable(Unavailable):
    code, msg = "phone_unavailable", "暂时无法从微信获取手机号，请直接填写手机号。"
