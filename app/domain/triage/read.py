"""Find what a text says: which phrases occur and are meant, not denied."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from app.domain.triage.labels import Category, Fault
from app.domain.triage.pattern import DENIALS
from app.domain.triage.rulebook import MENTIONS, Evidence, Reading, Rulebook

_BEFORE, _AFTER = 12, 12
_PAST_FACTOR = 0.35
_BYSTANDER_FACTOR = 0.2
_CLAUSE_ENDS = ",。"
_SYMPTOMS = frozenset(
    {Fault.LEAK, Fault.NOISE, Fault.SMELL_OR_FIRE, Fault.ERROR_CODE, Fault.SHOCK_OR_TRIP, Fault.FROST}
)
# In the gap of a phrase that has no denial of its own: 热水器没跳闸 is no trip.
_DENIAL_INSIDE = re.compile(r"没有|没|不是|不会|不(?![停断时住仅光止但小知管久一到])")

# Of danger only a plain denial right before the last words counts: 微波炉不冒火, but not 水流不停滴到插座.
_DENIAL_AT_END = re.compile(r"(?<=.)(没有|没|不|未)(再|见|有)?[冒打着起闪漏烧烫炸爆熄电麻][^,。]{0,2}$")


class Hit(NamedTuple):
    """`number` is its place in the rules. The fields stand in the order by which hits are sorted."""

    start: int
    end: int
    number: int
    evidence: Evidence
    words: str
    weight: float


Span = tuple[int, int]


def read(text: str, book: Rulebook, *, declared: str | None = None) -> list[Hit]:
    """Every phrase that `text` (normalised) affirms; a phrase said twice counts once, in its best place.

    In the order of the text; what stands in one place, in the order in which the rules were written. Left out is what
    only leans towards a product of which neither the text nor the customer, by what he `declared`, speaks.
    """
    around = _Around(text, book.reading)
    meant, denied = _affirmed(text, book, around)
    about = {declared, Category.OTHER, None, *[evidence.speaks_of for _, _, _, evidence, _ in meant]}
    best: dict[tuple[Evidence, str], Hit] = {}
    for start, end, number, evidence, words in meant:
        if evidence.leans and evidence.category not in about:
            continue
        weight = evidence.weight
        if evidence.kind == "name":
            if around.sets_beside(start, end):
                weight *= _BYSTANDER_FACTOR
        elif around.past and evidence.fault is not None and around.is_past(start, end):
            weight *= _PAST_FACTOR
        said = evidence, words
        known = best.get(said)
        if known is None or _prefers(weight, number, start, known):
            best[said] = Hit(start, end, number, evidence, words, weight)
    return _without_scraps(sorted(best.values()), denied)


def _affirmed(
    text: str, book: Rulebook, around: "_Around"
) -> tuple[list[tuple[int, int, int, Evidence, str]], list[Span]]:
    """What is meant (start, end, number in the rules, meaning, words), and where something is denied."""
    meant: list[tuple[int, int, int, Evidence, str]] = []
    denied: set[Span] = set()
    for phrase, start, end, words in book.phrases.find(text):
        # Without a word of denial nothing is denied inside.
        inside = phrase.affirms and not DENIALS.isdisjoint(words)
        outside: bool | None = None
        for number, evidence in phrase.meanings:
            if evidence.deniable:
                if inside and (at := _denied_inside(evidence, text, start, end)) is not None:
                    denied.add((at, end))
                    continue
                if outside is None:
                    outside = around.denies(start, end)
                if outside:
                    denied.add((start, end))
                    continue
            meant.append((start, end, number, evidence, words))
    return meant, list(denied)


def _prefers(weight: float, number: int, start: int, known: Hit) -> bool:
    return (-weight, number, start) < (-known.weight, known.number, known.start)


def _denied_inside(evidence: Evidence, text: str, start: int, end: int) -> int | None:
    """Where within the words the denial of this meaning begins; None when it is meant."""
    if evidence.urgency is not None:
        found = _DENIAL_AT_END.search(text[start:end])
        return start + found.start() if found else None
    if evidence.fault not in _SYMPTOMS:
        return None
    found = _DENIAL_INSIDE.search(text, start + 1, end)
    return found.start() if found else None


class _Around:
    """What stands around the places of one text. Many begin or end together: each side of them is looked at once."""

    __slots__ = ("_after", "_before", "_reading", "_text", "past")

    def __init__(self, text: str, reading: Reading) -> None:
        self._text, self._reading = text, reading
        self._before: dict[int, bool | None] = {}
        self._after: dict[int, bool] = {}
        self.past: list[Span] = []
        if reading.past.found_in(text):
            self.past = [found.span() for found in reading.past.regex.finditer(text)]

    def denies(self, start: int, end: int) -> bool:
        if end - start > 1:
            after = self._after.get(end)
            if after is None:
                after = self._after[end] = self._reading.denied_after.found_in(self._text[end : end + _AFTER])
            if after:
                return True
        if start not in self._before:
            self._before[start] = self._denied_before(start)
        before = self._before[start]
        return before is True or (before is None and not self._asks(end))

    def _denied_before(self, start: int) -> bool | None:
        """None: it depends on whether a question follows, which makes a worry of it."""
        reading, before = self._reading, self._text[max(0, start - _BEFORE) : start]
        if not reading.denied_before.found_in(before) or reading.not_denied_before.found_in(before):
            return False
        return None if reading.worry_before.found_in(before) else True

    def _asks(self, end: int) -> bool:
        return self._reading.worry_after.found_in(self._text[end : end + _AFTER])

    def is_past(self, start: int, end: int) -> bool:
        return any(left <= start and end <= right for left, right in self.past)

    def sets_beside(self, start: int, end: int) -> bool:
        reading, text = self._reading, self._text
        return reading.bystander_before.found_in(
            text[max(0, start - _BEFORE) : start]
        ) or reading.bystander_after.found_in(text[end : end + _AFTER])


def clause_around(text: str, start: int, end: int) -> str:
    left = max((text.rfind(mark, 0, start) for mark in _CLAUSE_ENDS), default=-1) + 1
    ends = [at for mark in _CLAUSE_ENDS if (at := text.find(mark, end)) >= 0]
    return text[left : min(ends, default=len(text))]


def _without_scraps(hits: list[Hit], denied: list[Span]) -> list[Hit]:
    """The 冰 of 冰箱 is no frost, the 洗 of 洗衣机 no cleaning, the 闸 of 没跳闸 no trip. Danger stays."""
    named = [hit for hit in hits if hit.evidence.kind == "name"]
    if not named and not denied:
        return hits
    names = [name for name in named if len(named) == 1 or not _is_within_longer(name, named)]
    starts = {name.start for name in names}
    kept: list[Hit] = []
    for hit in hits:
        kind = hit.evidence.kind
        if kind == "name":
            is_scrap = hit not in names
        elif kind == "urgency":
            is_scrap = False
        else:
            is_scrap = _is_part(hit, names, starts) or (bool(denied) and _is_denied(hit, denied))
        if not is_scrap:
            kept.append(hit)
    return kept


def _is_within_longer(name: Hit, named: list[Hit]) -> bool:
    return any(len(other.words) > len(name.words) and _lies_in(name, other) for other in named)


def _is_denied(hit: Hit, denied: list[Span]) -> bool:
    if hit.evidence.kind in MENTIONS:
        return False
    for start, end in denied:
        if start <= hit.start and hit.end <= end:
            return DENIALS.isdisjoint(hit.words)
    return False


def _is_part(hit: Hit, names: list[Hit], starts: set[int]) -> bool:
    """Whether the hit is but a piece of a name, or says something about a bystander."""
    start, end, _, evidence, _, _ = hit
    for left, right, _, name, _, weight in names:
        if end <= left or right <= start:
            continue
        if left <= start and end <= right and evidence.kind != "tell":
            return True
        if left < start < right and start not in starts:
            return True
        is_bystander = weight < name.weight
        if is_bystander and evidence.category is name.category and start <= left and right <= end:
            return True
    return False


def _lies_in(hit: Hit, other: Hit) -> bool:
    return other.start <= hit.start and hit.end <= other.end


def strongest(hits: Iterable[Hit], most: int) -> list[Hit]:
    """The heaviest hits that do not overlap, heaviest first: one thing said is counted once."""
    chosen: list[Hit] = []
    for hit in sorted(hits, key=_rank):
        start, end = hit.start, hit.end
        for other in chosen:
            if start < other.end and other.start < end:
                break
        else:
            chosen.append(hit)
            if len(chosen) == most:
                break
    return chosen


def _rank(hit: Hit) -> tuple[float, int, int]:
    return -hit.weight, hit.start, -hit.end
