"""The four dimensions of a rating, and what each star of each stands for.

A star is tied to something the customer saw happen, so that five is earned and one can be acted upon.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

STARS = (1, 2, 3, 4, 5)


class Dimension(StrEnum):
    ATTITUDE = "attitude"
    EXPERTISE = "expertise"
    TIMELINESS = "timeliness"
    CONDUCT = "conduct"


@dataclass(frozen=True)
class Scores:
    """Stars from 1 to 5."""

    attitude: int
    expertise: int
    timeliness: int
    conduct: int

    def of(self, dimension: Dimension) -> int:
        return self.by_dimension[dimension]

    @property
    def lowest(self) -> int:
        return min(self.by_dimension.values())

    @property
    def by_dimension(self) -> Mapping[Dimension, int]:
        return {
            Dimension.ATTITUDE: self.attitude,
            Dimension.EXPERTISE: self.expertise,
            Dimension.TIMELINESS: self.timeliness,
            Dimension.CONDUCT: self.conduct,
        }


DIMENSION_LABELS: Mapping[Dimension, str] = MappingProxyType(
    {
        Dimension.ATTITUDE: "服务态度",
        Dimension.EXPERTISE: "专业技能",
        Dimension.TIMELINESS: "上门时效",
        Dimension.CONDUCT: "服务规范",
    }
)

RUBRIC: Mapping[Dimension, tuple[str, str, str, str, str]] = MappingProxyType(
    {
        Dimension.ATTITUDE: (
            "言语顶撞、推卸责任，或因沟通发生了争执",
            "不耐烦，问几句才答一句，没听完就动手",
            "礼貌但只做不说，问到的问题基本有回答",
            "主动问清故障经过，并说明打算怎么修",
            "耐心听完并复述问题，每一步都说明，离开前确认没有别的疑问",
        ),
        Dimension.EXPERTISE: (
            "没有修好，或者修出了新的故障",
            "靠反复试换零件，说不清故障原因，当场仍不稳定",
            "修好了，但对原因只有笼统的说法",
            "一次修好，讲清了故障原因和更换的零件",
            "很快查准原因、一次修好，当面试机，并教会如何避免再坏",
        ),
        Dimension.TIMELINESS: (
            "没有来，也没有提前说明",
            "超过约定时段一小时以上才到，或临时改约",
            "晚到不足一小时，事先打过电话说明",
            "在约定时段内到达",
            "在约定时段内到达，出发前来过电话，并在说好的时间内完工",
        ),
        Dimension.CONDUCT: (
            "私下收费、索要好评，或损坏物品不认账",
            "没有出示工牌或报价，完工后现场没有收拾",
            "出示了工牌，收费与报价一致，现场大致收拾过",
            "穿鞋套、先报价后动手，旧件当面交代，现场清理干净",
            "全程按规范：工牌、鞋套、垫布、先报价、旧件当面交代、拍照留档、清理并复位",
        ),
    }
)


def rubric(dimension: Dimension, stars: int) -> str:
    return RUBRIC[dimension][STARS.index(stars)]


def overall(scores: Scores) -> float:
    """The plain mean of the four, to two digits: for display only, performance looks at each by itself."""
    values = scores.by_dimension.values()
    return round(sum(values) / len(values), 2)
