"""A message in words for people: its title, its lines, and why it went the way it went."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.notices import PAGE, Kind

TITLES: Mapping[str, str] = MappingProxyType(
    {
        Kind.TICKET_PROGRESS: "服务进度通知",
        Kind.ENGINEER_OFFER: "派单通知",
        Kind.RATING_INVITATION: "服务评价邀请",
        Kind.STAFF_NOTICE: "待办提醒",
        Kind.CONVERSATION_REPLY: "客服回复提醒",
        Kind.CONVERSATION_SURVEY: "满意度一问",
    }
)
_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "number": "工单编号",
        "service": "服务项目",
        "state": "当前状态",
        "matter": "事项",
        "level": "级别",
        "engineer": "服务人员",
        "reply": "回复内容",
        "question": "问题",
        "time": "时间",
        "address": "地址",
        "reason": "说明",
        "hint": "提示",
    }
)
# In the order in which a card shows them.
_ORDER = tuple(_LABELS)

_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "no_wechat_identity": "没有绑定微信",
        "not_following": "未关注公众号",
        "unfollowed": "已取消关注",
        "user_block": "客户屏蔽了推送",
        "no_template": "没有登记这类消息的模板",
        "no_consent": "没有可用的订阅次数",
        "no_window": "不在客服消息时限内",
        "channel_closed": "微信渠道因故障暂停",
        "no_phone": "没有手机号码",
        "sms_refused": "短信网关拒收",
        "system_failed": "微信系统失败",
        "system_failed_once": "微信系统失败，已重发一次",
        "outcome_unknown": "结果不明，为免重复不再自动发送",
        "gave_up": "长时间未能发出",
        "gave_up_after_a_day": "一天内未能发出",
        "stale": "消息已过时效，不再打扰",
        "overtaken": "已有更新的进度",
        "consent_withdrawn": "客户不接受这类消息",
        "account_deleted": "客户已注销",
        "coalesced": "已并入另一张卡片",
        "quiet_hours": "夜间免打扰，稍后发送",
        "contact_hours": "按客户方便的时间，稍后发送",
        "burst": "稍后合并发送",
        "frequency_cap": "已达到提醒频次上限，稍后发送",
        "quota": "微信当日额度用尽",
        "unknown_kind": "没有定义的消息类型",
        "no_message_to_show": "消息内容无法显示",
        "delivery_unreported": "微信未报告送达结果",
    }
)


@dataclass(frozen=True)
class Line:
    label: str
    value: str


def title_of(kind: str) -> str:
    return TITLES.get(kind, "通知")


def lines_of(slots: Mapping[str, object]) -> tuple[Line, ...]:
    return tuple(Line(_LABELS[name], str(slots[name])) for name in _ORDER if slots.get(name))


def said(slots: Mapping[str, str], count: int) -> Mapping[str, str]:
    """What a card says, also one that stands for several of its kind; the page that it opens is not said."""
    words = {name: word for name, word in slots.items() if name != PAGE}
    if count < 2 or "matter" not in slots:
        return words
    return {**words, "matter": f"{count} 件待办", "hint": "点开查看全部待办"}


def as_text(kind: str, slots: Mapping[str, str], url: str) -> str:
    """The same as words in a chat."""
    lines = [f"{line.label}：{line.value}" for line in lines_of(slots)]
    return "\n".join([f"【{title_of(kind)}】", *lines, f"查看详情：{url}"])


def as_sms(kind: str, slots: Mapping[str, str], url: str) -> str:
    """Short: an SMS is paid for by its length."""
    said = "，".join(
        str(slots[name]) for name in ("service", "state", "reply", "time", "hint") if slots.get(name)
    )
    return f"【{title_of(kind)}】{said}。详情 {url}"


def reason_zh(reason: str | None) -> str | None:
    """A reason as a person understands it; what came from the platform is Chinese behind its class."""
    if reason is None:
        return None
    return _REASONS.get(reason) or reason.partition(": ")[2] or reason
