"""Engineers: who there is, a new one, what changes about one, and when one leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.domain.actor import Actor
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import ManagerAtDesk, back, show
from app.routers.dependencies import NetworkDep
from app.routers.forms import place, read, typed_in, whole, words
from app.routers.refused import MENDABLE_AT_DESK, NOTHING, Refused, refusal
from app.schemas.engineers import EngineerIn, EngineerPatch, EngineerRecord, LeaveIn, LeftOut
from app.services.contractors.read import list_contractors
from app.services.engineers.change import add_engineer, change_engineer
from app.services.engineers.leave import leave, rejoin
from app.services.engineers.read import list_engineers, read_engineer, skills
from app.services.idempotency import Once, fingerprint
from app.services.tickets.search import service_points

router = Routes(prefix=f"{CONSOLE}/engineers", include_in_schema=False)

EngineerId = Annotated[UUID, Path()]
_ACCOUNT = ("username", "password", "employee_no")


@router.get("")
async def engineer_list(
    actor: ManagerAtDesk,
    connection: ReaderDep,
    q: Annotated[str, Query(max_length=60)] = "",
    left: bool = False,
    said: str = "",
) -> HTMLResponse:
    return await _list(connection, actor, q=q, left=left, said=said)


@router.post("")
async def add(
    request: Request, actor: ManagerAtDesk, connection: WriterDep, network: NetworkDep, now: Now
) -> Response:
    """The next thing that he needs are hours, so that is the page which follows."""
    typed = await typed_in(request)
    try:
        said = _work(typed) | {name: typed.get(name) for name in _ACCOUNT}
        body = read(EngineerIn, said)
        once = Once("engineers", actor, None, fingerprint(body))
        async with whole(connection):
            made = await add_engineer(connection, body, once=once, network=network, now=now)
    except MENDABLE_AT_DESK as problem:
        typed = {name: value for name, value in typed.items() if name != "password"}
        return await _list(connection, actor, refused=refusal("add", typed, problem))
    return back(f"rosters/{made.id}", "hired")


@router.get("/{engineer_id}")
async def one_engineer(
    engineer_id: EngineerId, actor: ManagerAtDesk, connection: ReaderDep, said: str = ""
) -> HTMLResponse:
    return await _one(connection, engineer_id, actor, said=said)


@router.post("/{engineer_id}")
async def change(
    engineer_id: EngineerId,
    request: Request,
    actor: ManagerAtDesk,
    connection: WriterDep,
    network: NetworkDep,
    now: Now,
) -> Response:
    typed = await typed_in(request)
    await read_engineer(connection, str(engineer_id), actor=actor)
    try:
        body = _patch(_work(typed))
        async with whole(connection):
            await change_engineer(connection, str(engineer_id), body, actor=actor, network=network, now=now)
    except MENDABLE_AT_DESK as problem:
        return await _one(connection, engineer_id, actor, refused=refusal("change", typed, problem))
    return back(f"engineers/{engineer_id}", "changed")


@router.post("/{engineer_id}/leave")
async def let_go(
    engineer_id: EngineerId,
    request: Request,
    actor: ManagerAtDesk,
    connection: WriterDep,
    network: NetworkDep,
    now: Now,
) -> HTMLResponse:
    """The page says which visits look for somebody else, and what somebody has to take over."""
    typed = await typed_in(request)
    await read_engineer(connection, str(engineer_id), actor=actor)
    try:
        body = read(LeaveIn, {"reason": typed.get("reason")})
        async with whole(connection):
            gone = await leave(connection, str(engineer_id), body, actor=actor, network=network, now=now)
    except MENDABLE_AT_DESK as problem:
        return await _one(connection, engineer_id, actor, refused=refusal("leave", typed, problem))
    return await _one(connection, engineer_id, actor, gone=gone)


@router.post("/{engineer_id}/rejoin")
async def take_back(
    engineer_id: EngineerId, actor: ManagerAtDesk, connection: WriterDep, network: NetworkDep, now: Now
) -> RedirectResponse:
    await rejoin(connection, str(engineer_id), actor=actor, network=network, now=now)
    return back(f"engineers/{engineer_id}", "changed")


def _work(typed: Mapping[str, str]) -> dict[str, object]:
    """Raises InvalidInput."""
    known = [skill for n, skill in enumerate(skills()) if typed.get(f"skill_{n}")]
    return {
        **{name: typed.get(name, "") for name in ("name", "phone", "service_point_id", "contractor_id")},
        "skills": [*known, *words(typed.get("other_skills", ""))],
        "areas": words(typed.get("areas", "")),
        "home": place(typed.get("home", ""), "home"),
    }


def _patch(said: Mapping[str, object]) -> EngineerPatch:
    """What the form left empty is meant so: of no point, and one of ours. Raises InvalidInput."""
    emptied = [name for name in ("service_point_id", "contractor_id") if said[name] == ""]
    return read(EngineerPatch, said).model_copy(update=dict.fromkeys(emptied))


def _standing(engineer: EngineerRecord) -> dict[str, object]:
    return {
        "name": engineer.name,
        "phone": engineer.phone,
        "service_point_id": engineer.service_point_id or "",
        "contractor_id": engineer.contractor_id or "",
        "other_skills": "、".join(skill for skill in engineer.skills if skill not in skills()),
        "areas": "、".join(engineer.areas),
        "home": f"{engineer.latitude:.6f},{engineer.longitude:.6f}",
        **{f"skill_{n}": "true" for n, skill in enumerate(skills()) if skill in engineer.skills},
    }


@dataclass(frozen=True)
class _Choices:
    """What the form of an engineer offers."""

    skills: list[tuple[int, str]]
    points: list[tuple[str, str]]
    contractors: list[tuple[UUID, str]]
    # Of no point is of the whole house.
    any_point: bool


async def _choices(connection: asyncpg.Connection, actor: Actor) -> _Choices:
    return _Choices(
        skills=list(enumerate(skills())),
        points=await service_points(connection, actor.points),
        contractors=[(each.id, each.name) for each in (await list_contractors(connection, None)).items],
        any_point=actor.points is None,
    )


async def _list(
    connection: asyncpg.Connection,
    actor: Actor,
    *,
    q: str = "",
    left: bool = False,
    said: str = "",
    refused: Refused = NOTHING,
) -> HTMLResponse:
    return show(
        "engineers",
        actor,
        said=said,
        q=q,
        left=left,
        engineers=await list_engineers(connection, q, left=left, actor=actor),
        typed=refused.over("add"),
        errors=refused.at("add"),
        choices=await _choices(connection, actor),
    )


async def _one(
    connection: asyncpg.Connection,
    engineer_id: UUID,
    actor: Actor,
    *,
    said: str = "",
    refused: Refused = NOTHING,
    gone: LeftOut | None = None,
) -> HTMLResponse:
    engineer = await read_engineer(connection, str(engineer_id), actor=actor)
    return show(
        "engineers/one",
        actor,
        said=said,
        engineer=engineer,
        gone=gone,
        typed=refused.over("change", _standing(engineer)),
        errors=refused.at("change"),
        wrong_leave=refused.at("leave"),
        choices=await _choices(connection, actor),
    )
