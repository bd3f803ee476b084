"""The words in which messages are kept."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Author(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"
    SYSTEM = "system"


class MessageKind(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    # What came cannot be shown here; the text says what it was.
    NOTE = "note"
    SURVEY = "survey"
    MENU_TAP = "menu_tap"


class Satisfaction(StrEnum):
    """One tap at the end of a chat; it is no rating of the service in its four dimensions."""

    GOOD = "good"
    FAIR = "fair"
    BAD = "bad"


SATISFACTION_LABELS: Mapping[Satisfaction, str] = MappingProxyType(
    {Satisfaction.GOOD: "满意", Satisfaction.FAIR: "一般", Satisfaction.BAD: "不满意"}
)
PICTURE = "[图片]"
LONGEST = 2000


def line(kind: MessageKind, text: str, pictures: int) -> str:
    """A message as one line of a card or a list."""
    flat = " ".join(text.split())
    if kind is MessageKind.IMAGE or (pictures and not flat):
        return f"{PICTURE}{flat}"
    return flat
