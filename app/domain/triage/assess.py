"""Triage of one fault description: what it is about, how urgent, what to bring, what to warn of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from app.domain.triage.labels import Category, Fault, Urgency
from app.domain.triage.read import Hit, clause_around, read
from app.domain.triage.rulebook import Rulebook, UrgencyRule, standing_rules
from app.domain.triage.score import (
    category_scores,
    fault_scores,
    winner,
    words_for_category,
    words_for_fault,
)

_MAX_PARTS = 6


class Reason(NamedTuple):
    """Why: `rule` names the rule, `words` what the customer wrote, `sentence` says it to staff."""

    rule: str
    words: tuple[str, ...]
    sentence: str


class Triage(NamedTuple):
    category: Category
    fault: Fault
    urgency: Urgency
    parts: tuple[str, ...]
    prepare: tuple[str, ...]
    hazards: tuple[str, ...]
    reasons: tuple[Reason, ...]
    confidence: float
    rules_version: str


def triage(text: str, *, category: str | None = None, service_type: str | None = None) -> Triage:
    """`category` is what the customer declared: a strong hint, never a reason to overlook a danger."""
    book = standing_rules()
    plain = book.normalise(text)
    hits = read(plain, book, declared=category)
    faults = fault_scores(plain, hits, book, declared=category, service_type=service_type)
    product, product_sureness = winner(category_scores(hits, faults, category))
    fault, fault_sureness = winner(faults[product])
    alarms = list(_alarms(plain, hits, product, fault, book))
    hazards = tuple(dict.fromkeys(rule.hazard for rule, _ in alarms if rule.hazard))
    return Triage(
        category=product,
        fault=fault,
        urgency=max((rule.level for rule, _ in alarms), key=lambda u: u.rank, default=Urgency.NORMAL),
        parts=_parts(plain, hits, product, fault, book),
        prepare=_prepare(product, fault, hazards, book),
        hazards=hazards,
        reasons=_reasons(hits, product, fault, alarms, category),
        confidence=round(product_sureness * fault_sureness, 2),
        rules_version=book.version,
    )


def advice(hazard: str) -> str:
    """What to tell the customer at once about a hazard named in `Triage.hazards`."""
    return standing_rules().hazards[hazard].advice


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
    """Spare parts, likeliest first: what the customer names, what a detail points at, then the usual."""
    table = book.products[category].fault
    usual = table[fault].parts if fault in table else ()
    if not usual and category is Category.FUEL:
        return ()
    names = _names_of_parts(category, fault, book)
    named = list(dict.fromkeys(part for name, part in names if name in text))
    clues = [h for h in hits if h.evidence.kind == "clue" and h.evidence.category is category]
    clues.sort(key=lambda hit: -len(hit.words))
    pointed = [part for hit in clues for part in hit.evidence.parts]
    return tuple(dict.fromkeys([*named[:1], *pointed[:2], *usual]))[:_MAX_PARTS]


@cache
def _names_of_parts(category: Category, fault: Fault, book: Rulebook) -> tuple[tuple[str, str], ...]:
    """Each name that a customer may use for a part of this product, with the part; those of the fault first."""
    table = book.products[category].fault
    usual = table[fault].parts if fault in table else ()
    known = dict.fromkeys([*usual, *(part for other in table.values() for part in other.parts)])
    shortest = 2 if fault is Fault.BROKEN_PART else 3
    return tuple((name, part) for part in known for name in part.split("/") if len(name) >= shortest)


def _prepare(category: Category, fault: Fault, hazards: Iterable[str], book: Rulebook) -> tuple[str, ...]:
    product = book.products[category]
    urgent = [line for hazard in hazards for line in book.hazards[hazard].prepare]
    own = product.fault[fault].prepare if fault in product.fault else ()
    return tuple(dict.fromkeys([*urgent, *own, *product.prepare]))


def _reasons(
    hits: list[Hit],
    category: Category,
    fault: Fault,
    alarms: Iterable[tuple[UrgencyRule, tuple[str, ...]]],
    declared: str | None,
) -> tuple[Reason, ...]:
    reasons = [
        Reason(rule.id, words, f"{rule.level}：{rule.say}（原话：{_quoted(words)}）")
        for rule, words in alarms
    ]
    if category == declared:
        reasons.append(Reason("declared-category", (), f"品类为{category}：客户报单时已选择"))
    elif words := words_for_category(hits, category):
        reasons.append(Reason(f"category:{category}", words, f"品类判为{category}：提到{_quoted(words)}"))
    else:
        reasons.append(Reason("category:unknown", (), "没有提到可识别的产品，请客服确认品类"))
    if words := words_for_fault(hits, category, fault):
        reasons.append(Reason(f"fault:{fault}", words, f"故障判为{fault}：提到{_quoted(words)}"))
    else:
        reasons.append(
            Reason("fault:likeness", (), f"没有明确的现象，按措辞最相近的报修记为{fault}，请客服确认")
        )
    return tuple(reasons)


def _quoted(words: Iterable[str]) -> str:
    return "、".join(f"“{word}”" for word in words)
