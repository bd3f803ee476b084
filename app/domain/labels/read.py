"""Read the text of a label's code: lines with names, an address with parameters, GS1, or a bare serial number."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qsl, urlsplit

from app.domain.labels.rules import FIELDS, Brand, Rules, load_rules

_SEPARATOR = "\x1d"
_BRACKETED = re.compile(r"\((\d{2,4})\)([^(]*)")
_SYMBOLOGY = re.compile(r"^\](?:d2|C1|Q3|e0)")
_LINE = re.compile(r"^\s*([^:：]{1,20}?)\s*[:：]\s*(.+?)\s*$")
_DATE = re.compile(r"(20\d{2})\D?(1[0-2]|0?[1-9])(?:\D?(3[01]|[12]\d|0?[1-9]))?")
# How sure one may be of what was named, of what a brand's own pattern says, and of a mere look.
_NAMED, _BRANDED, _GUESSED = 0.9, 0.8, 0.4


@dataclass(frozen=True)
class Label:
    """``confidence`` from 0 to 1; ``seen`` are the fields that the text itself names."""

    brand: str = ""
    model: str = ""
    serial_number: str = ""
    category: str = ""
    manufactured_on: date | None = None
    confidence: float = 0.0
    seen: tuple[str, ...] = ()


def read_label(text: str) -> Label:
    """An empty label with confidence 0 for what is none."""
    rules = load_rules()
    for reader in (_address, _gs1, _lines):
        if found := reader(text.strip(), rules):
            return _completed(found, rules, _NAMED)
    word = text.strip().upper()
    if rules.plain.fullmatch(word):
        return _completed({"serial_number": word}, rules, _GUESSED)
    return Label()


Found = Mapping[str, str]
Reader = Callable[[str, Rules], Found]


def _address(text: str, rules: Rules) -> dict[str, str]:
    if not text.lower().startswith(("http://", "https://")):
        return {}
    try:
        parts = urlsplit(text)
    except ValueError:
        return {}
    found = {
        rules.query[key.lower()]: value.strip()
        for key, value in parse_qsl(parts.query)
        if key.lower() in rules.query and value.strip()
    }
    host = parts.netloc.partition(":")[0].lower()
    brand = next((brand.name for brand in rules.brands if host in brand.hosts), "")
    if brand and found:
        found.setdefault("brand", brand)
    return found


def _gs1(text: str, rules: Rules) -> dict[str, str]:
    """With brackets as people print it, or raw as scanners give it."""
    pairs = _BRACKETED.findall(text) if text.startswith("(") else _raw(_SYMBOLOGY.sub("", text), rules)
    known = {rules.gs1[key].field: value.strip() for key, value in pairs if key in rules.gs1}
    return {field: value for field, value in known.items() if field}


def _raw(text: str, rules: Rules) -> list[tuple[str, str]]:
    """Only what begins with the number of the article: many serial numbers begin like some identifier."""
    if not re.match(r"01\d{14}", text):
        return []
    pairs = []
    while text:
        key = next((key for key in rules.gs1 if text.startswith(key)), None)
        if key is None:
            break
        length = rules.gs1[key].length
        value = text[len(key) :][:length] if length else text[len(key) :].partition(_SEPARATOR)[0]
        pairs.append((key, value))
        text = text[len(key) + len(value) :].removeprefix(_SEPARATOR)
    return pairs


def _lines(text: str, rules: Rules) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in re.split(r"[\r\n;；]+", text):
        if (match := _LINE.match(line)) and (field := rules.lines.get(match[1].lower())):
            found.setdefault(field, match[2])
    return found


def _completed(found: Found, rules: Rules, confidence: float) -> Label:
    """With what the brand's patterns say of the numbers."""
    label = Label(
        brand=found.get("brand", ""),
        model=found.get("model", ""),
        serial_number=found.get("serial_number", ""),
        category=found.get("category", ""),
        manufactured_on=_day(found.get("manufactured_on", "")),
        confidence=confidence,
        seen=tuple(field for field in FIELDS if found.get(field)),
    )
    brand = rules.brand_named(label.brand) or _by_serial(label.serial_number, rules)
    return label if brand is None else _of_brand(label, brand)


def _by_serial(serial: str, rules: Rules) -> Brand | None:
    return next((brand for brand in rules.brands if brand.serial.fullmatch(serial)), None)


def _of_brand(label: Label, brand: Brand) -> Label:
    match = brand.serial.fullmatch(label.serial_number)
    made = label.manufactured_on or (_made(match) if match else None)
    sure = max(label.confidence, _BRANDED) if match else label.confidence
    category = brand.category_of(label.model) or label.category
    return replace(label, brand=brand.name, category=category, manufactured_on=made, confidence=sure)


def _made(match: re.Match[str]) -> date:
    """The first of the month: a warranty is never reckoned longer by it than by the day itself."""
    return date(2000 + int(match["year"]), ord(match["month"]) - ord("A") + 1, 1)


def _day(text: str) -> date | None:
    """20260131, 2026-01-31, 2026年1月, or the six digits of GS1."""
    if re.fullmatch(r"\d{6}", text):
        text = f"20{text}"
    match = _DATE.search(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3] or 1))
    except ValueError:
        return None
