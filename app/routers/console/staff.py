"""Accounts of those who sign in: new ones, what they may, whose tickets they see, a new password, an end."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.models.people import StaffRole
from app.pages.problem import CONSOLE
from app.routers.console.shell import back, show
from app.routers.dependencies import NetworkDep, require
from app.routers.forms import read, whole
from app.routers.refused import MENDABLE_AT_DESK, NOTHING, Refused, refusal
from app.schemas.second_factor import ResetIn, SecondFactorRoles
from app.schemas.staff import NewAccountIn, PasswordIn, RightsIn
from app.services.second_factor.demand import demand, demanded_roles
from app.services.second_factor.reset import reset
from app.services.staff import desk
from app.services.staff.accounts import (
    DESK_ROLES,
    ROLE_LABELS,
    enable,
    list_accounts,
    read_account,
    set_rights,
)
from app.services.tickets.search import service_points

router = Routes(prefix=f"{CONSOLE}/staff", include_in_schema=False)

AdminAtDesk = Annotated[Actor, Depends(require(Role.ADMIN))]
StaffId = Annotated[UUID, Path()]
_ROLES = [(role.value, ROLE_LABELS[role]) for role in DESK_ROLES]


@router.get("")
async def account_list(
    actor: AdminAtDesk, connection: ReaderDep, q: Annotated[str, Query(max_length=60)] = "", said: str = ""
) -> HTMLResponse:
    return await _list(connection, actor, q=q, said=said)


@router.post("")
async def add_account(
    request: Request, actor: AdminAtDesk, connection: WriterDep, network: NetworkDep, now: Now
) -> Response:
    """For the desk; engineers are hired with their trades and areas (`huixiang staff add`)."""
    typed, points = await _typed(request)
    try:
        said = {name: typed.get(name) for name in ("username", "password", "role", "name", "phone")}
        body = read(NewAccountIn, said | {"points": points})
        async with whole(connection):
            await desk.add_account(connection, body, actor=actor, network=network, now=now)
    except MENDABLE_AT_DESK as problem:
        typed.pop("password", None)
        return await _list(connection, actor, refused=refusal("add", typed, problem), chosen=points)
    return back("staff", "changed")


@router.post("/second-factor-roles")
async def demand_second_factor(
    request: Request, actor: AdminAtDesk, connection: WriterDep, network: NetworkDep, now: Now
) -> RedirectResponse:
    """Of the roles that are ticked, from the next sign-in on."""
    form = await request.form()
    body = read(SecondFactorRoles, {"roles": [role for role in StaffRole if role.value in form]})
    await demand(connection, body.roles, actor=actor, network=network, now=now)
    return back("staff", "changed")


@router.post("/{staff_id}/second-factor/reset")
async def reset_second_factor(
    staff_id: StaffId,
    request: Request,
    actor: AdminAtDesk,
    connection: WriterDep,
    network: NetworkDep,
    now: Now,
) -> Response:
    """For whoever has lost his phone and his recovery codes."""
    typed, _ = await _typed(request)
    try:
        body = read(ResetIn, {"reason": typed.get("reason")})
        async with whole(connection):
            await reset(connection, staff_id, body.reason, actor=actor, network=network, now=now)
    except MENDABLE_AT_DESK as problem:
        return await _one(connection, staff_id, actor, refused=refusal("factor", {}, problem))
    return back(f"staff/{staff_id}", "changed")


@router.get("/{staff_id}")
async def one_account(
    staff_id: StaffId, actor: AdminAtDesk, connection: ReaderDep, said: str = ""
) -> HTMLResponse:
    return await _one(connection, staff_id, actor, said=said)


@router.post("/{staff_id}/rights")
async def change_rights(
    staff_id: StaffId,
    request: Request,
    actor: AdminAtDesk,
    connection: WriterDep,
    network: NetworkDep,
    now: Now,
) -> Response:
    typed, points = await _typed(request)
    try:
        body = read(RightsIn, {"role": typed.get("role"), "points": points})
        async with whole(connection):
            await set_rights(
                connection,
                staff_id,
                StaffRole(body.role),
                body.points,
                actor=actor,
                network=network,
                now=now,
            )
    except MENDABLE_AT_DESK as problem:
        refused = refusal("rights", typed, problem)
        return await _one(connection, staff_id, actor, refused=refused, chosen=points)
    return back(f"staff/{staff_id}", "changed")


@router.post("/{staff_id}/password")
async def new_password(
    staff_id: StaffId,
    request: Request,
    actor: AdminAtDesk,
    connection: WriterDep,
    network: NetworkDep,
    now: Now,
) -> Response:
    """Whoever was signed in with the old one is signed out."""
    typed, _ = await _typed(request)
    await read_account(connection, staff_id)
    try:
        body = read(PasswordIn, {"password": typed.get("password")})
        async with whole(connection):
            await desk.reset_password(
                connection, staff_id, body.password, actor=actor, network=network, now=now
            )
    except MENDABLE_AT_DESK as problem:
        return await _one(connection, staff_id, actor, refused=refusal("password", {}, problem))
    return back(f"staff/{staff_id}", "changed")


@router.post("/{staff_id}/disable")
async def end_account(
    staff_id: StaffId, actor: AdminAtDesk, connection: WriterDep, network: NetworkDep, now: Now
) -> Response:
    """The page names the jobs that he still has in hand."""
    in_hand = await desk.end_account(connection, staff_id, actor=actor, network=network, now=now)
    return await _one(connection, staff_id, actor, in_hand=in_hand)


@router.post("/{staff_id}/enable")
async def reopen_account(
    staff_id: StaffId, actor: AdminAtDesk, connection: WriterDep, network: NetworkDep, now: Now
) -> RedirectResponse:
    await enable(connection, staff_id, actor=actor, network=network, now=now)
    return back(f"staff/{staff_id}", "changed")


async def _typed(request: Request) -> tuple[dict[str, str], list[str]]:
    form = await request.form()
    typed = {name: value for name, value in form.items() if isinstance(value, str) and name != "points"}
    return typed, [value for value in form.getlist("points") if isinstance(value, str)]


async def _list(
    connection: asyncpg.Connection,
    actor: Actor,
    *,
    q: str = "",
    said: str = "",
    refused: Refused = NOTHING,
    chosen: list[str] | None = None,
) -> HTMLResponse:
    return show(
        "staff",
        actor,
        said=said,
        accounts=await list_accounts(connection, q),
        q=q,
        roles=_ROLES,
        points=await service_points(connection, actor.points),
        chosen=chosen or [],
        all_roles=[(role.value, words) for role, words in ROLE_LABELS.items()],
        demanded=await demanded_roles(connection),
        typed=refused.over("add"),
        errors=refused.at("add"),
    )


async def _one(
    connection: asyncpg.Connection,
    staff_id: UUID,
    actor: Actor,
    *,
    said: str = "",
    refused: Refused = NOTHING,
    chosen: list[str] | None = None,
    in_hand: list[str] | None = None,
) -> HTMLResponse:
    account = await read_account(connection, staff_id)
    standing: Mapping[str, object] = {"role": account.role.value}
    return show(
        "staff/one",
        actor,
        said=said,
        account=account,
        myself=str(account.id) == actor.id,
        roles=_ROLES,
        points=await service_points(connection, actor.points),
        chosen=chosen if chosen is not None else list(account.points or ()),
        typed=refused.over("rights", standing),
        errors=refused.at("rights"),
        wrong_password=refused.at("password"),
        wrong_reset=refused.at("factor"),
        in_hand=in_hand or [],
    )
