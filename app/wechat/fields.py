"""The typed fields of template messages.

Each type has its own idea of a valid value, and one that is invalid or empty makes the platform refuse the
whole message (47003). `clip` turns what we have into what it takes.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")

_ELLIPSIS = "…"
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}

_CJK = "\u4e00-\u9fa5"
_DAY = r"\d{4}(?:年\d{1,2}月\d{1,2}日|-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|\.\d{1,2}\.\d{1,2})"
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_DAY_CLOCK = rf"{_DAY} {_CLOCK}"
_TIME = re.compile(rf"(?<!\d)(?:{_DAY_CLOCK}|{_CLOCK})(?:~(?:{_DAY_CLOCK}|{_CLOCK}))?(?!\d)", re.ASCII)
_DATE = re.compile(rf"(?<!\d)(?:{_DAY_CLOCK}|{_DAY})(?:~(?:{_DAY_CLOCK}|{_DAY}|{_CLOCK}))?(?!\d)", re.ASCII)
_REAL_DAY = re.compile(r"(\d{4})[年/.-](\d{1,2})[月/.-](\d{1,2})", re.ASCII)
_NUMBER = re.compile(r"([0-9]+)(\.[0-9]+)?")
_AMOUNT = re.compile(r"([¥￥$€£]?)([0-9]{1,10})(\.[0-9]{1,2})?(元?)")
_ROUGH_NUMBER = re.compile(r"(-?)([0-9][0-9,]*)(\.[0-9]+)?")
_ROUGH_AMOUNT = re.compile(r"(-?)([¥$€£]?)\s*(-?)([0-9][0-9,]*)(\.[0-9]{1,2})?[0-9]*\s*(元?)")


class Unfit(ValueError):
    """Nothing of the value can be shown in a field of this type."""


@dataclass(frozen=True)
class _Rule:
    clip: Callable[[str], str]
    valid: Callable[[str], bool]


def clip(field_type: str, value: str) -> str:
    """A value that the platform takes, as close as can be; raises Unfit if none would be left."""
    rule = _RULES[field_type]
    clipped = rule.clip(value)
    if not rule.valid(clipped):
        raise Unfit(f"{value[:40]!r} cannot be shown as {field_type}")
    return clipped


def valid(field_type: str, value: str) -> bool:
    return _RULES[field_type].valid(value)


def format_time(moment: datetime) -> str:
    """`2026年11月22日 15:01`, as the clock on the wall in China shows it."""
    local = _local(moment)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def format_window(start: datetime, end: datetime) -> str:
    """`2026年11月22日 14:00~16:00`, with a second date only if the window passes midnight."""
    same_day = _local(start).date() == _local(end).date()
    return f"{format_time(start)}~{f'{_local(end):%H:%M}' if same_day else format_time(end)}"


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time without its zone cannot be shown")
    return moment.astimezone(BEIJING)


def _width(text: str) -> int:
    """Length as JavaScript counts, so that an emoji is two: the stricter of the two readings of 字符."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _one_line(text: str) -> str:
    seen = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char) not in _INVISIBLE
    )
    return " ".join(seen.split())


def _shorten(text: str, limit: int) -> str:
    if _width(text) <= limit:
        return text
    while _width(text) > limit - 1:
        text = text[:-1]
    return text.rstrip() + _ELLIPSIS


def _free(limit: int) -> _Rule:
    return _Rule(
        clip=lambda value: _shorten(_one_line(value), limit),
        valid=lambda value: 0 < _width(value) <= limit and value == _one_line(value),
    )


def _only(allowed: str, limit: int) -> _Rule:
    """Keep what the character class allows and cut plainly: an ellipsis would not be allowed."""
    forbidden = re.compile(f"[^{allowed}]")
    whole = re.compile(f"[{allowed}]{{1,{limit}}}")
    return _Rule(
        clip=lambda value: forbidden.sub("", unicodedata.normalize("NFKC", value))[:limit],
        valid=lambda value: whole.fullmatch(value) is not None,
    )


def _name() -> _Rule:
    chinese, foreign = _only(f"{_CJK}A-Za-z·.()_'-", 10), _only("A-Za-z·.()_'-", 20)
    is_chinese = re.compile(f"[{_CJK}]").search
    return _Rule(
        clip=lambda value: (chinese if is_chinese(value) else foreign).clip(value),
        valid=lambda value: chinese.valid(value) or foreign.valid(value),
    )


def _symbols(value: str) -> str:
    # An underscore is part of words to most programs that look for symbols.
    return "".join(char for char in value if unicodedata.category(char)[0] in "PS" and char != "_")


def _clip_number(value: str) -> str:
    found = _ROUGH_NUMBER.search(unicodedata.normalize("NFKC", value))
    if found is None or found[1]:
        return ""  # the type has no sign, and a debt must not become a credit
    whole, fraction = found[2].replace(",", ""), found[3] or ""
    return (whole + fraction)[: max(32, len(whole))].rstrip(".")


def _valid_number(value: str) -> bool:
    return len(value) <= 32 and _NUMBER.fullmatch(value) is not None


def _clip_amount(value: str) -> str:
    found = _ROUGH_AMOUNT.search(unicodedata.normalize("NFKC", value))
    if found is None or found[1] or found[3]:
        return ""
    return f"{found[2]}{found[4].replace(',', '')}{found[5] or ''}{found[6]}"


def _moments(pattern: re.Pattern[str]) -> _Rule:
    def is_valid(value: str) -> bool:
        return pattern.fullmatch(value) is not None and _days_exist(value)

    def find(value: str) -> str:
        found = pattern.finditer(_spelled_as_moment(value))
        return next((match[0] for match in found if is_valid(match[0])), "")

    return _Rule(clip=find, valid=is_valid)


def _spelled_as_moment(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is not None and moment.year > 1:
        return format_time(moment)
    text = " ".join(unicodedata.normalize("NFKC", value).split())
    text = re.sub(r"(?<=\d)T(?=\d)", " ", text)
    return re.sub(r" ?[~〜—–至] ?", "~", text)


def _days_exist(value: str) -> bool:
    try:
        for year, month, day in _REAL_DAY.findall(value):
            date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


_RULES: Mapping[str, _Rule] = {
    "thing": _free(20),
    "short_thing": _free(5),
    # And registered with the template, which only the platform knows.
    "const": _free(20),
    "enum": _free(20),
    "character_string": _only("A-Za-z0-9_-", 32),
    "phrase": _only(_CJK, 5),
    "name": _name(),
    "number": _Rule(_clip_number, _valid_number),
    "letter": _only("A-Za-z", 32),
    "symbol": _Rule(
        lambda value: _symbols(value)[:5], lambda value: 0 < len(_symbols(value)) == len(value) <= 5
    ),
    "amount": _Rule(_clip_amount, lambda value: _AMOUNT.fullmatch(value) is not None),
    "phone_number": _only("0-9+()*#-", 17),
    "car_number": _only(f"{_CJK}A-Za-z0-9", 8),
    "time": _moments(_TIME),
    "date": _moments(_DATE),
}
FIELD_TYPES = frozenset(_RULES)
