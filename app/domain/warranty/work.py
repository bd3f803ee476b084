"""From what was agreed and fitted to what the work is good for."""

from collections.abc import Sequence
from datetime import date

from app.domain.pricing import PriceKind
from app.domain.situation import QuoteLine
from app.domain.warranty.cover import Cover, Done, Fitted
from app.domain.warranty.policy import names_of, same_part


def done_of(fault: str, agreed: Sequence[QuoteLine], parts: Sequence[str]) -> Done:
    """``agreed`` are the lines that the customer approved, ``parts`` the names of what was fitted."""
    return Done(fault, _of(agreed, PriceKind.LABOUR), _fitted(agreed, parts))


def _of(agreed: Sequence[QuoteLine], kind: PriceKind) -> tuple[Fitted, ...]:
    return tuple(
        Fitted(line.name, line.warranty_days, sold=line.amount_fen > 0)
        for line in agreed
        if line.kind == kind
    )


def _fitted(agreed: Sequence[QuoteLine], parts: Sequence[str]) -> tuple[Fitted, ...]:
    """By the line that sold it, where that has a term; what was fitted besides by the policy's."""
    sold = [part for part in _of(agreed, PriceKind.PART) if part.days]
    besides = [Fitted(name) for name in parts if not any(same_part(name, part.name) for part in sold)]
    return (*sold, *besides)


def shown(cover: Cover) -> tuple[str, int, date | None]:
    """As a receipt says it: the name, the days, the last day; a lifetime has neither."""
    days = (cover.ends_on - cover.begins_on).days if cover.ends_on else 0
    return names_of(cover.component)[0], days, cover.ends_on
