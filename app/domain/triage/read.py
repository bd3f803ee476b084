"""Find what a text says: which phrases occur and are meant, not denied."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.domain.triage.labels import Fault
from app.domain.triage.pattern import DENIAL, Phrase
from app.domain.triage.rulebook import Evidence, Rulebook

_BEFORE, _AFTER = 12, 12
_PAST_FACTOR = 0.35
_BYSTANDER_FACTOR = 0.2
_CLAUSE_ENDS = ",。"
# To deny a fault of a thing is still to speak of the thing.
_MENTIONS = frozenset({"name", "piece", "scene"})
# 没有 says that a symptom is absent, but of a service (没有发票, 没给积分) it is the complaint itself.
_SYMPTOMS = frozenset(
    {Fault.LEAK, Fault.NOISE, Fault.SMELL_OR_FIRE, Fault.ERROR_CODE, Fault.SHOCK_OR_TRIP, Fault.FROST}
)
_SERVICES = frozenset(
    {Fault.PAYMENT, Fault.COUPON, Fault.INVOICE, Fault.ACCOUNT, Fault.POINTS, Fault.MINI_PROGRAM}
    | {Fault.FUEL_EQUIPMENT, Fault.ATTITUDE, Fault.CHARGES, Fault.QUESTION}
)
# In the gap of a phrase that has no denial of its own: 热水器没跳闸 is no trip.
_DENIAL_INSIDE = re.compile(r"没有|没|不是|不会|不(?![停断时住仅光止但小知管久一到])")

# Of danger only a plain denial right before the last words counts: 微波炉不冒火, but not 水流不停滴到插座.
_DENIAL_AT_END = re.compile(r"(?<=.)(没有|没|不|未)(再|见|有)?[冒打着起闪漏烧烫炸爆熄电麻][^,。]{0,2}$")


@dataclass(frozen=True, slots=True)
class Hit:
    evidence: Evidence
    start: int
    end: int
    words: str
    weight: float


def read(text: str, book: Rulebook) -> list[Hit]:
    """Every phrase that `text` (normalised) affirms; a phrase said twice counts once, in its best place."""
    best: dict[tuple[int, str], Hit] = {}
    denied: list[Hit] = []
    past = tuple(found.span() for found in book.reading.past.finditer(text))
    for phrase in book.phrases.candidates(text):
        evidence = book.evidence[phrase.key]
        for start, end in phrase.spans(text):
            weight = evidence.weight * _factor(text, start, end, evidence, past, book)
            hit = Hit(evidence, start, end, text[start:end], weight)
            if evidence.kind not in _MENTIONS and evidence.fault not in _SERVICES:
                inside = _denial_inside(text, hit, phrase)
                if inside or _is_denied(text, hit, book):
                    denied.append(replace(hit, start=inside or start))
                    continue
            key = (phrase.key, hit.words)
            if start < end and (key not in best or best[key].weight < weight):
                best[key] = hit
    hits = sorted(best.values(), key=lambda hit: (hit.start, hit.end))
    return _without_scraps(hits, denied)


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


def _denial_inside(text: str, hit: Hit, phrase: Phrase) -> int | None:
    if not phrase.affirms:
        return None
    if hit.evidence.urgency is not None:
        found = _DENIAL_AT_END.search(hit.words)
        return hit.start + found.start() if found else None
    if hit.evidence.fault not in _SYMPTOMS:
        return None
    found = _DENIAL_INSIDE.search(text, hit.start + 1, hit.end)
    return found.start() if found else None


def _is_denied(text: str, hit: Hit, book: Rulebook) -> bool:
    reading = book.reading
    before, after = text[max(0, hit.start - _BEFORE) : hit.start], text[hit.end : hit.end + _AFTER]
    if len(hit.words) > 1 and reading.denied_after.search(after):
        return True
    if not reading.denied_before.search(before) or reading.not_denied_before.search(before):
        return False
    return not (reading.worry_before.search(before) and reading.worry_after.search(after))


def _factor(
    text: str, start: int, end: int, evidence: Evidence, past: tuple[tuple[int, int], ...], book: Rulebook
) -> float:
    if evidence.kind == "name":
        beside = book.reading.bystander_before.search(text[max(0, start - _BEFORE) : start])
        beside = beside or book.reading.bystander_after.search(text[end : end + _AFTER])
        return _BYSTANDER_FACTOR if beside else 1.0
    if evidence.fault is not None and any(left <= start and end <= right for left, right in past):
        return _PAST_FACTOR
    return 1.0


def strongest(hits: Iterable[Hit]) -> list[Hit]:
    """The heaviest hits that do not overlap, heaviest first: one thing said is counted once."""
    chosen: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (-hit.weight, hit.start, -hit.end)):
        if all(hit.end <= other.start or other.end <= hit.start for other in chosen):
            chosen.append(hit)
    return chosen
