"""Apps of the tests, as many as they like: what each would make of the same declarations is made once a process."""

from typing import Any

from fastapi import FastAPI
from starlette.routing import BaseRoute

from app.main import ROUTERS, create_app
from app.settings import Settings
from tests.harness import declared

# FastAPI makes an app's routes when a request first needs them; of an app that lives for one test that is the most.
_ROUTES: list[BaseRoute] = []
_INCLUDED = slice(-len(ROUTERS), None)


def make_app(settings: Settings, **given: Any) -> FastAPI:
    """As ``create_app``, with the routes and the description that all apps of this process share.

    An app that a test gives ``dependency_overrides`` needs routes of its own, and is made by ``create_app``.
    """
    app = create_app(settings, **given)
    if not _ROUTES:
        _ROUTES.extend(app.router.routes[_INCLUDED])
    app.router.routes[_INCLUDED] = _ROUTES
    declared.read(app)
    return app
