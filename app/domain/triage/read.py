"""Find what a text says: which phrases occur and are meant, not denied."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from app.domain.triage.labels import Fault
from app.domain.triage.pattern import DENIAL, Place
from app.domain.triage.rulebook import Evidence, Rulebook

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


class Hit(NamedTuple):
    evidence: Evidence
    start: int
    end: int
    words: str
    weight: float


def read(text: str, book: Rulebook) -> list[Hit]:
    """Every phrase that `text` (normalised) affirms; a phrase said twice counts once, in its best place."""
    meant: list[tuple[int, int, Hit]] = []
    denied: list[Hit] = []
    past = [found.span() for found in book.reading.past.regex.finditer(text)]
    for place in book.phrases.find(text):
        context = _Context(text, place, past, book)
        for number, key in place.phrase.meanings:
            evidence = book.evidence[key]
            hit = Hit(
                evidence, place.start, place.end, place.words, evidence.weight * context.factor(evidence)
            )
            denial = context.denial(evidence)
            if denial is None:
                meant.append((number, key, hit))
            else:
                denied.append(hit._replace(start=denial))
    return _without_scraps(_best(meant), denied)


def _best(meant: list[tuple[int, int, Hit]]) -> list[Hit]:
    """In the order of the text; what stands in one place, in the order in which the rules were written."""
    best: dict[tuple[int, str], Hit] = {}
    for _, key, hit in sorted(meant, key=lambda one: (one[0], one[2].start)):
        said = (key, hit.words)
        if hit.words and (said not in best or best[said].weight < hit.weight):
            best[said] = hit
    return sorted(best.values(), key=lambda hit: (hit.start, hit.end))


class _Context:
    """What stands around one place, looked up once for all the meanings of its phrase."""

    def __init__(self, text: str, place: Place, past: list[tuple[int, int]], book: Rulebook) -> None:
        self._text, self._place, self._reading = text, place, book.reading
        self._past = (
            any(left <= place.start and place.end <= right for left, right in past) if past else False
        )
        self._is_denied: bool | None = None

    def factor(self, evidence: Evidence) -> float:
        if evidence.kind == "name":
            return _BYSTANDER_FACTOR if self._beside() else 1.0
        return _PAST_FACTOR if self._past and evidence.fault is not None else 1.0

    def denial(self, evidence: Evidence) -> int | None:
        """Where the denial of this meaning begins; None when it is meant."""
        if not evidence.deniable:
            return None
        inside = self._inside(evidence) if self._place.phrase.affirms else None
        if inside is not None:
            return inside
        if self._is_denied is None:
            self._is_denied = self._denied_around()
        return self._place.start if self._is_denied else None

    def _inside(self, evidence: Evidence) -> int | None:
        _, start, end, words = self._place
        if evidence.urgency is not None:
            found = _DENIAL_AT_END.search(words)
            return start + found.start() if found else None
        if evidence.fault not in _SYMPTOMS:
            return None
        found = _DENIAL_INSIDE.search(self._text, start + 1, end)
        return found.start() if found else None

    def _denied_around(self) -> bool:
        before, after, reading = self._before(), self._after(), self._reading
        if len(self._place.words) > 1 and reading.denied_after.found_in(after):
            return True
        if not reading.denied_before.found_in(before) or reading.not_denied_before.found_in(before):
            return False
        return not (reading.worry_before.found_in(before) and reading.worry_after.found_in(after))

    def _beside(self) -> bool:
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
    names = [
        name for name in named if not any(_lies_in(name, o) and len(o.words) > len(name.words) for o in named)
    ]
    starts = {name.start for name in names}

    def is_scrap(hit: Hit) -> bool:
        kind = hit.evidence.kind
        if kind in ("name", "urgency"):
            return kind == "name" and hit not in names
        if kind not in _MENTIONS and not DENIAL.search(hit.words) and any(_lies_in(hit, d) for d in denied):
            return True
        return any(
            (kind != "tell" and _lies_in(hit, name))
            or (name.start < hit.start < name.end and hit.start not in starts)
            or (
                _is_bystander(name)
                and hit.evidence.category is name.evidence.category
                and _lies_in(name, hit)
            )
            for name in names
        )

    return [hit for hit in hits if not is_scrap(hit)]


def _is_bystander(name: Hit) -> bool:
    return name.weight < name.evidence.weight


def _lies_in(hit: Hit, other: Hit) -> bool:
    return other.start <= hit.start and hit.end <= other.end


def strongest(hits: Iterable[Hit]) -> list[Hit]:
    """The heaviest hits that do not overlap, heaviest first: one thing said is counted once."""
    chosen: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (-hit.weight, hit.start, -hit.end)):
        if all(hit.end <= other.start or other.end <= hit.start for other in chosen):
            chosen.append(hit)
    return chosen
