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
_PIECES = frozenset({"piece", "scene"})
# What stands beside the fault weighs no more than this.
_BESIDE = 2.0
_ANY_PRODUCT = frozenset({Fault.INVOICE, Fault.ATTITUDE, Fault.CHARGES, Fault.QUESTION})
_SERVICE_FAULTS: Mapping[str, tuple[Fault, float]] = {
    ServiceType.INSTALLATION: (Fault.INSTALLATION, 4.0),
    ServiceType.CLEANING: (Fault.CLEANING, 4.0),
    ServiceType.MAINTENANCE: (Fault.CLEANING, 3.0),
    ServiceType.CONSULTATION: (Fault.QUESTION, 3.0),
    ServiceType.COMPLAINT: (Fault.ATTITUDE, 1.5),
}


def fault_scores(
    text: str, hits: list[Hit], book: Rulebook, *, declared: str | None, service_type: str | None
) -> dict[Category, dict[Fault, float]]:
    """For every category that the text or the customer speaks of, and for none in particular (其他)."""
    said: defaultdict[Category | None, defaultdict[Fault, list[Hit]]] = defaultdict(lambda: defaultdict(list))
    spoken_of = {declared, Category.OTHER, *[hit.evidence.speaks_of for hit in hits]}
    for hit in hits:
        evidence = hit.evidence
        if evidence.fault is not None:
            said[evidence.category][evidence.fault].append(hit)
    common = said[None]
    prior = book.likeness.scores(_without_names(text, hits), times=_LIKENESS)
    if service_type is not None and service_type in _SERVICE_FAULTS:
        asked_for, bonus = _SERVICE_FAULTS[service_type]
        prior[asked_for] += bonus
    anywhere = prior | {fault: _weight(meant) + prior[fault] for fault, meant in common.items()}
    scores: dict[Category, dict[Fault, float]] = {}
    for category, possible in _priors(book).items():
        if category not in spoken_of:
            continue
        row = scores[category] = {fault: anywhere[fault] for fault in possible.faults}
        for fault, meant in said[category].items():
            row[fault] = _weight([*meant, *common[fault]] if fault in common else meant) + prior[fault]
        for fault, likelier in possible.likelier:
            row[fault] += likelier
    return scores


def words_for_fault(hits: Iterable[Hit], category: Category, fault: Fault) -> tuple[str, ...]:
    """What was said of it, of this product or of any."""
    return _words(
        [hit for hit in hits if hit.evidence.fault is fault and hit.evidence.category in (category, None)]
    )


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


def category_scores(
    hits: list[Hit], faults: Mapping[Category, Mapping[Fault, float]], declared: str | None
) -> dict[Category, float]:
    everyday = _everyday(hits)
    names, pieces, tells = _by_category(), _by_category(), _by_category()
    first_named = None
    for hit in hits:
        evidence = hit.evidence
        kind = evidence.kind
        if kind == "name":
            names[evidence.category].append(hit)
            if first_named is None and hit.weight > _BESIDE:
                first_named = evidence.category
        elif kind in _PIECES:
            pieces[evidence.category].append(hit)
        elif kind == "tell" and _is_telling(hit, everyday):
            tells[evidence.category].append(hit)
    scores = {}
    for category, row in faults.items():
        score = _weight(names[category]) + _weight(pieces[category]) + _weight(tells[category]) * _TELL_VOTE
        score += _FIRST_NAMED * (category is first_named)
        score += _FAULT_VOTE * max(0.0, *row.values()) if score else 0.0
        score += _UNKNOWN_PRODUCT * (category is Category.OTHER) + _DECLARED * (category == declared)
        scores[category] = score
    return scores


def _by_category() -> defaultdict[Category | None, list[Hit]]:
    return defaultdict(list)


def words_for_category(hits: list[Hit], category: Category) -> tuple[str, ...]:
    """Its names; failing these its parts and the places where it stands; failing these its symptoms."""
    of_it = [hit for hit in hits if hit.evidence.category is category]
    names = [hit for hit in of_it if hit.evidence.kind == "name"]
    pieces = [hit for hit in of_it if hit.evidence.kind in _PIECES]
    if names or pieces:
        return _words(names or pieces)
    everyday = _everyday(hits)
    return _words([hit for hit in of_it if hit.evidence.kind == "tell" and _is_telling(hit, everyday)])


def _everyday(hits: Iterable[Hit]) -> set[int]:
    """Places where the text uses words that fit any product."""
    places: set[int] = set()
    for hit in hits:
        if hit.evidence.kind == "common" and hit.end - hit.start > 1:
            places.update(range(hit.start, hit.end))
    return places


def _is_telling(hit: Hit, everyday: set[int]) -> bool:
    """A symptom points at its product only by what it says beyond everyday words: 冒烟 points nowhere."""
    length = hit.end - hit.start
    own = length - len(everyday.intersection(range(hit.start, hit.end)))
    return own >= 2 and own * 2 > length


def _weight(hits: Sequence[Hit]) -> float:
    if len(hits) < 2:
        return hits[0].weight if hits else 0.0
    score = 0.0
    for hit, factor in zip(strongest(hits, len(_ECHO)), _ECHO, strict=False):
        score += hit.weight * factor
    return score


def _words(hits: Iterable[Hit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hit.words for hit in strongest(hits, len(_ECHO))))


def winner(scores: Mapping[_Label, float]) -> tuple[_Label, float]:
    """The label with the highest score, and how surely (0.5 to 1) it leads the next one."""
    first = max(scores, key=scores.__getitem__)
    best = scores[first]
    lead = best - max([score for label, score in scores.items() if label is not first], default=0.0)
    return first, 0.5 + 0.5 * math.tanh(lead / _CLEAR_LEAD)
