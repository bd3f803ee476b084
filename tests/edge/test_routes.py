"""A request meets the routes that it could be for, and no others."""

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from httpx import ASGITransport, AsyncClient
from starlette.types import Scope

from app.edge.routes import Routes


async def found() -> str:
    return "found"


def two_routers() -> FastAPI:
    app = FastAPI()
    for prefix, paths in (("/api/cats", ("", "/{name}")), ("/api", ("/dogs/{name}", "/dog-shows"))):
        router = Routes(prefix=prefix)
        for path in paths:
            router.get(path)(found)
        app.include_router(router)
    return app


@pytest.fixture
def client() -> AsyncClient:
    return AsyncClient(transport=ASGITransport(two_routers()), base_url="http://test")


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The paths of the routes that a request was compared with."""
    seen: set[str] = set()
    matches = APIRoute.matches

    def noted(route: APIRoute, scope: Scope) -> object:
        seen.add(route.path)
        return matches(route, scope)

    monkeypatch.setattr(APIRoute, "matches", noted)
    return seen


@pytest.mark.parametrize(
    ("path", "status", "asked"),
    [
        ("/api/cats", 200, {"/api/cats"}),
        ("/api/cats/tom", 200, {"/api/cats", "/api/cats/{name}"}),
        ("/api/dogs/rex", 200, {"/api/dogs/{name}"}),
        ("/api/dog-shows", 200, {"/api/dogs/{name}", "/api/dog-shows"}),
        ("/api/mice", 404, set()),
        ("/api/catsuit", 404, {"/api/cats", "/api/cats/{name}"}),
        # With a slash too many it is sent to the right place.
        ("/api/dog-shows/", 307, {"/api/dogs/{name}", "/api/dog-shows"}),
    ],
)
async def test_only_routers_that_it_could_be_for_are_asked(
    client: AsyncClient, compared: set[str], path: str, status: int, asked: set[str]
) -> None:
    assert (await client.get(path)).status_code == status
    assert compared == asked


async def test_a_wrong_method_is_still_told_from_a_wrong_path(client: AsyncClient) -> None:
    paths = ("/api/cats", "/api/dogs/rex", "/api/mice")
    assert [(await client.post(path)).status_code for path in paths] == [405, 405, 404]
