"""Words that the platform does not let pass. The real lists are secret and longer; these stand for them."""

import re
from typing import Literal

from sandbox.errors import PlatformError

Suggestion = Literal["pass", "review", "risky"]

# What makes a service message an advertisement.
_MARKETING = (
    "优惠券",
    "代金券",
    "促销",
    "秒杀",
    "红包",
    "抽奖",
    "限时",
    "特价",
    "满减",
    "返现",
    "大礼包",
    "免费领",
    "拼团",
    "砍价",
    "清仓",
    "打折",
    "立减",
    "会员日",
    "新品上市",
)
_LABELS: dict[str, tuple[Suggestion, int]] = {
    "加微信领取": ("risky", 10001),
    "代开发票": ("risky", 10001),
    "颠覆政权": ("risky", 20001),
    "裸聊": ("risky", 20002),
    "色情": ("risky", 20002),
    "傻逼": ("risky", 20003),
    "去死": ("review", 20003),
    "枪支": ("risky", 20006),
    "毒品": ("risky", 20006),
    "赌博": ("risky", 20006),
    "刷单": ("risky", 20008),
    "中奖转账": ("risky", 20008),
    "低俗": ("review", 20012),
    "盗版": ("review", 20013),
    "疑似": ("review", 21000),
}
_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")


def marketing(text: str) -> str | None:
    return next((word for word in _MARKETING if word in text), None)


def judge(text: str) -> tuple[Suggestion, int, str]:
    """Suggestion, label, and the word that decided."""
    found = [(suggest, label, word) for word, (suggest, label) in _LABELS.items() if word in text]
    return next((hit for hit in found if hit[0] == "risky"), found[0] if found else ("pass", 100, ""))


def refuse_sensitive(text: str) -> None:
    if judge(text)[0] == "risky":
        raise PlatformError(45168)


def refuse_escapes(raw: bytes) -> None:
    """The platform shows JSON escapes literally, or refuses them: bodies have to be bare UTF-8."""
    if b"\\u" in raw and _ESCAPED.search(raw):
        raise PlatformError(40033)
