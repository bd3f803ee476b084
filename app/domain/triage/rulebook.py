"""The rules as data, read and checked once. Whoever serves reads them as he starts: a file that says something
impossible then stops the start, not the first report. That each phrase can be compiled is for the tests to say."""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from app.domain.triage.labels import Category, Fault, Urgency
from app.domain.triage.likeness import Likeness
from app.domain.triage.normalise import Normaliser
from app.domain.triage.pattern import Cue, PhraseBook, compile_any, cue
from app.domain.triage.tables import CommonFault, HazardTable, ProductTable, ServiceTable, UrgencyTable

RULES = Path(__file__).parent / "rules"

NAME_WEIGHT, PIECE_WEIGHT, SCENE_WEIGHT, TELL_CATEGORY_WEIGHT = 6.0, 2.5, 1.0, 1.6
TELL_WEIGHT, HINT_WEIGHT, SURE_WEIGHT, STRONG_WEIGHT, WEAK_WEIGHT = 4.0, 1.4, 5.5, 3.2, 0.9


MENTIONS = frozenset({"name", "piece", "scene"})
# A text that says nothing else of a product is not about it: then these say nothing either.
_LEANS = frozenset({"hint", "clue"})
# 没有 says that a symptom is absent, but of a service (没有发票, 没给积分) it is what people complain of.
_SERVICES = frozenset(
    {Fault.PAYMENT, Fault.COUPON, Fault.INVOICE, Fault.ACCOUNT, Fault.POINTS, Fault.MINI_PROGRAM}
    | {Fault.FUEL_EQUIPMENT, Fault.ATTITUDE, Fault.CHARGES, Fault.QUESTION}
)


class RulesError(ValueError):
    """The rule files contradict themselves."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a phrase speaks for: a category, a fault (of one or of any category), parts, or urgency. Each block of
    phrases is evidence of its own, whatever it has in common with another."""

    kind: str
    category: Category | None = None
    fault: Fault | None = None
    weight: float = 0.0
    urgency: int | None = None
    parts: tuple[str, ...] = ()

    @cached_property
    def deniable(self) -> bool:
        """To deny a fault of a thing is still to speak of the thing; 没有 before a service is the complaint itself."""
        return self.kind not in MENTIONS and self.fault not in _SERVICES

    @cached_property
    def leans(self) -> bool:
        return self.kind in _LEANS

    @cached_property
    def speaks_of(self) -> Category | None:
        """The product that a text is about, perhaps, if it says this."""
        return self.category if self.kind in MENTIONS or self.kind == "tell" else None


@dataclass(frozen=True, slots=True)
class UrgencyRule:
    id: str
    level: Urgency
    say: str
    hazard: str
    with_: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    categories: frozenset[Category]
    faults: frozenset[Fault]


@dataclass(frozen=True, slots=True)
class Reading:
    """How the words around a phrase change what it says."""

    denied_before: Cue
    not_denied_before: Cue
    denied_after: Cue
    worry_before: Cue
    worry_after: Cue
    past: Cue
    bystander_before: Cue
    bystander_after: Cue


@dataclass(frozen=True, slots=True, eq=False)
class Rulebook:
    version: str
    normalise: Normaliser
    reading: Reading
    phrases: PhraseBook[Evidence]
    likeness: Likeness
    urgency: tuple[UrgencyRule, ...]
    products: Mapping[Category, ProductTable]
    hazards: Mapping[str, HazardTable]
    service: ServiceTable


@cache
def standing_rules() -> Rulebook:
    return load(RULES)


def load(folder: Path) -> Rulebook:
    vocabulary = {name: str(words) for name, words in _read(folder / "vocabulary.toml").items()}
    products = _products(folder)
    common = {Fault(name): CommonFault.model_validate(table) for name, table in _common(folder).items()}
    urgency = _urgency_tables(folder)
    hazards = {
        name: HazardTable.model_validate(table) for name, table in _read(folder / "hazards.toml").items()
    }
    _check(products, urgency, hazards)
    entries = [
        (evidence, line) for evidence, block in _evidence(products, common, urgency) for line in _lines(block)
    ]
    normalise = _normaliser(folder)
    return Rulebook(
        version=_version(folder),
        normalise=normalise,
        likeness=_likeness(folder, normalise),
        reading=_reading(folder, vocabulary),
        phrases=PhraseBook(entries, vocabulary),
        urgency=tuple(_urgency_rule(table, vocabulary) for table in urgency),
        products=products,
        hazards=hazards,
        service=ServiceTable.model_validate(_read(folder / "service.toml")),
    )


def _evidence(
    products: Mapping[Category, ProductTable],
    common: Mapping[Fault, CommonFault],
    urgency: tuple[UrgencyTable, ...],
) -> Iterator[tuple[Evidence, str]]:
    for category, product in products.items():
        yield Evidence("name", category, weight=NAME_WEIGHT), product.names
        yield Evidence("piece", category, weight=PIECE_WEIGHT), product.pieces
        yield Evidence("scene", category, weight=SCENE_WEIGHT), product.scenes
        for clue in product.clues:
            yield Evidence("clue", category, parts=clue.parts), clue.when
        for fault, table in product.fault.items():
            yield Evidence("tell", category, fault, TELL_WEIGHT), table.tells
            yield Evidence("hint", category, fault, HINT_WEIGHT), table.hints
    for fault, words in common.items():
        yield Evidence("common", None, fault, SURE_WEIGHT), words.sure
        yield Evidence("common", None, fault, STRONG_WEIGHT), words.strong
        yield Evidence("common", None, fault, WEAK_WEIGHT), words.weak
    for number, rule in enumerate(urgency):
        yield Evidence("urgency", urgency=number), rule.any


def _check(
    products: Mapping[Category, ProductTable],
    urgency: tuple[UrgencyTable, ...],
    hazards: Mapping[str, HazardTable],
) -> None:
    if missing := set(Category) - set(products):
        raise RulesError(f"no rules for {sorted(missing)}")
    for rule in urgency:
        if rule.level is Urgency.NORMAL:
            raise RulesError(f"{rule.id}: rules may only raise urgency")
        if rule.level is not Urgency.URGENT and (rule.categories or rule.faults):
            raise RulesError(f"{rule.id}: danger may not depend on the product")
        if rule.hazard and rule.hazard not in hazards:
            raise RulesError(f"{rule.id}: no advice for {rule.hazard}")


def _products(folder: Path) -> dict[Category, ProductTable]:
    tables = (
        ProductTable.model_validate(_read(file)) for file in sorted((folder / "products").glob("*.toml"))
    )
    by_category = {table.category: table for table in tables}
    return {category: by_category[category] for category in Category if category in by_category}


def _common(folder: Path) -> Mapping[str, object]:
    table = _read(folder / "common.toml")["fault"]
    if not isinstance(table, dict):
        raise RulesError("common.toml: `fault` must be a table")
    return table


def _urgency_tables(folder: Path) -> tuple[UrgencyTable, ...]:
    rules = _read(folder / "urgency.toml")["rule"]
    if not isinstance(rules, list):
        raise RulesError("urgency.toml: `rule` must be a list of tables")
    return tuple(
        UrgencyTable.model_validate({("with_" if k == "with" else k): v for k, v in rule.items()})
        for rule in rules
    )


def _urgency_rule(table: UrgencyTable, vocabulary: Mapping[str, str]) -> UrgencyRule:
    return UrgencyRule(
        id=table.id,
        level=table.level,
        say=table.say,
        hazard=table.hazard,
        with_=compile_any(_lines(table.with_), vocabulary),
        unless=compile_any(_lines(table.unless), vocabulary),
        categories=frozenset(table.categories),
        faults=frozenset(table.faults),
    )


def _reading(folder: Path, vocabulary: Mapping[str, str]) -> Reading:
    tables = _read(folder / "reading.toml")

    def words(table: str, name: str) -> Cue:
        section = tables[table]
        if not isinstance(section, dict):
            raise RulesError(f"reading.toml: `{table}` must be a table")
        compiled = cue(_lines(section[name]), vocabulary)
        if compiled is None:
            raise RulesError(f"reading.toml: {table}.{name} is empty")
        return compiled

    return Reading(
        denied_before=words("negation", "before"),
        not_denied_before=words("negation", "not_before"),
        denied_after=words("negation", "after"),
        worry_before=words("negation", "worry_before"),
        worry_after=words("negation", "worry_after"),
        past=words("past", "clause"),
        bystander_before=words("bystander", "before"),
        bystander_after=words("bystander", "after"),
    )


def _normaliser(folder: Path) -> Normaliser:
    table = _read(folder / "normalise.toml")
    simplified = {pair[0]: pair[1] for pair in str(table["simplified"]).split()}
    typos = dict(pair.split("=", 1) for pair in str(table["typos"]).split())
    return Normaliser(simplified, typos)


def _likeness(folder: Path, normalise: Normaliser) -> Likeness:
    blocks = _read(folder / "likeness.toml")["example"]
    if not isinstance(blocks, dict):
        raise RulesError("likeness.toml: `example` must be a table")
    examples = {
        Fault(name): [normalise(text) for line in _lines(str(block)) for text in line.split("|")]
        for name, block in blocks.items()
    }
    if missing := set(Fault) - set(examples):
        raise RulesError(f"likeness.toml: no example of {sorted(missing)}")
    return Likeness(examples)


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.toml")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _lines(block: str) -> list[str]:
    return [line.strip() for line in block.splitlines() if line.strip()]


def _read(file: Path) -> dict[str, object]:
    with file.open("rb") as opened:
        return tomllib.load(opened)
