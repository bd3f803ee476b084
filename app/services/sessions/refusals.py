"""What WeChat's refusals mean for whoever is trying to get in."""

from app.errors import Problem, TooManyRequests, Unavailable
from app.services.sessions.ports import HighRiskUser, InvalidCode, PhoneCodeExpired, PhoneUnavailable
from app.wechat.errors import ErrorClass, Refused, WeChatError

_HIGH_RISK = 40226
# WeChat counts by the minute.
_NEXT_MINUTE = 60


def sign_in_failed(error: WeChatError, hotline: str) -> Problem:
    """A bad code is the caller's to mend; anything else is WeChat's trouble or ours."""
    if error.errcode == _HIGH_RISK:
        return HighRiskUser(hotline)
    if (busy := _busy(error)) is not None:
        return busy
    if isinstance(error, Refused) and error.cls in (ErrorClass.PAYLOAD, ErrorClass.USER):
        return InvalidCode()
    return Unavailable("微信暂时没有回应，请稍后再试。", retry_after=5)


def phone_failed(error: WeChatError) -> Problem:
    """Typing the number is always a way out."""
    if (busy := _busy(error)) is not None:
        return busy
    if isinstance(error, Refused) and error.cls in (ErrorClass.PAYLOAD, ErrorClass.USER):
        return PhoneCodeExpired.at("body.code", PhoneCodeExpired.msg, "expired")
    return PhoneUnavailable(retry_after=5)


def _busy(error: WeChatError) -> TooManyRequests | None:
    if isinstance(error, Refused) and error.cls is ErrorClass.LATER_MINUTE:
        return TooManyRequests("操作太频繁了，请一分钟后再试。", retry_after=_NEXT_MINUTE)
    return None
