"""Field types that every input shares."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff]")
_PHONE = re.compile(r"(?:\+?86[- ]?)?(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(?:-\d{1,5})?|400-?\d{3}-?\d{4})")
_MASK = re.compile(r"\d{3}\*{4}\d{4}")


def printable(value: str) -> str:
    """Characters that nobody can see break cards, exports and searches; they are dropped, not refused."""
    cleaned = _CONTROL.sub("", value)
    try:
        cleaned.encode()
    except UnicodeEncodeError as error:
        raise ValueError("文字中有无法识别的字符，请删除后再试。") from error
    return cleaned.strip()


def _phone(value: str) -> str:
    match = _PHONE.fullmatch(value)
    if match is None:
        raise ValueError("请填写正确的手机号或带区号的座机号。")
    return match.group(1)


def _phone_or_mask(value: str) -> str:
    return value if is_masked(value) else _phone(value)


def _sane(value: datetime) -> datetime:
    if not 2000 <= value.year < 2100:
        raise ValueError("时间超出范围，请检查年份。")
    return value


def _non_empty(value: str) -> str:
    if not value:
        raise ValueError("请填写此项。")
    return value


Word = Annotated[str, StringConstraints(max_length=60, strip_whitespace=True), AfterValidator(printable)]
Line = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), AfterValidator(printable)]
Story = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True), AfterValidator(printable)]
NeededWord = Annotated[Word, AfterValidator(_non_empty)]
NeededStory = Annotated[Story, AfterValidator(_non_empty)]
NeededLine = Annotated[Line, AfterValidator(_non_empty)]
Phone = Annotated[
    str,
    StringConstraints(max_length=24, strip_whitespace=True),
    AfterValidator(printable),
    AfterValidator(_phone),
]
# Or one's own as it is shown to its owner, which stands for it: a mini-program never learns more of it.
OwnPhone = Annotated[
    str,
    StringConstraints(max_length=24, strip_whitespace=True),
    AfterValidator(printable),
    AfterValidator(_phone_or_mask),
]
Moment = Annotated[AwareDatetime, AfterValidator(_sane)]


class Input(BaseModel):
    """What callers send: a member that we do not know is an error, not something to ignore."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Output(BaseModel):
    """What callers get: every member is always there."""

    model_config = ConfigDict(frozen=True)


def is_masked(phone: str) -> bool:
    """Is it what ``mask_phone`` makes of a whole number?"""
    return _MASK.fullmatch(phone) is not None


def mask_phone(phone: str) -> str:
    """138****8000; short numbers keep their last two digits only."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else f"****{phone[-2:]}"
