"""Rules that are data: the first one whose conditions all hold says which team it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.situation import PRIORITY_LABELS, SERVICE_LABELS, Channel, Priority, ServiceType

CHANNEL_LABELS = {
    Channel.MINI_PROGRAM: "小程序",
    Channel.H5: "H5 页面",
    Channel.CHAT: "公众号会话",
    Channel.HOTLINE: "热线",
    Channel.WEB: "网站",
    Channel.API: "外部系统",
}


@dataclass(frozen=True)
class Member:
    """The level that the customer had when it was asked, and the points that it came from."""

    level: str
    name: str
    points: int


@dataclass(frozen=True)
class Facts:
    """What rules may ask of a ticket. ``member`` None: the house has no membership."""

    channel: Channel
    service_type: ServiceType
    category: str
    words: str
    priority: Priority
    district: str
    service_point_id: str | None
    hazard: bool
    member: Member | None = None


@dataclass(frozen=True)
class Conditions:
    """Empty asks for nothing; of several values one has to hold."""

    channels: tuple[Channel, ...] = ()
    service_types: tuple[ServiceType, ...] = ()
    categories: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    priorities: tuple[Priority, ...] = ()
    districts: tuple[str, ...] = ()
    service_point_ids: tuple[str, ...] = ()
    hazard: bool | None = None
    member_levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """``rank`` is its place in the team's queue: what has a higher one is taken first."""

    position: int
    name: str
    conditions: Conditions
    team_id: str
    rank: int = 0


@dataclass(frozen=True)
class Match:
    rule: Rule
    # In Chinese, one for each condition that the rule has.
    because: tuple[str, ...]


def first_match(rules: Sequence[Rule], facts: Facts) -> Match | None:
    for rule in sorted(rules, key=lambda each: each.position):
        because = _holds(rule.conditions, facts)
        if because is not None:
            return Match(rule, because)
    return None


def _holds(asked: Conditions, facts: Facts) -> tuple[str, ...] | None:
    """Why each condition holds; None when one does not."""
    found = [word for word in asked.words if word in facts.words]
    checks = (
        (asked.channels, facts.channel in asked.channels, f"渠道是{CHANNEL_LABELS[facts.channel]}"),
        (
            asked.service_types,
            facts.service_type in asked.service_types,
            f"类型是{SERVICE_LABELS[facts.service_type]}",
        ),
        (asked.categories, facts.category in asked.categories, f"品类是{facts.category}"),
        (asked.words, bool(found), f"描述中有“{'、'.join(found)}”"),
        (asked.priorities, facts.priority in asked.priorities, f"级别是{PRIORITY_LABELS[facts.priority]}"),
        (asked.districts, facts.district in asked.districts, f"地区是{facts.district}"),
        (asked.service_point_ids, facts.service_point_id in asked.service_point_ids, "属于指定网点"),
        (
            asked.hazard is not None,
            facts.hazard is asked.hazard,
            "有安全隐患" if facts.hazard else "没有安全隐患",
        ),
        (
            asked.member_levels,
            facts.member is not None and facts.member.level in asked.member_levels,
            f"会员级别是{facts.member.name}（当时 {facts.member.points} 分）" if facts.member else "",
        ),
    )
    if not all(holds for wanted, holds, _ in checks if wanted):
        return None
    return tuple(text for wanted, _, text in checks if wanted)
