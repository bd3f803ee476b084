"""How strongly a text speaks for each category and each fault."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple, TypeVar

from app.domain.triage.labels import Category, Fault, ServiceType
from app.domain.triage.read import Hit, strongest
from app.domain.triage.rulebook import Rulebook

_Label = TypeVar("_Label", Category, Fault)

_DECLARED = 8.0
_FIRST_NAMED = 1.5
_UNKNOWN_PRODUCT = 1.2
_TELL_VOTE = 0.5
_FAULT_VOTE = 0.45
_USUAL_FAULT = 0.8
# Of an appliance, people report faults far more often than bills or manners.
_ABOUT_SERVICE = -1.0
_LIKENESS = 0.3
_CLEAR_LEAD = 3.0
# A second and third phrase for the same thing add less than the first.
_ECHO = (1.0, 0.35, 0.2, 0.1)
_SPEAKS_OF = frozenset({"name", "piece", "scene", "tell"})
_ANY_PRODUCT = frozenset({Fault.INVOICE, Fault.ATTITUDE, Fault.CHARGES, Fault.QUESTION})
_SERVICE_FAULTS: Mapping[str, tuple[Fault, float]] = {
    ServiceType.INSTALLATION: (Fault.INSTALLATION, 4.0),
    ServiceType.CLEANING: (Fault.CLEANING, 4.0),
    ServiceType.MAINTENANCE: (Fault.CLEANING, 3.0),
    ServiceType.CONSULTATION: (Fault.QUESTION, 3.0),
    ServiceType.COMPLAINT: (Fault.ATTITUDE, 1.5),
}


class Verdict(NamedTuple):
    score: float
    words: tuple[str, ...]


def fault_verdicts(
    text: str, hits: list[Hit], book: Rulebook, *, declared: str | None, service_type: str | None
) -> dict[Category, dict[Fault, Verdict]]:
    """For every category that the text or the customer speaks of, and for none in particular (其他)."""
    said: defaultdict[Category | None, defaultdict[Fault, list[Hit]]] = defaultdict(lambda: defaultdict(list))
    for hit in hits:
        evidence = hit.evidence
        if evidence.fault is not None:
            said[evidence.category][evidence.fault].append(hit)
    common = said[None]
    alike = book.likeness.scores(_without_names(text, hits))
    prior = {fault: _LIKENESS * likeness for fault, likeness in alike.items()}
    if service_type is not None and service_type in _SERVICE_FAULTS:
        asked_for, bonus = _SERVICE_FAULTS[service_type]
        prior[asked_for] += bonus
    anywhere = {fault: Verdict(likeness, ()) for fault, likeness in prior.items()}
    anywhere |= {fault: _weighed(meant, prior[fault]) for fault, meant in common.items()}
    verdicts: dict[Category, dict[Fault, Verdict]] = {}
    spoken_of = {h.evidence.category for h in hits if h.evidence.kind in _SPEAKS_OF} | {declared}
    for category, possible in _priors(book).items():
        if category not in spoken_of and category is not Category.OTHER:
            continue
        row = verdicts[category] = {fault: anywhere[fault] for fault in possible.faults}
        for fault, meant in said[category].items():
            row[fault] = _weighed([*meant, *common.get(fault, ())], prior[fault])
        for fault, likelier in possible.likelier:
            row[fault] = Verdict(row[fault].score + likelier, row[fault].words)
    return verdicts


def _weighed(hits: Sequence[Hit], prior: float) -> Verdict:
    score, words = _add_up(hits)
    return Verdict(score + prior, words)


class _Possible(NamedTuple):
    """The faults of a product, and those of them that are likelier, or less likely, than others before reading."""

    faults: tuple[Fault, ...]
    likelier: tuple[tuple[Fault, float], ...]


@cache
def _priors(book: Rulebook) -> Mapping[Category, _Possible]:
    found = {category: dict(_possible_faults(category, book)) for category in book.products}
    return {
        category: _Possible(tuple(faults), tuple((fault, by) for fault, by in faults.items() if by))
        for category, faults in found.items()
    }


def _possible_faults(category: Category, book: Rulebook) -> Iterator[tuple[Fault, float]]:
    """The faults that a category can have, with how much likelier than others they are before reading."""
    product = book.products[category]
    for fault in Fault:
        if fault in product.fault or category is Category.OTHER:
            yield fault, _USUAL_FAULT * (fault is product.usual_fault)
        elif fault in _ANY_PRODUCT and category is not Category.FUEL:
            yield fault, _ABOUT_SERVICE


def _without_names(text: str, hits: Iterable[Hit]) -> str:
    names = {hit.words for hit in hits if hit.evidence.kind == "name"}
    # The longer first: 热水 taken out of 热水器 would leave half a name.
    for name in sorted(names, key=lambda name: (-len(name), name)):
        text = text.replace(name, "")
    return text


def category_verdicts(
    hits: list[Hit], faults: Mapping[Category, Mapping[Fault, Verdict]], declared: str | None
) -> dict[Category, Verdict]:
    by_kind: defaultdict[tuple[Category, str], list[Hit]] = defaultdict(list)
    for hit in hits:
        if hit.evidence.category is not None:
            by_kind[hit.evidence.category, hit.evidence.kind].append(hit)
    everyday = _everyday(hits)
    first_named = next(
        (h.evidence.category for h in hits if h.evidence.kind == "name" and h.weight > 2), None
    )
    verdicts = {}
    for category, row in faults.items():
        named, name_words = _add_up(by_kind[category, "name"])
        pieces, piece_words = _add_up([*by_kind[category, "piece"], *by_kind[category, "scene"]])
        tells, tell_words = _add_up([h for h in by_kind[category, "tell"] if _is_telling(h, everyday)])
        score = named + pieces + tells * _TELL_VOTE + _FIRST_NAMED * (category is first_named)
        score += _FAULT_VOTE * max(0.0, *(v.score for v in row.values())) if score else 0.0
        score += _UNKNOWN_PRODUCT * (category is Category.OTHER) + _DECLARED * (category == declared)
        verdicts[category] = Verdict(score, name_words or piece_words or tell_words)
    return verdicts


def _everyday(hits: Iterable[Hit]) -> frozenset[int]:
    """Places where the text uses words that fit any product."""
    spans = (range(h.start, h.end) for h in hits if h.evidence.kind == "common" and h.end - h.start > 1)
    return frozenset(place for span in spans for place in span)


def _is_telling(hit: Hit, everyday: frozenset[int]) -> bool:
    """A symptom points at its product only by what it says beyond everyday words: 冒烟 points nowhere."""
    own = sum(place not in everyday for place in range(hit.start, hit.end))
    return own >= 2 and own * 2 > hit.end - hit.start


def _add_up(hits: Sequence[Hit]) -> tuple[float, tuple[str, ...]]:
    if len(hits) < 2:
        return (hits[0].weight, (hits[0].words,)) if hits else (0.0, ())
    best = strongest(hits, len(_ECHO))
    score = sum(hit.weight * factor for hit, factor in zip(best, _ECHO, strict=False))
    return score, tuple(dict.fromkeys(hit.words for hit in best))


def winner(verdicts: Mapping[_Label, Verdict]) -> tuple[_Label, float]:
    """The label with the highest score, and how surely (0.5 to 1) it leads the next one."""
    ranked = sorted(verdicts, key=lambda label: -verdicts[label].score)
    lead = verdicts[ranked[0]].score - (verdicts[ranked[1]].score if len(ranked) > 1 else 0.0)
    return ranked[0], 0.5 + 0.5 * math.tanh(lead / _CLEAR_LEAD)
