"""Triage of one fault description: what it is about, how urgent, what to bring, what to warn of."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from app.domain.triage.labels import Category, Fault, Urgency
from app.domain.triage.read import Hit, clause_around, read, strongest
from app.domain.triage.rulebook import Rulebook, UrgencyRule, rulebook

_Label = TypeVar("_Label", Category, Fault)

_DECLARED = 8.0
_FIRST_NAMED = 1.5
_UNKNOWN_PRODUCT = 1.2
_TELL_VOTE = 0.5
_FAULT_VOTE = 0.45
_USUAL_FAULT = 0.6
_LIKENESS = 0.3
_CLEAR_LEAD = 3.0
# A second and third phrase for the same thing add less than the first.
_ECHO = (1.0, 0.35, 0.2, 0.1)
_MAX_PARTS = 6
_NOTHING: tuple[float, tuple[str, ...]] = (0.0, ())
_ANY_PRODUCT = frozenset({Fault.INVOICE, Fault.ATTITUDE, Fault.CHARGES, Fault.QUESTION})
_SERVICE_FAULTS: Mapping[str, tuple[Fault, float]] = {
    "installation": (Fault.INSTALLATION, 4.0),
    "cleaning": (Fault.CLEANING, 4.0),
    "maintenance": (Fault.CLEANING, 3.0),
    "consultation": (Fault.QUESTION, 2.0),
    "complaint": (Fault.ATTITUDE, 1.5),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: `rule` names the rule, `words` what the customer wrote, `sentence` says it to staff."""

    rule: str
    words: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Triage:
    category: Category
    fault: Fault
    urgency: Urgency
    parts: tuple[str, ...]
    prepare: tuple[str, ...]
    hazards: tuple[str, ...]
    reasons: tuple[Reason, ...]
    confidence: float
    rules_version: str


@dataclass(frozen=True, slots=True)
class _Verdict:
    score: float
    words: tuple[str, ...]


def triage(text: str, *, category: str | None = None, service_type: str | None = None) -> Triage:
    """`category` is what the customer declared: a strong hint, never a reason to overlook a danger."""
    book = rulebook()
    plain = book.normalise(text)
    hits = read(plain, book)
    faults = _fault_verdicts(plain, hits, book, service_type)
    categories = _category_verdicts(hits, faults, category)
    product, product_sureness = _winner(categories)
    fault, fault_sureness = _winner(faults[product])
    alarms = list(_alarms(plain, hits, product, fault, book))
    hazards = tuple(dict.fromkeys(rule.hazard for rule, _ in alarms if rule.hazard))
    return Triage(
        category=product,
        fault=fault,
        urgency=max((rule.level for rule, _ in alarms), key=lambda u: u.rank, default=Urgency.NORMAL),
        parts=_parts(plain, hits, product, fault, book),
        prepare=_prepare(product, fault, hazards, book),
        hazards=hazards,
        reasons=_reasons(product, categories[product], fault, faults[product][fault], alarms, category),
        confidence=round(product_sureness * fault_sureness, 2),
        rules_version=book.version,
    )


def advice(hazard: str) -> str:
    """What to tell the customer at once about a hazard named in `Triage.hazards`."""
    return rulebook().hazards[hazard].advice


def _fault_verdicts(
    text: str, hits: list[Hit], book: Rulebook, service_type: str | None
) -> dict[Category, dict[Fault, _Verdict]]:
    common: defaultdict[Fault, list[Hit]] = defaultdict(list)
    own: defaultdict[tuple[Category, Fault], list[Hit]] = defaultdict(list)
    for hit in hits:
        fault, category = hit.evidence.fault, hit.evidence.category
        if fault is not None and category is not None:
            own[category, fault].append(hit)
        elif fault is not None:
            common[fault].append(hit)
    anywhere = {fault: _add_up(said) for fault, said in common.items()}
    alike = {f: _LIKENESS * s for f, s in book.likeness.scores(_without_names(text, hits)).items()}
    # What was said of no product in particular counts alike for all of them: one verdict serves them all.
    shared = {f: _verdict(anywhere.get(f, _NOTHING), alike[f]) for f in Fault}
    expected, bonus = _SERVICE_FAULTS.get(service_type or "", (None, 0.0))
    verdicts: dict[Category, dict[Fault, _Verdict]] = {}
    for category, product in book.products.items():
        possible = _possible_faults(category, book.faults_of[category])
        row = verdicts[category] = {fault: shared[fault] for fault in possible}
        for fault in {product.usual_fault, expected, *(f for c, f in own if c is category)}:
            if fault is None or fault not in row:
                continue
            told = own.get((category, fault))
            added = _add_up([*told, *common[fault]]) if told else anywhere.get(fault, _NOTHING)
            likely = _USUAL_FAULT * (fault is product.usual_fault) + bonus * (fault is expected)
            row[fault] = _verdict(added, alike[fault], likely)
    return verdicts


def _verdict(added: tuple[float, tuple[str, ...]], alike: float, likely: float = 0.0) -> _Verdict:
    score, words = added
    return _Verdict(score + alike + likely, words)


def _without_names(text: str, hits: Iterable[Hit]) -> str:
    for name in {hit.words for hit in hits if hit.evidence.kind == "name"}:
        text = text.replace(name, "")
    return text


@cache
def _possible_faults(category: Category, own: frozenset[Fault]) -> tuple[Fault, ...]:
    if category is Category.OTHER:
        return tuple(Fault)
    return tuple(
        fault for fault in Fault if fault in own or (fault in _ANY_PRODUCT and category is not Category.FUEL)
    )


def _category_verdicts(
    hits: list[Hit], faults: Mapping[Category, Mapping[Fault, _Verdict]], declared: str | None
) -> dict[Category, _Verdict]:
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
        tells, tell_words = _add_up(h for h in by_kind[category, "tell"] if _is_telling(h, everyday))
        score = named + pieces + tells * _TELL_VOTE + _FIRST_NAMED * (category is first_named)
        score += _FAULT_VOTE * max(0.0, *(v.score for v in row.values())) if score else 0.0
        score += _UNKNOWN_PRODUCT * (category is Category.OTHER) + _DECLARED * (category == declared)
        verdicts[category] = _Verdict(score, name_words or piece_words or tell_words)
    return verdicts


def _everyday(hits: Iterable[Hit]) -> frozenset[int]:
    """Places where the text uses words that fit any product."""
    spans = (range(h.start, h.end) for h in hits if h.evidence.kind == "common" and h.end - h.start > 1)
    return frozenset(place for span in spans for place in span)


def _is_telling(hit: Hit, everyday: frozenset[int]) -> bool:
    """A symptom points at its product only by what it says beyond everyday words: 冒烟 points nowhere."""
    own = sum(place not in everyday for place in range(hit.start, hit.end))
    return own >= 2 and own * 2 > hit.end - hit.start


def _add_up(hits: Iterable[Hit]) -> tuple[float, tuple[str, ...]]:
    best = strongest(hits)
    if not best:
        return _NOTHING
    score = sum(hit.weight * factor for hit, factor in zip(best, _ECHO, strict=False))
    return score, tuple(dict.fromkeys(hit.words for hit in best[: len(_ECHO)]))


def _winner(verdicts: Mapping[_Label, _Verdict]) -> tuple[_Label, float]:
    """The label with the highest score, and how surely (0.5 to 1) it leads the next one."""
    ranked = sorted(verdicts, key=lambda label: -verdicts[label].score)
    first, second = verdicts[ranked[0]].score, verdicts[ranked[1]].score
    return ranked[0], 0.5 + 0.5 * math.tanh((first - second) / _CLEAR_LEAD)


def _alarms(
    text: str, hits: Iterable[Hit], category: Category, fault: Fault, book: Rulebook
) -> Iterator[tuple[UrgencyRule, tuple[str, ...]]]:
    said: defaultdict[int, list[str]] = defaultdict(list)
    for hit in hits:
        number = hit.evidence.urgency
        if number is None:
            continue
        unless = book.urgency[number].unless
        if unless is None or not unless.search(clause_around(text, hit.start, hit.end)):
            said[number].append(hit.words)
    for number, words in sorted(said.items()):
        rule = book.urgency[number]
        if rule.with_ is not None and not rule.with_.search(text):
            continue
        if (rule.categories and category not in rule.categories) or (
            rule.faults and fault not in rule.faults
        ):
            continue
        yield rule, tuple(dict.fromkeys(words))


def _parts(
    text: str, hits: Iterable[Hit], category: Category, fault: Fault, book: Rulebook
) -> tuple[str, ...]:
    """Spare parts, likeliest first: those the customer names, those a detail points at, then the usual ones."""
    table = book.products[category].fault
    usual = table[fault].parts if fault in table else ()
    if not usual and category is Category.FUEL:
        return ()
    known = dict.fromkeys([*usual, *(part for other in table.values() for part in other.parts)])
    shortest = 2 if fault is Fault.BROKEN_PART else 3
    named = [part for part in known if any(len(n) >= shortest and n in text for n in part.split("/"))]
    clues = (h for h in hits if h.evidence.kind == "clue" and h.evidence.category is category)
    pointed = [part for hit in clues for part in hit.evidence.parts]
    return tuple(dict.fromkeys([*named[:1], *pointed[:2], *usual]))[:_MAX_PARTS]


def _prepare(category: Category, fault: Fault, hazards: Iterable[str], book: Rulebook) -> tuple[str, ...]:
    product = book.products[category]
    urgent = [line for hazard in hazards for line in book.hazards[hazard].prepare]
    own = product.fault[fault].prepare if fault in product.fault else ()
    return tuple(dict.fromkeys([*urgent, *own, *product.prepare]))


def _reasons(
    category: Category,
    product: _Verdict,
    fault: Fault,
    symptom: _Verdict,
    alarms: Iterable[tuple[UrgencyRule, tuple[str, ...]]],
    declared: str | None,
) -> tuple[Reason, ...]:
    reasons = [
        Reason(rule.id, words, f"{rule.level}：{rule.say}（原话：{_quoted(words)}）")
        for rule, words in alarms
    ]
    if category == declared:
        reasons.append(Reason("declared-category", (), f"品类为{category}：客户报单时已选择"))
    elif product.words:
        sentence = f"品类判为{category}：提到{_quoted(product.words)}"
        reasons.append(Reason(f"category:{category}", product.words, sentence))
    else:
        reasons.append(Reason("category:unknown", (), "没有提到可识别的产品，请客服确认品类"))
    if symptom.words:
        sentence = f"故障判为{fault}：提到{_quoted(symptom.words)}"
        reasons.append(Reason(f"fault:{fault}", symptom.words, sentence))
    else:
        reasons.append(
            Reason("fault:usual", (), f"没有可识别的现象，按{category}最常见情况记为{fault}，请客服确认")
        )
    return tuple(reasons)


def _quoted(words: Iterable[str]) -> str:
    return "、".join(f"“{word}”" for word in words)
