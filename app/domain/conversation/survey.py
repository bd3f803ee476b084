"""The question at the end of a chat, as a message menu: each entry carries an id that comes back with the tap."""

from dataclasses import dataclass

from app.domain.conversation.words import SATISFACTION_LABELS, Satisfaction

QUESTION = "这次的咨询服务，您满意吗？点一下即可。"
THANKS = "感谢您的反馈，祝您生活愉快！"
SORRY = "很抱歉没能让您满意，主管会跟进处理。"

# Digits only, as in the platform's own samples: this prefix, the ticket, and the answer as the last digit.
_PREFIX = "77"
_ANSWERS = tuple(Satisfaction)


@dataclass(frozen=True)
class Choice:
    id: str
    label: str


@dataclass(frozen=True)
class Tap:
    ticket_id: int
    answer: Satisfaction

    @property
    def reply(self) -> str:
        return SORRY if self.answer is Satisfaction.BAD else THANKS


def choices(ticket_id: int) -> tuple[Choice, ...]:
    """The entries of the menu for this ticket."""
    return tuple(
        Choice(f"{_PREFIX}{ticket_id}{place}", SATISFACTION_LABELS[answer])
        for place, answer in enumerate(_ANSWERS, start=1)
    )


def tap(menu_id: str | None) -> Tap | None:
    """What was tapped; None for an entry of another menu."""
    if not menu_id or not menu_id.isascii() or not menu_id.isdecimal() or not menu_id.startswith(_PREFIX):
        return None
    ticket, place = menu_id[len(_PREFIX) : -1], int(menu_id[-1])
    if not ticket or len(ticket) > 18 or not 1 <= place <= len(_ANSWERS):
        return None
    return Tap(int(ticket), _ANSWERS[place - 1])
