"""What may be shown to others: the house's own sieve, and what WeChat's answers mean for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType


class SubjectKind(StrEnum):
    NICKNAME = "nickname"
    COMMENT = "comment"
    PHOTO = "photo"


class ContentKind(StrEnum):
    TEXT = "text"
    IMAGE = "image"


class CheckState(StrEnum):
    PENDING = "pending"
    PASSED = "passed"
    # For a person to decide.
    REVIEW = "review"
    RISKY = "risky"
    # Nobody could look at it: WeChat refused for good. Hidden, and in the list of people as well.
    FAILED = "failed"


KIND_OF: Mapping[SubjectKind, ContentKind] = MappingProxyType(
    {
        SubjectKind.NICKNAME: ContentKind.TEXT,
        SubjectKind.COMMENT: ContentKind.TEXT,
        SubjectKind.PHOTO: ContentKind.IMAGE,
    }
)
# WeChat judges by where a thing is shown: 1 a profile, 2 a comment.
SCENE_OF: Mapping[SubjectKind, int] = MappingProxyType(
    {SubjectKind.NICKNAME: 1, SubjectKind.COMMENT: 2, SubjectKind.PHOTO: 2}
)
LABELS: Mapping[int, str] = MappingProxyType(
    {
        100: "正常",
        10001: "广告",
        20001: "时政",
        20002: "色情",
        20003: "辱骂",
        20006: "违法犯罪",
        20008: "欺诈",
        20012: "低俗",
        20013: "版权",
        21000: "其他",
    }
)


@dataclass(frozen=True)
class Judgement:
    state: CheckState
    reason: str | None = None
    label: int | None = None


# Not a list of all bad words, which is WeChat's business; what a service point's page attracts, and what
# gives away somebody's number or address. A hit is for a person to decide: 「加我微信」 may be a quotation.
_CONTACTS = "含有联系方式"
_SIEVE: tuple[tuple[str, re.Pattern[str]], ...] = (
    # Before the numbers of telephones, which it contains.
    ("疑似证件号码", re.compile(r"\d{17}[\dx]")),
    (_CONTACTS, re.compile(r"1[3-9]\d{9}")),
    (_CONTACTS, re.compile(r"0\d{2,3}-?\d{7,8}")),
    (_CONTACTS, re.compile(r"(?:微信|薇信|威信|vx|wx|weixin|qq|扣扣)(?:号|群)?[::]?[a-z0-9_-]{5,20}")),
    (_CONTACTS, re.compile(r"加(?:我|个|一下)?(?:微信|薇信|威信|v信|vx|qq|扣扣)")),
    ("含有链接", re.compile(r"https?:|www\.|\.(?:com|cn|net|top|xyz|vip)\b")),
    ("疑似广告", re.compile(r"刷单|返利|兼职日结|代开发票|办证|套现|贷款秒批|优惠券群|低价回收")),
    ("疑似赌博", re.compile(r"博彩|赌场|六合彩|时时彩|百家乐|下注")),
    ("疑似色情", re.compile(r"约炮|裸聊|一夜情|援交|招嫖")),
    ("疑似辱骂", re.compile(r"傻[逼比b]|操你|草你|妈的[逼比]|去死|滚蛋|王八蛋|狗娘养|脑残")),
)
# What is put between the characters so that nobody's list finds them.
_FILLING = re.compile(r"[\s.·*_~|/\\,，。、!！-]+")
_FULL_WIDTH = str.maketrans({0xFF01 + n: 0x21 + n for n in range(94)})


def sieve(text: str) -> str | None:
    """Why a person should look at this text; None when the house has nothing to say against it."""
    plain = text.translate(_FULL_WIDTH).lower()
    tight = _FILLING.sub("", plain)
    return next((why for why, sign in _SIEVE if sign.search(plain) or sign.search(tight)), None)


def judge(suggest: str, label: int | None) -> Judgement:
    """What WeChat suggests. A word that it did not use to say is for a person."""
    name = LABELS.get(label or 0, "其他")
    match suggest:
        case "pass":
            return Judgement(CheckState.PASSED, None, label)
        case "risky":
            return Judgement(CheckState.RISKY, f"微信判定违规：{name}", label)
        case "review":
            return Judgement(CheckState.REVIEW, f"微信建议人工复核：{name}", label)
        case _:
            return Judgement(CheckState.REVIEW, "微信的结果无法识别，请人工复核", label)


# Once asked about a picture, WeChat answers by an event within half an hour.
ANSWER_WITHIN = timedelta(minutes=35)
MOST_ATTEMPTS = 8


def patience(attempts: int) -> timedelta:
    """How long to wait after the so-manieth try that found nobody in."""
    return timedelta(seconds=min(5 * 4 ** max(attempts - 1, 0), 3600))


def shown_name(nickname: str) -> str:
    """王**: enough to tell two reviews apart, too little to find somebody."""
    return f"{nickname[0]}**" if nickname else "匿名用户"
