"""A form that did not go through: the same page again, with what was typed in it and what to do beside it."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from app.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    PayloadTooLarge,
    Problem,
    TooManyRequests,
    UnsupportedMedia,
)

# What somebody can mend at the form before him; everything else is a page of its own.
MENDABLE = (Conflict, InvalidInput, PayloadTooLarge, TooManyRequests, UnsupportedMedia)
# At the desk one types the numbers of others: what is not there was typed wrong.
MENDABLE_AT_DESK = (*MENDABLE, NotFound)
# Of the form of this request. A refusal answers with a page like any other, so that its status tells nothing.
CARRIED_OUT = ContextVar("carried_out", default=True)
_PLACES = ("body", "path", "query")


@dataclass(frozen=True)
class Refused:
    """``form`` says which one of the page; ``errors`` by field, under ``""`` what concerns all of it."""

    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.errors)

    def over(self, form: str, standing: Mapping[str, object] | None = None) -> Mapping[str, object]:
        """What the form shows: what was typed into it, else what is so at present."""
        return self.typed if self.form == form else standing or {}

    def at(self, form: str) -> Mapping[str, str]:
        return self.errors if self.form == form else {}


NOTHING = Refused()


class Attempt:
    """``refused`` stays as it is when the form was carried out."""

    refused: Refused = NOTHING


@contextmanager
def attempt(form: str, typed: Mapping[str, str], *shown: str) -> Iterator[Attempt]:
    """``shown`` are the fields that the page has; what is wrong with anything else is said of the whole form."""
    tried = Attempt()
    try:
        yield tried
    except MENDABLE as problem:
        tried.refused = refusal(form, typed, problem, shown)


def refusal(
    form: str, typed: Mapping[str, str], problem: Problem, shown: Collection[str] | None = None
) -> Refused:
    """``shown``: as in ``attempt``; None where the form has every field of the body.

    Also known then: the form of this request has not been carried out.
    """
    CARRIED_OUT.set(False)
    errors: dict[str, str] = {}
    for each in problem.errors:
        name = _field(each.field, shown)
        if name or name not in errors:
            errors.setdefault(name, each.msg)
        elif each.msg not in errors[name]:
            errors[name] += f"；{each.msg}"
    return Refused(form, typed, errors or {"": problem.msg})


def why(problem: Problem) -> str:
    """All of it in one line."""
    return "；".join(each.msg for each in problem.errors) or problem.msg


def _field(path: str, shown: Collection[str] | None) -> str:
    """Of the form: a member of what it asks for (``body.contact.phone``) where it has that, else the whole."""
    parts = path.split(".")
    outer = parts[1] if parts[0] in _PLACES and len(parts) > 1 else parts[0]
    if shown is None:
        return outer
    return next((name for name in (parts[-1], outer) if name in shown), "")
