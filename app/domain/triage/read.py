"""Find what a text says: which phrases occur and are meant, not denied."""

import re
from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from app.domain.triage.labels import Fault
from app.domain.triage.pattern import DENIAL, Place
from app.domain.triage.rulebook import Evidence, Reading, Rulebook

_BEFORE, _AFTER = 12, 12
_PAST_FACTOR = 0.35
_BYSTANDER_FACTOR = 0.2
_CLAUSE_ENDS = ",。"
_MENTIONS = frozenset({"name", "piece", "scene"})
_SYMPTOMS = frozenset(
    {Fault.LEAK, Fault.NOISE, Fault.SMELL_OR_FIRE, Fault.ERROR_CODE, Fault.SHOCK_OR_TRIP, Fault.FROST}
)
# In the gap of a phrase that has no denial of its own: 热水器没跳闸 is no trip.
_DENIAL_INSIDE = re.compile(r"没有|没|不是|不会|不(?![停断时住仅光止但小知管久一到])")

# Of danger only a plain denial right before the last words counts: 微波炉不冒火, but not 水流不停滴到插座.
_DENIAL_AT_END = re.compile(r"(?<=.)(没有|没|不|未)(再|见|有)?[冒打着起闪漏烧烫炸爆熄电麻][^,。]{0,2}$")


_BY_PLACE = attrgetter("start", "end")


class Hit(NamedTuple):
    evidence: Evidence
    start: int
    end: int
    words: str
    weight: float


def read(text: str, book: Rulebook) -> list[Hit]:
    """Every phrase that `text` (normalised) affirms; a phrase said twice counts once, in its best place."""
    meant: list[tuple[int, int, int, Hit]] = []
    denied: list[Hit] = []
    past = [found.span() for found in book.reading.past.regex.finditer(text)]
    for place in book.phrases.find(text):
        phrase, start, end, words = place
        context = _Context(text, place, past, book.reading)
        for number, key in phrase.meanings:
            evidence = book.evidence[key]
            denial = context.denial(evidence) if evidence.deniable else None
            if denial is not None:
                denied.append(Hit(evidence, denial, end, words, 0.0))
            elif words:
                factor = context.factor(evidence)
                meant.append((number, start, key, Hit(evidence, start, end, words, evidence.weight * factor)))
    return _without_scraps(_best(meant), denied)


def _best(meant: list[tuple[int, int, int, Hit]]) -> list[Hit]:
    """In the order of the text; what stands in one place, in the order in which the rules were written."""
    best: dict[tuple[int, str], Hit] = {}
    # One phrase stands once in one place, so that the comparison never comes to the hits.
    meant.sort()
    for _, _, key, hit in meant:
        said = (key, hit.words)
        known = best.get(said)
        if known is None or known.weight < hit.weight:
            best[said] = hit
    return sorted(best.values(), key=_BY_PLACE)


class _Context:
    """What stands around one place, looked up once, and only if a meaning of its phrase depends on it."""

    __slots__ = ("_beside", "_denied_around", "_inside", "_past", "_place", "_reading", "_text")

    def __init__(self, text: str, place: Place, past: list[tuple[int, int]], reading: Reading) -> None:
        self._text, self._place, self._reading = text, place, reading
        self._past = past
        self._beside: bool | None = None
        self._denied_around: bool | None = None
        # Without a word of denial nothing is denied inside.
        self._inside = place.phrase.affirms and DENIAL.search(place.words) is not None

    def factor(self, evidence: Evidence) -> float:
        if evidence.kind == "name":
            if self._beside is None:
                self._beside = self._is_beside()
            return _BYSTANDER_FACTOR if self._beside else 1.0
        return _PAST_FACTOR if self._past and evidence.fault is not None and self._is_past() else 1.0

    def denial(self, evidence: Evidence) -> int | None:
        """Where the denial of this meaning begins; None when it is meant."""
        if self._inside and (at := self._denied_inside(evidence)) is not None:
            return at
        if self._denied_around is None:
            self._denied_around = self._is_denied_around()
        return self._place.start if self._denied_around else None

    def _denied_inside(self, evidence: Evidence) -> int | None:
        _, start, end, words = self._place
        if evidence.urgency is not None:
            found = _DENIAL_AT_END.search(words)
            return start + found.start() if found else None
        if evidence.fault not in _SYMPTOMS:
            return None
        found = _DENIAL_INSIDE.search(self._text, start + 1, end)
        return found.start() if found else None

    def _is_denied_around(self) -> bool:
        reading, after = self._reading, self._after()
        if len(self._place.words) > 1 and reading.denied_after.found_in(after):
            return True
        before = self._before()
        if not reading.denied_before.found_in(before) or reading.not_denied_before.found_in(before):
            return False
        return not (reading.worry_before.found_in(before) and reading.worry_after.found_in(after))

    def _is_past(self) -> bool:
        _, start, end, _ = self._place
        return any(left <= start and end <= right for left, right in self._past)

    def _is_beside(self) -> bool:
        reading = self._reading
        return reading.bystander_before.found_in(self._before()) or reading.bystander_after.found_in(
            self._after()
        )

    def _before(self) -> str:
        return self._text[max(0, self._place.start - _BEFORE) : self._place.start]

    def _after(self) -> str:
        return self._text[self._place.end : self._place.end + _AFTER]


def clause_around(text: str, start: int, end: int) -> str:
    left = max((text.rfind(mark, 0, start) for mark in _CLAUSE_ENDS), default=-1) + 1
    ends = [at for mark in _CLAUSE_ENDS if (at := text.find(mark, end)) >= 0]
    return text[left : min(ends, default=len(text))]


def _without_scraps(hits: list[Hit], denied: list[Hit]) -> list[Hit]:
    """The 冰 of 冰箱 is no frost, the 洗 of 洗衣机 no cleaning, the 闸 of 没跳闸 no trip. Danger stays."""
    named = [hit for hit in hits if hit.evidence.kind == "name"]
    if not named and not denied:
        return hits
    names = [
        name for name in named if not any(_lies_in(name, o) and len(o.words) > len(name.words) for o in named)
    ]
    starts = {name.start for name in names}
    kept: list[Hit] = []
    for hit in hits:
        kind = hit.evidence.kind
        if kind == "name":
            is_scrap = hit not in names
        elif kind == "urgency":
            is_scrap = False
        else:
            is_scrap = _is_denied(hit, denied) or _is_part(hit, names, starts)
        if not is_scrap:
            kept.append(hit)
    return kept


def _is_denied(hit: Hit, denied: list[Hit]) -> bool:
    if hit.evidence.kind not in _MENTIONS:
        for other in denied:
            if _lies_in(hit, other):
                return DENIAL.search(hit.words) is None
    return False


def _is_part(hit: Hit, names: list[Hit], starts: set[int]) -> bool:
    """Whether the hit is but a piece of a name, or says something about a bystander."""
    evidence, start, end, _, _ = hit
    for name in names:
        if name.start <= start and end <= name.end and evidence.kind != "tell":
            return True
        if name.start < start < name.end and start not in starts:
            return True
        if evidence.category is name.evidence.category and _lies_in(name, hit) and _is_bystander(name):
            return True
    return False


def _is_bystander(name: Hit) -> bool:
    return name.weight < name.evidence.weight


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
