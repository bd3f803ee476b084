"""Teams at the desk and the rules by which tickets reach them; where a ticket would go now, and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Query, Request
from fastapi.responses import HTMLResponse, Response

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.domain.routing.choice import Presence
from app.domain.routing.rules import CHANNEL_LABELS
from app.domain.situation import PRIORITY_LABELS, SERVICE_LABELS
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.errors import Problem
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, LeaderAtDesk, back, show
from app.routers.forms import number, read, typed_in, whole, words
from app.routers.refused import MENDABLE_AT_DESK, NOTHING, Refused, refusal
from app.schemas.routing import RuleIn, RulesIn, TeamIn, TriedRoute
from app.services.membership.rules import rules_in_force
from app.services.routing.desk import try_route
from app.services.routing.rules import publish_rules, read_rules
from app.services.routing.teams import add_team, change_team, list_teams
from app.services.staff.colleagues import colleagues
from app.services.tickets.search import service_points

router = Routes(prefix=f"{CONSOLE}/settings/routing", include_in_schema=False)

_PRESENCE = {Presence.ONLINE: "在岗", Presence.BUSY: "在忙", Presence.OFFLINE: "离开"}
_AT_DESK = (Role.AGENT, Role.MANAGER, Role.ADMIN)
_MOST = 60
# Which words of a condition stand for which values.
_LISTS: Mapping[str, Mapping[str, str]] = {
    "channels": {each.value: label for each, label in CHANNEL_LABELS.items()},
    "service_types": {each.value: label for each, label in SERVICE_LABELS.items()},
    "priorities": {each.value: label for each, label in PRIORITY_LABELS.items()},
}
_HAZARD = {"": None, "true": True, "false": False}


@router.get("")
async def teams_and_rules(
    actor: AtDesk,
    connection: ReaderDep,
    now: Now,
    number: Annotated[str, Query(pattern=r"^$|^HX[0-9A-Z]{6,20}$")] = "",
    said: str = "",
) -> HTMLResponse:
    """``number`` is a ticket that is tried: nothing is changed by it."""
    return await _page(connection, actor, now, tried=number, said=said)


@router.post("/teams")
async def put_team(request: Request, actor: LeaderAtDesk, connection: WriterDep, now: Now) -> Response:
    """A new one, or with ``team_id`` as that one is to be."""
    typed = await typed_in(request)
    team = typed.get("team_id", "")
    try:
        body = read(TeamIn, _team(typed))
        async with whole(connection):
            if team:
                await change_team(connection, UUID(team), body, now)
            else:
                await add_team(connection, body, now)
    except MENDABLE_AT_DESK as problem:
        return await _page(connection, actor, now, refused=refusal(f"team{team}", typed, problem))
    return back("settings/routing", "changed")


@router.post("/rules")
async def put_rules(request: Request, actor: LeaderAtDesk, connection: WriterDep, now: Now) -> Response:
    """A new version of all of them, in the order of their numbers."""
    typed = await typed_in(request)
    try:
        body = read(RulesIn, {"rules": _rules(typed, await _levels(connection, now))})
        async with whole(connection):
            await publish_rules(connection, body, actor=actor, now=now)
    except MENDABLE_AT_DESK as problem:
        return await _page(connection, actor, now, refused=refusal("rules", typed, problem))
    return back("settings/routing", "published")


def _team(typed: Mapping[str, str]) -> dict[str, object]:
    members = [
        {
            "staff_id": typed[f"member_{n}"],
            "skills": words(typed.get(f"skills_{n}", "")),
            "capacity": number(typed.get(f"capacity_{n}", "")) or 10,
        }
        for n in range(_MOST)
        if typed.get(f"member_{n}")
    ]
    return {
        "name": typed.get("name"),
        "overflow_id": typed.get("overflow_id"),
        "standing": typed.get("standing") == "true",
        "members": members,
    }


async def _levels(connection: asyncpg.Connection, now: datetime) -> Mapping[str, str]:
    """What customers' levels are called, by code."""
    membership = await rules_in_force(connection, now)
    return {level.code: level.name for level in membership.levels} if membership else {}


def _rules(typed: Mapping[str, str], levels: Mapping[str, str]) -> list[dict[str, object]]:
    named = [n for n in range(_MOST) if typed.get(f"r{n}_name", "").strip()]
    return [
        _rule(typed, n, levels)
        for n in sorted(named, key=lambda n: (_place(typed.get(f"r{n}_place", "")), n))
    ]


def _place(said: str) -> int:
    return int(said) if said.isdecimal() else _MOST


def _rule(typed: Mapping[str, str], n: int, levels: Mapping[str, str]) -> dict[str, object]:
    def said(name: str) -> list[str]:
        return words(typed.get(f"r{n}_{name}", ""))

    conditions: dict[str, object] = {name: said(name) for name in ("categories", "words", "districts")}
    for name, labels in {**_LISTS, "member_levels": levels}.items():
        values = {label: value for value, label in labels.items()}
        conditions[name] = [values.get(each, each) for each in said(name)]
    point = typed.get(f"r{n}_point", "")
    conditions["service_point_ids"] = [point] if point else []
    conditions["hazard"] = _HAZARD.get(typed.get(f"r{n}_hazard", ""))
    rank = number(typed.get(f"r{n}_rank", ""))
    return {
        "name": typed.get(f"r{n}_name"),
        "team_id": typed.get(f"r{n}_team"),
        "rank": 0 if rank is None else rank,
        "conditions": conditions,
    }


def _standing(n: int, rule: RuleIn, levels: Mapping[str, str]) -> dict[str, object]:
    c = rule.conditions
    labels = {name: "、".join(_LISTS[name][each.value] for each in getattr(c, name)) for name in _LISTS}
    texts = {name: "、".join(getattr(c, name)) for name in ("categories", "words", "districts")}
    texts["member_levels"] = "、".join(levels.get(code, code) for code in c.member_levels)
    return {
        f"r{n}_{name}": value
        for name, value in {
            **labels,
            **texts,
            "name": rule.name,
            "place": n + 1,
            "team": str(rule.team_id),
            "rank": rule.rank,
            "point": str(c.service_point_ids[0]) if c.service_point_ids else "",
            "hazard": "" if c.hazard is None else str(c.hazard).lower(),
        }.items()
    }


async def _page(
    connection: asyncpg.Connection,
    actor: Actor,
    now: datetime,
    *,
    said: str = "",
    tried: str = "",
    refused: Refused = NOTHING,
) -> HTMLResponse:
    rules = await read_rules(connection)
    levels = await _levels(connection, now)
    standing = {k: v for n, rule in enumerate(rules.rules) for k, v in _standing(n, rule, levels).items()}
    return show(
        "settings/routing",
        actor,
        said=said,
        teams=(await list_teams(connection)).items,
        rules=rules,
        presence=_PRESENCE,
        people=await colleagues(connection, _AT_DESK),
        levels=list(levels.values()),
        points=await service_points(connection, actor.points),
        tried=tried,
        route=await _try(connection, tried, actor, now) if tried else None,
        refused=refused,
        typed=refused.over("rules", standing),
    )


async def _try(connection: asyncpg.Connection, tried: str, actor: Actor, now: datetime) -> TriedRoute | str:
    """What to say where there is no such ticket."""
    try:
        return await try_route(connection, tried, actor=actor, now=now)
    except Problem as problem:
        return problem.msg
