"""Whose pages these are, and the way back to one of them after a form."""

from typing import Annotated

from fastapi import Depends
from fastapi.responses import RedirectResponse

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.pages.render import HEADERS
from app.routers.dependencies import require

CustomerDep = Annotated[Actor, Depends(require(Role.CUSTOMER))]


def back(path: str, said: str = "") -> RedirectResponse:
    """303: the browser fetches the page anew, and reloading it sends nothing twice."""
    query = f"?said={said}" if said else ""
    return RedirectResponse(f"/h5/{path}{query}", status_code=303, headers=HEADERS)
