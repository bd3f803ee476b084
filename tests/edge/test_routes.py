"""A request meets the routes that it could be for, and no others."""

from collections.abc import AsyncIterator
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI, Form, Header
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from fastapi.sse import EventSourceResponse
from httpx import ASGITransport, AsyncClient
from pydantic import BaseModel
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


class Cat(BaseModel):
    name: str
    lives: int = 9


def fed(food: Annotated[str, Header()] = "fish") -> str:
    return food


async def adopt(cat: Cat, food: Annotated[str, Depends(fed)]) -> Cat:
    """Takes one in."""
    return cat.model_copy(update={"name": f"{cat.name} of {food}"})


async def rename(name: str, to: Annotated[str, Form()]) -> RedirectResponse:
    return RedirectResponse(f"/cats/{to}?was={name}", 303)


async def purrs(name: str) -> AsyncIterator[Cat]:
    for lives in (9, 8):
        yield Cat(name=name, lives=lives)


def cattery(router: APIRouter) -> FastAPI:
    router.post("/", status_code=201, tags=["cats"], responses={409: {"description": "Taken"}})(adopt)
    router.post("/{name}", response_model=None, dependencies=[Depends(fed)])(rename)
    router.get("/{name}/purrs", response_class=EventSourceResponse, include_in_schema=False)(purrs)
    app = FastAPI()
    app.include_router(router)
    return app


async def test_what_is_declared_answers_and_is_described_as_fastapis_own_routes_are() -> None:
    plain, ours = cattery(APIRouter(prefix="/cats")), cattery(Routes(prefix="/cats"))
    assert ours.openapi() == plain.openapi()
    answers = []
    for app in (plain, ours):
        async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
            asked = [
                await client.post("/cats/", json={"name": "tom"}, headers={"food": "mice"}),
                await client.post("/cats/", json={"lives": "many"}),
                await client.post("/cats/tom", data={"to": "felix"}),
                await client.post("/cats/tom", json={}),
                await client.get("/cats/tom/purrs"),
                await client.delete("/cats/tom"),
            ]
            answers.append([(a.status_code, a.text, a.headers.get("location")) for a in asked])
    assert answers[0] == answers[1]
    assert [status for status, _, _ in answers[1]] == [201, 422, 303, 422, 200, 405]
