"""What WeChat takes for advertising in a service message, and bans the template for.

Our own texts and the templates themselves must be free of it: a test and ``huixiang wechat templates sync`` refuse
them. What people typed (a reply, an address, the name of a fault) is only reworded, since a message that tells
where a ticket stands must never be held up by a word in it.
"""

from collections.abc import Mapping
from types import MappingProxyType

# Each with the plain word that takes its place in what people typed. Longer ones stand before those they contain.
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "优惠券": "卡券",
        "代金券": "卡券",
        "抵用券": "卡券",
        "满减": "费用调整",
        "优惠": "费用调整",
        "折扣": "价格",
        "打折": "调价",
        "特价": "价格",
        "降价": "调价",
        "促销": "活动",
        "大促": "活动",
        "秒杀": "活动",
        "限时": "按时",
        "抽奖": "活动",
        "中奖": "结果",
        "领券": "卡券",
        "领取红包": "款项",
        "红包": "款项",
        "免费领": "领取",
        "免费送": "赠送",
        "买一送一": "活动",
        "返现": "退款",
        "清仓": "活动",
        "爆款": "商品",
        "热卖": "商品",
        "抢购": "购买",
        "拼团": "购买",
        "砍价": "议价",
        "立减": "费用调整",
        "福利": "服务",
        "赚钱": "收入",
        "加盟": "合作",
        "邀请好友": "分享",
        "转发有礼": "分享",
        "点击领取": "查看",
        "会员日": "活动日",
        "双十一": "十一月",
        "双11": "十一月",
    }
)


def marketing_in(text: str) -> tuple[str, ...]:
    """The words in it that read as advertising, each once, in the order of the table."""
    found: list[str] = []
    for word in WORDS:
        if word in text and not any(word in longer for longer in found):
            found.append(word)
    return tuple(found)


def neutral(text: str) -> str:
    """The same without them."""
    for word in marketing_in(text):
        text = text.replace(word, WORDS[word])
    return text
