"""What a caller hears when WeChat did not do what a way in needs of it."""

from app.errors import Problem, Unavailable
from app.wechat.errors import Refused, WeChatError


def wechat_failed(error: WeChatError) -> Problem:
    """With the reason in WeChat's own terms: the caller is one of us."""
    reason = error.meaning_zh if isinstance(error, Refused) else "没有回应"
    return Unavailable(f"微信：{reason}。请稍后再试，或执行 huixiang wechat check 查看原因。", retry_after=5)
