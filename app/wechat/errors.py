"""What the platform's refusals mean, as data, and the exceptions that carry them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class ErrorClass(StrEnum):
    """What to do next; one class per action, not per cause."""

    OK = "ok"
    REFRESH = "refresh"  # ask for the token again, send once more
    SOON = "soon"  # back off for seconds, a few times
    LATER_MINUTE = "later_minute"  # park until the next minute
    LATER_DAY = "later_day"  # park until 00:00 Asia/Shanghai
    LATER_MONTH = "later_month"
    CONFIG = "config"  # never retry; an operator has to act
    PAYLOAD = "payload"  # never retry; what we sent is wrong
    USER = "user"  # this person cannot be reached on this channel
    REVIEW = "review"  # accepted and held by the platform; never resend
    UNKNOWN = "unknown"  # may or may not have been accepted
    RESULT = "result"  # not a failure: the answer to the question


@dataclass(frozen=True)
class CodeRule:
    code: int
    cls: ErrorClass
    meaning_zh: str
    known: bool = True


_MEANINGS: dict[ErrorClass, dict[int, str]] = {
    ErrorClass.OK: {
        0: "成功",
        45065: "clientmsgid 重复，消息此前已受理",
        87020: "内容检测任务已在队列中",
    },
    ErrorClass.REFRESH: {
        40001: "access_token 无效或不是最新",
        40014: "access_token 不合法",
        41001: "缺少 access_token",
        42001: "access_token 已过期",
    },
    ErrorClass.SOON: {
        -1: "微信系统繁忙",
        43100: "修改模板过于频繁，或模板已不存在",
        43108: "同一用户并发发送",
        44990: "接口每秒调用超限",
        45066: "相同 clientmsgid 重试过快",
    },
    ErrorClass.LATER_MINUTE: {
        44991: "接口每分钟调用超限",
        45011: "接口每分钟频率超限",
    },
    ErrorClass.LATER_DAY: {
        40251: "账号因历史违规被限额，今日已达上限",
        44993: "接口每日调用超限",
        45009: "接口每日额度用尽",
    },
    ErrorClass.LATER_MONTH: {48006: "本月清零额度的次数已用完"},
    ErrorClass.CONFIG: {
        40013: "appid 不合法",
        40036: "模板 id 格式不正确",
        40037: "模板 id 不属于本账号",
        40125: "AppSecret 不正确",
        40164: "服务器 IP 不在白名单",
        40243: "AppSecret 已被冻结",
        40249: "内容被判定为营销或违规，已拦截",
        41002: "缺少 appid",
        41004: "缺少 AppSecret",
        43107: "订阅消息能力或该模板被封禁",
        43116: "模板被滥用，已受限",
        45029: "二维码或小程序码数量达到上限",
        45109: "接口已下线",
        48001: "接口未获授权",
        48004: "接口被封禁",
        50001: "用户未授权该接口",
        50002: "账号受限",
        50004: "获取 token 的接口被禁用",
        50007: "账号被冻结",
        89002: "未绑定到开放平台账号",
        89501: "该 IP 调用等待管理员确认",
        89503: "该 IP 调用需要管理员确认",
        89506: "24 小时内该 IP 被管理员拒绝两次",
        89507: "1 小时内该 IP 被管理员拒绝一次",
    },
    ErrorClass.PAYLOAD: {
        40002: "grant_type 不合法",
        40007: "media_id 无效，或文件已过三天",
        40015: "菜单类型不合法",
        40016: "菜单按钮个数不合法",
        40017: "菜单按钮类型不合法",
        40018: "菜单按钮名称长度不合法",
        40019: "菜单按钮 KEY 长度不合法",
        40020: "菜单按钮 URL 长度不合法",
        40022: "子菜单级数不合法",
        40023: "子菜单按钮个数不合法",
        40024: "子菜单按钮类型不合法",
        40025: "子菜单按钮名称长度不合法",
        40026: "子菜单按钮 KEY 长度不合法",
        40027: "子菜单按钮 URL 长度不合法",
        40028: "自定义菜单使用用户不合法",
        40029: "code 无效，需要重新登录",
        40030: "refresh_token 无效，需要重新授权",
        40033: "请求中含有 \\uXXXX 转义字符",
        40053: "二维码参数不合法",
        40097: "参数不正确",
        40129: "场景值不合法",
        40159: "页面路径不存在或过长",
        40163: "code 已被使用，需要重新登录",
        40165: "页面路径不合法",
        40169: "scene 长度不合法",
        40212: "页面参数不合法",
        40250: "消息内容格式不完整",
        41030: "页面不在已发布的版本中",
        42002: "refresh_token 已过期，需要重新授权",
        42003: "code 已过期，需要重新登录",
        42007: "用户修改了密码，需要重新授权",
        43001: "需要 GET 请求",
        43002: "需要 POST 请求",
        43003: "需要 HTTPS 请求",
        43104: "openid 与 appid 不匹配",
        45067: "clientmsgid 过长",
        45168: "内容含敏感词",
        45010: "菜单创建个数超过限制",
        46003: "还没有创建菜单",
        47001: "请求体不是合法的 JSON",
        47003: "模板字段为空或不符合类型规则",
        61010: "用户两小时内没有访问过小程序",
        76001: "rid 不存在",
        76002: "rid 为空或格式错误",
        76003: "当前账号无权查询该 rid",
        76004: "rid 已过期",
        85079: "小程序没有线上版本",
        85096: "scene 或页面参数不合法",
        85401: "链接有效期不在 1 分钟到 30 天之间",
        85402: "链接参数不合法",
    },
    ErrorClass.USER: {
        40003: "openid 不正确或不属于本账号",
        40226: "高风险用户，被平台拦截",
        43004: "用户没有关注公众号",
        43019: "用户在黑名单中",
        43101: "用户没有订阅，或订阅次数已用完",
        45015: "超出客服消息回复时限",
        45047: "客服消息条数已用完",
        48002: "用户拒收消息",
        50005: "用户没有关注公众号",
    },
    ErrorClass.REVIEW: {40252: "内容审核中，通过后由平台下发"},
    ErrorClass.RESULT: {87014: "内容含违规信息"},
}

CODES: Mapping[int, CodeRule] = MappingProxyType(
    {
        code: CodeRule(code, cls, meaning)
        for cls, meanings in _MEANINGS.items()
        for code, meaning in meanings.items()
    }
)


def rule_for(errcode: int) -> CodeRule:
    """The rule of a code; one that nobody has met needs a person, so it is CONFIG with `known` False."""
    return CODES.get(errcode) or CodeRule(errcode, ErrorClass.CONFIG, "未知错误码", known=False)


def classify(errcode: int) -> ErrorClass:
    return rule_for(errcode).cls


class WeChatError(Exception):
    """A call that did not succeed. `cls` says what to do; nothing here ever holds a token or a secret."""

    def __init__(
        self,
        errmsg: str,
        *,
        cls: ErrorClass,
        errcode: int | None = None,
        rid: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(errmsg)
        self.errmsg = errmsg
        self.cls = cls
        self.errcode = errcode
        self.rid = rid
        self.retry_after = retry_after

    def __str__(self) -> str:
        code = "" if self.errcode is None else f"{self.errcode} "
        rid = "" if self.rid is None else f" (rid {self.rid})"
        return f"{code}{self.errmsg}{rid}"


class Unreachable(WeChatError):
    """Nothing of the message was written: safe to send again."""

    def __init__(self, errmsg: str) -> None:
        super().__init__(errmsg, cls=ErrorClass.SOON)


class Unanswered(WeChatError):
    """The message was (partly) written and no answer came back: it may have been accepted."""

    def __init__(self, errmsg: str) -> None:
        super().__init__(errmsg, cls=ErrorClass.UNKNOWN)


class Unreadable(WeChatError):
    """An answer came, but it is not what the call returns: it may have been accepted."""

    def __init__(self, errmsg: str) -> None:
        super().__init__(errmsg, cls=ErrorClass.UNKNOWN)


class ServerFailed(WeChatError):
    """The platform answered with an HTTP status of its own instead of an errcode."""

    def __init__(self, status: int) -> None:
        transient = status >= 500 or status == 429
        super().__init__(f"HTTP {status}", cls=ErrorClass.SOON if transient else ErrorClass.CONFIG)
        self.status = status


_RID = re.compile(r"[,\s]*rid:?\s*([0-9a-zA-Z]+(?:-[0-9a-zA-Z]+)+)")


class Refused(WeChatError):
    """The platform answered with an errcode."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        rule = rule_for(errcode)
        found = _RID.search(errmsg)
        text = _RID.sub("", errmsg).strip()
        super().__init__(text, cls=rule.cls, errcode=errcode, rid=found[1] if found else None)
        self.known = rule.known
        self.meaning_zh = rule.meaning_zh


class CredentialConflict(WeChatError):
    """The platform refuses a token that it just gave us: a fault of the account, not of the message.

    Park the message (hence LATER_MINUTE) and alert an operator; resending at once only burns quota.
    """

    def __init__(self, errmsg: str, *, retry_after: float, refusal: Refused | None = None) -> None:
        super().__init__(
            errmsg,
            cls=ErrorClass.LATER_MINUTE,
            errcode=refusal.errcode if refusal else None,
            rid=refusal.rid if refusal else None,
            retry_after=retry_after,
        )


class BreakerOpen(WeChatError):
    """Too many token errors lately: nothing was sent, and nothing will be for `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("token circuit is open", cls=ErrorClass.LATER_MINUTE, retry_after=retry_after)
