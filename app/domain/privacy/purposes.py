"""For which purposes a customer's data are used. What he orders needs some of them; to the others he may say no."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.domain.notices import Kind


class Purpose(StrEnum):
    # Reporting, sending somebody, telling how it goes, the books: without it there is no service.
    SERVICE = "service"
    RATING_INVITATIONS = "rating_invitations"
    FOLLOW_UP_CALLS = "follow_up_calls"
    PUBLIC_REVIEWS = "public_reviews"


class Source(StrEnum):
    """Where somebody said so."""

    MINI_PROGRAM = "mini_program"
    H5 = "h5"
    HOTLINE = "hotline"


@dataclass(frozen=True)
class Meaning:
    """``needed``: who does not want it, gives up his account. ``stops``: the messages that a no ends."""

    label: str
    needed: bool = False
    stops: frozenset[Kind] = frozenset()


MEANINGS: Mapping[Purpose, Meaning] = MappingProxyType(
    {
        Purpose.SERVICE: Meaning("处理报修、上门与售后所必需", needed=True),
        Purpose.RATING_INVITATIONS: Meaning(
            "邀请评价与满意度调查", stops=frozenset({Kind.RATING_INVITATION, Kind.CONVERSATION_SURVEY})
        ),
        Purpose.FOLLOW_UP_CALLS: Meaning("服务后的电话回访"),
        Purpose.PUBLIC_REVIEWS: Meaning("在网点页面展示我的评价"),
    }
)
