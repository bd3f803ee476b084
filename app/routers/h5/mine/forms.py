"""Forms on a customer's pages: a page has several, and one that was refused comes back as it was typed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.errors import (
    Conflict,
    InvalidInput,
    PayloadTooLarge,
    Problem,
    TooManyRequests,
    UnsupportedMedia,
)
from app.pages.render import HEADERS
from app.routers.dependencies import require
from app.routers.event_steps import typed_in

CustomerDep = Annotated[Actor, Depends(require(Role.CUSTOMER))]

# What somebody can mend himself; everything else is a page of its own.
_MENDABLE = (Conflict, InvalidInput, PayloadTooLarge, TooManyRequests, UnsupportedMedia)


@dataclass(frozen=True)
class Refused:
    """``form`` is which one of the page; ``errors`` by field, under ``""`` what concerns all of it."""

    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self, form: str, name: str, otherwise: object = "") -> str:
        """What was typed into this form, or what is known."""
        if form == self.form:
            return self.typed.get(name, "")
        return "" if otherwise is None else str(otherwise)

    def error(self, form: str, name: str) -> str:
        return self.errors.get(name, "") if form == self.form else ""


NOTHING = Refused()


class Attempt:
    """``refused`` stays None when the form was carried out."""

    refused: Refused | None = None


@contextmanager
def attempt(form: str, typed: Mapping[str, str], *fields: str) -> Iterator[Attempt]:
    """``fields`` are those that the page shows; what is wrong with anything else is said of the whole form."""
    tried = Attempt()
    try:
        yield tried
    except _MENDABLE as problem:
        tried.refused = Refused(form, typed, _errors(problem, fields))


def _errors(problem: Problem, fields: tuple[str, ...]) -> dict[str, str]:
    if not problem.errors:
        return {"": problem.msg}
    said: dict[str, str] = {}
    for each in problem.errors:
        name = each.field.rpartition(".")[2]
        said.setdefault(name if name in fields else "", each.msg)
    return said


async def typed_form(request: Request) -> dict[str, str]:
    return await typed_in(request)


TypedDep = Annotated[dict[str, str], Depends(typed_form)]


def back(path: str, said: str = "") -> RedirectResponse:
    """303: the browser fetches the page anew, and reloading it sends nothing twice."""
    query = f"?said={said}" if said else ""
    return RedirectResponse(f"/h5/{path}{query}", status_code=303, headers=HEADERS)
