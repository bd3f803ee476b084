"""What a brand promises, in versions: terms of the unit and of its parts, what wears out, what a repair is good for."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

_STANDING = Path(__file__).with_name("standing.toml")


class Replaced(StrEnum):
    """How long a part is covered that replaced another one under warranty."""

    REMAINDER = "remainder"
    # The remainder, but never less than the policy's minimum.
    LONGER = "longer"


@dataclass(frozen=True)
class Term:
    """``names`` are one thing under several names, the first of them to be shown. ``months`` None: a lifetime."""

    names: tuple[str, ...]
    months: int | None

    @property
    def component(self) -> str:
        return self.names[0]


@dataclass(frozen=True)
class Rule:
    """For the products that it names; an empty word stands for any. ``unit_months`` None: as the catalogue says."""

    brand: str = ""
    category: str = ""
    model: str = ""
    unit_months: int | None = None
    components: tuple[Term, ...] = ()
    exclusions: tuple[str, ...] = ()
    transferable: bool = True

    def fits(self, product: "Product") -> bool:
        return all(
            wanted in ("", said)
            for wanted, said in (
                (self.brand, product.brand),
                (self.category, product.category),
                (self.model, product.model),
            )
        )

    @property
    def closeness(self) -> tuple[bool, bool, bool]:
        """A model says more than a category, and that more than a brand."""
        return bool(self.model), bool(self.category), bool(self.brand)


@dataclass(frozen=True)
class Product:
    """``catalogue_months`` is what the catalogue of products says of the unit."""

    brand: str = ""
    category: str = ""
    model: str = ""
    catalogue_months: int | None = None


@dataclass(frozen=True)
class Policy:
    version: str
    valid_from: date
    rules: tuple[Rule, ...]
    grace_months: int
    repair_days: int
    part_days: int
    minimum_days: int
    replaced: Replaced

    def rule_for(self, product: Product) -> Rule:
        """The closest that fits; a policy without one says nothing but what the catalogue does."""
        fitting = [rule for rule in self.rules if rule.fits(product)]
        return max(fitting, key=lambda rule: rule.closeness, default=Rule())

    def unit_months(self, product: Product) -> int | None:
        months = self.rule_for(product).unit_months
        return product.catalogue_months if months is None else months


def read_policy(version: str, valid_from: date, document: Mapping[str, Any]) -> Policy:
    """``document`` is one that the schema of policies has let pass."""
    return Policy(
        version=version,
        valid_from=valid_from,
        rules=tuple(_rule(each) for each in document.get("rules", ())),
        grace_months=document["grace_months"],
        repair_days=document["repair_days"],
        part_days=document["part_days"],
        minimum_days=document["minimum_days"],
        replaced=Replaced(document["replaced"]),
    )


def _rule(document: Mapping[str, Any]) -> Rule:
    terms = (Term(names_of(each["component"]), each.get("months")) for each in document.get("components", ()))
    return Rule(
        brand=document.get("brand", ""),
        category=document.get("category", ""),
        model=document.get("model", ""),
        unit_months=document.get("unit_months"),
        components=tuple(terms),
        exclusions=tuple(document.get("exclusions", ())),
        transferable=document.get("transferable", True),
    )


def names_of(word: str) -> tuple[str, ...]:
    """Diagnosis and policies write a part with its other names: ``启动电容/电容/压缩机电容``."""
    return tuple(name.strip() for name in word.split("/") if name.strip()) or (word,)


def same_part(one: str, other: str) -> bool:
    """By whole names: the capacitor of a compressor is not the compressor."""
    return not set(names_of(one)).isdisjoint(names_of(other))


def policy_on(policies: Sequence[Policy], day: date) -> Policy:
    """The newest that was valid then. What was bought before the first one falls under the first."""
    known = sorted(policies, key=lambda policy: policy.valid_from) or [standing()]
    return next((policy for policy in reversed(known) if policy.valid_from <= day), known[0])


@cache
def standing() -> Policy:
    """What holds as long as nobody has published a policy: the catalogue's terms and the legal minimum."""
    document = tomllib.loads(_STANDING.read_text())
    return read_policy(document["version"], document["valid_from"], document)
