"""Which refusals people have to mend, as alarms: one for each template, account or code.

However many messages meet it, it is the same alarm, which counts.
"""

from dataclasses import dataclass

from app.domain.delivery import Outcome
from app.domain.ladder import Channel
from app.services.notifications.closures import ACCOUNT, QUOTA, TEMPLATE, subject
from app.wechat.errors import CredentialConflict, ErrorClass, Refused, WeChatError

# What concerns one template; every other mistake of configuration concerns the account.
_OF_A_TEMPLATE = frozenset({40036, 40037, 43100, 43107, 43116})
_CONTENT = 40249


@dataclass(frozen=True)
class Trouble:
    """An alarm to be raised."""

    kind: str
    subject: str
    detail: str
    rid: str | None


def trouble_of(
    error: WeChatError, outcome: Outcome, *, appid: str, channel: Channel, template_id: str | None
) -> Trouble | None:
    """None for what time or the person alone can mend."""
    if outcome is Outcome.LATER_DAY:
        detail = (
            "微信当日额度用尽或账号被限额。今天剩下的消息改走其他渠道；如属异常请到公众平台查看接口额度。"
        )
        return _trouble(QUOTA, subject(appid, channel), detail, error)
    if isinstance(error, CredentialConflict):
        detail = (
            "微信拒绝了刚刚发下的 access_token。请核对 AppSecret，以及有无别的系统同时刷新，再关闭本告警。"
        )
        return _trouble("credential", appid, detail, error)
    if outcome is Outcome.UNHEARD_OF:
        detail = f"微信返回了未知错误码 {error.errcode}：{error.errmsg[:100]}。消息已放进收件箱，请凭 rid 查询原因。"
        return _trouble("unknown_code", str(error.errcode), detail, error)
    if outcome is not Outcome.REFUSED or error.cls is ErrorClass.USER:
        return None
    whose = subject(appid, channel, template_id or "")
    meaning = f"{error.errcode} {error.meaning_zh}" if isinstance(error, Refused) else error.errmsg
    if error.cls is ErrorClass.PAYLOAD:
        detail = f"微信不接受消息的内容（{meaning}）。这是程序的问题，请把 rid 告诉开发人员。"
        return _trouble("payload", whose, detail, error)
    if error.errcode == _CONTENT:
        detail = "一条消息的内容被微信判定为营销或违规而拦截，请检查该模板的用词。"
        return _trouble("content", whose, detail, error)
    if error.errcode in _OF_A_TEMPLATE:
        detail = f"模板不可用（{meaning}），已暂停使用。请在公众平台核对模板后关闭本告警。"
        return _trouble(TEMPLATE, whose, detail, error)
    detail = f"账号配置有误（{meaning}），该渠道已暂停。请按提示处理后关闭本告警。"
    return _trouble(ACCOUNT, subject(appid, channel), detail, error)


def _trouble(kind: str, whose: str, detail: str, error: WeChatError) -> Trouble:
    return Trouble(kind, whose, detail, error.rid)
