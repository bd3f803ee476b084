"""Rules of the typed fields of a template, from the platform's table of parameter types."""

import re
from collections.abc import Callable
from datetime import date

from sandbox.records import TemplateField

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_CLOCK = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?"
_DATE = r"[0-9]{4}(?:-[0-9]{1,2}-[0-9]{1,2}|/[0-9]{1,2}/[0-9]{1,2}|\.[0-9]{1,2}\.[0-9]{1,2}|年[0-9]{1,2}月[0-9]{1,2}日)"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _pattern(expression: str) -> Callable[[str], bool]:
    compiled = re.compile(expression)
    return lambda value: compiled.fullmatch(value) is not None


def _at_most(limit: int) -> Callable[[str], bool]:
    return lambda value: len(value) <= limit


def _name(value: str) -> bool:
    """Ten characters as soon as one is Chinese, else twenty."""
    return _at_most(20 if value.isascii() else 10)(value)


def _number(value: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", value) is not None and sum(map(str.isdigit, value)) <= 32


def _moments(one_moment: str) -> Callable[[str], bool]:
    matches = re.compile(one_moment)

    def valid(value: str) -> bool:
        moments = value.split("~")
        return len(moments) <= 2 and all(
            matches.fullmatch(moment.strip()) and _real_date(moment) for moment in moments
        )

    return valid


def _real_date(moment: str) -> bool:
    found = re.search(_DATE, moment)
    if found is None:
        return True
    year, month, day = (int(part) for part in re.findall(r"[0-9]+", found.group()))
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


_RULES: dict[str, Callable[[str], bool]] = {
    "thing": _at_most(20),
    # The limit is not documented; five is what accounts report.
    "short_thing": _at_most(5),
    # Letters, digits and symbols; a blank inside is refused too.
    "character_string": _pattern(r"[\x21-\x7e]{1,32}"),
    "phrase": _pattern(rf"[{_HAN}]{{1,5}}"),
    "const": _at_most(20),
    "enum": _at_most(20),
    "name": _name,
    "number": _number,
    "letter": _pattern(r"[A-Za-z]{1,32}"),
    "symbol": _pattern(r"[^\w\s]{1,5}"),
    "amount": _pattern(r"[¥￥$€£]?[0-9]{1,10}(?:\.[0-9]+)?元?"),
    "phone_number": _pattern(r"[0-9+\-() #*]{1,17}"),
    "car_number": _pattern(rf"[{_HAN}A-Za-z0-9·]{{1,8}}"),
    "time": _moments(rf"(?:{_DATE} )?{_CLOCK}"),
    "date": _moments(rf"{_DATE}(?: {_CLOCK})?"),
}


def valid(field: TemplateField, value: str) -> bool:
    if field.allowed:
        return value in field.allowed
    rule = _RULES.get(field.type)
    return rule is not None and _CONTROL.search(value) is None and rule(value)
