"""Find what a text says: which phrases occur and are meant, not denied."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.triage.rulebook import Evidence, Rulebook

_BEFORE, _AFTER = 12, 12
_PAST_FACTOR = 0.35
_BYSTANDER_FACTOR = 0.2
_CLAUSE_ENDS = ",。"


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
    past = tuple(found.span() for found in book.reading.past.finditer(text))
    for phrase in book.phrases.candidates(text):
        evidence = book.evidence[phrase.key]
        for start, end in phrase.spans(text):
            if start == end or _denied(text, start, end, book):
                continue
            weight = evidence.weight * _factor(text, start, end, evidence, past, book)
            hit = Hit(evidence, start, end, text[start:end], weight)
            key = (phrase.key, hit.words)
            if key not in best or best[key].weight < weight:
                best[key] = hit
    return sorted(best.values(), key=lambda hit: (hit.start, hit.end))


def clause_around(text: str, start: int, end: int) -> str:
    left = max((text.rfind(mark, 0, start) for mark in _CLAUSE_ENDS), default=-1) + 1
    ends = [at for mark in _CLAUSE_ENDS if (at := text.find(mark, end)) >= 0]
    return text[left : min(ends, default=len(text))]


def _denied(text: str, start: int, end: int, book: Rulebook) -> bool:
    reading = book.reading
    before, after = text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]
    if end - start > 1 and reading.denied_after.search(after):
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
