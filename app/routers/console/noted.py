"""What is done at the desk is written down with it: every form of the console that is about no single ticket.

A ticket's own steps are its events; a sign-in and a look at a caller write their own entries.
"""

from collections.abc import AsyncIterator

from fastapi import Depends, Request
from fastapi.routing import APIRoute

from app.edge.given import Now, WriterDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk
from app.routers.dependencies import NetworkDep
from app.routers.refused import CARRIED_OUT
from app.services.audit.note import Action, note

# Every minute by itself, and what has an entry of its own.
_QUIET = ("/queue/presence", "/hotline", "/sign-in", "/sign-in/code", "/sign-out")
# Of these each form has its own entry.
_OWN = f"{CONSOLE}/account"
_SAFE = frozenset({"GET", "HEAD"})


async def noted(
    request: Request, actor: AtDesk, connection: WriterDep, network: NetworkDep, now: Now
) -> AsyncIterator[None]:
    """In the transaction of the form, when it has been carried out: what was refused was not done."""
    CARRIED_OUT.set(True)
    yield
    if CARRIED_OUT.get():
        await note(connection, actor, Action.DESK, request.url.path, network=network, now=now)


def with_notes(router: Routes) -> Routes:
    for route in router.routes:
        if isinstance(route, APIRoute) and not (route.methods or _SAFE) & _SAFE and _of_the_house(route.path):
            route.dependencies.append(Depends(noted, scope="function"))
    return router


def _of_the_house(path: str) -> bool:
    return "{number}" not in path and not path.endswith(_QUIET) and not path.startswith(_OWN)
