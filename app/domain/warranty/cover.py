"""The periods that an appliance has: from its purchase, from parts that were fitted, from repairs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.warranty.periods import add_days, add_months, in_force, later
from app.domain.warranty.policy import Policy, Product, Replaced, policy_on, same_part


class Kind(StrEnum):
    UNIT = "unit"
    PART = "part"
    REPAIR = "repair"


class Source(StrEnum):
    """What a period rests on. A purchase that nobody has verified is the customer's word."""

    PROOF = "proof"
    CLAIMED = "claimed"
    MANUFACTURE = "manufacture"
    FITTED = "fitted"
    REPAIRED = "repaired"


@dataclass(frozen=True)
class Cover:
    """One period of one thing. ``ends_on`` is its last day, None for a lifetime; ``ticket`` is the number of the job
    from which it comes; ``fault`` is what a repair mended."""

    kind: Kind
    component: str
    begins_on: date
    ends_on: date | None
    policy_version: str
    source: Source
    fault: str = ""
    ticket: str = ""

    def holds(self, today: date) -> bool:
        return in_force(self.ends_on, today)


@dataclass(frozen=True)
class Birth:
    """What is known of the beginning of an appliance's life."""

    purchased_on: date | None = None
    verified: bool = False
    manufactured_on: date | None = None


@dataclass(frozen=True)
class Fitted:
    """``days`` is the term by which it was sold, 0 where the price table names none. What was sold is a promise of
    its own, whatever it replaced."""

    name: str
    days: int = 0
    sold: bool = False


@dataclass(frozen=True)
class Done:
    """Finished work: what was mended, under which names and terms, and with which parts."""

    fault: str
    labour: tuple[Fitted, ...]
    parts: tuple[Fitted, ...]


def of_purchase(birth: Birth, product: Product, policies: Sequence[Policy]) -> tuple[Cover, ...]:
    """The unit's period and those of its main parts; nothing where nobody knows when they began."""
    begins = _beginning(birth, policies)
    if begins is None:
        return ()
    on, source = begins
    policy = policy_on(policies, on)
    return tuple(_of_purchase(policy, product, on, source))


def _beginning(birth: Birth, policies: Sequence[Policy]) -> tuple[date, Source] | None:
    if birth.purchased_on is not None:
        return birth.purchased_on, Source.PROOF if birth.verified else Source.CLAIMED
    if birth.manufactured_on is not None:
        grace = policy_on(policies, birth.manufactured_on).grace_months
        return add_months(birth.manufactured_on, grace), Source.MANUFACTURE
    return None


def _of_purchase(policy: Policy, product: Product, on: date, source: Source) -> Iterator[Cover]:
    months = policy.unit_months(product)
    if months is not None:
        yield Cover(Kind.UNIT, "", on, add_months(on, months), policy.version, source)
    for term in policy.rule_for(product).components:
        ends = None if term.months is None else add_months(on, term.months)
        yield Cover(Kind.PART, "/".join(term.names), on, ends, policy.version, source)


def of_work(done: Done, held: Iterable[Cover], policy: Policy, today: date, ticket: str) -> tuple[Cover, ...]:
    """The periods that finished work begins. Doing it over begins none for the repair, and a part that replaces
    one under warranty goes on with that one's period: nothing starts anew by being done twice."""
    holding = [cover for cover in held if cover.holds(today)]
    return (*_repairs(done, holding, policy, today, ticket), *_parts(done, holding, policy, today, ticket))


def _repairs(
    done: Done, holding: Sequence[Cover], policy: Policy, today: date, ticket: str
) -> Iterator[Cover]:
    if repair_of(done.fault, holding) is not None and not any(work.sold for work in done.labour):
        return
    for work in done.labour or (Fitted("本次维修"),):
        ends = add_days(today, work.days or policy.repair_days)
        yield Cover(Kind.REPAIR, work.name, today, ends, policy.version, Source.REPAIRED, done.fault, ticket)


def _parts(done: Done, holding: Sequence[Cover], policy: Policy, today: date, ticket: str) -> Iterator[Cover]:
    for part in done.parts:
        ends = _part_ends(part, covering(part.name, holding), policy, today)
        yield Cover(Kind.PART, part.name, today, ends, policy.version, Source.FITTED, done.fault, ticket)


def _part_ends(part: Fitted, replaced: Sequence[Cover], policy: Policy, today: date) -> date | None:
    fresh = add_days(today, part.days or policy.part_days)
    if not replaced:
        return fresh
    remainder = replaced[0].ends_on
    for cover in replaced[1:]:
        remainder = later(remainder, cover.ends_on)
    if part.sold:
        return later(remainder, fresh)
    if policy.replaced is Replaced.REMAINDER:
        return remainder
    return later(remainder, add_days(today, policy.minimum_days))


def repair_of(fault: str, holding: Iterable[Cover]) -> Cover | None:
    """The repair of this very fault that is still good."""
    return next((c for c in holding if c.kind is Kind.REPAIR and fault and c.fault == fault), None)


def covering(part: str, holding: Iterable[Cover]) -> list[Cover]:
    """The periods under which this part falls: its own, or the unit's."""
    return [
        cover
        for cover in holding
        if cover.kind is Kind.UNIT or (cover.kind is Kind.PART and same_part(part, cover.component))
    ]
