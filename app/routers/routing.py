"""Teams at the desk and the rules by which tickets reach them."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import ActorDep, HouseLeader, IdempotencyKey, require, require_of_ticket
from app.routers.tickets import Number
from app.schemas.routing import (
    PresenceIn,
    PresenceOut,
    QueueOut,
    RouteList,
    RulesIn,
    RulesOut,
    TeamIn,
    TeamList,
    TeamOut,
    TransferIn,
    TriedRoute,
    TryIn,
    Whose,
)
from app.services.idempotency import Once, fingerprint
from app.services.routing.desk import be_present, queue, routes_of, transfer, try_route
from app.services.routing.rules import publish_rules, read_rules
from app.services.routing.teams import add_team, change_team, list_teams

teams = Routes(prefix="/api/v1/teams", tags=["routing"])
router = Routes(prefix="/api/v1/routing", tags=["routing"])
of_tickets = Routes(prefix="/api/v1/tickets/{number}/route", tags=["routing"])

DeskDep = Annotated[Actor, Depends(require(Role.AGENT, Role.MANAGER, Role.ADMIN))]
SEES = Depends(require_of_ticket(Role.AGENT, Role.MANAGER, Role.ADMIN))
TeamId = Annotated[UUID, Path()]


@teams.get("")
async def read_teams(_: DeskDep, connection: ReaderDep) -> TeamList:
    """Each with its people: who is there, how much he has and how much he can have."""
    return await list_teams(connection)


@teams.post("", status_code=201)
async def create_team(
    body: TeamIn,
    actor: HouseLeader,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> TeamOut:
    """A team of the desk, with its people and how much each may have."""
    once = Once("teams", actor, idempotency_key, fingerprint(body))
    return await once.give(connection, now, TeamOut, partial(add_team, connection, body, now))


@teams.put("/{team_id}")
async def put_team(team_id: TeamId, body: TeamIn, _: HouseLeader, connection: WriterDep, now: Now) -> TeamOut:
    """All of a team at once: name, people, and which team helps out."""
    return await change_team(connection, team_id, body, now)


@router.get("/rules")
async def read_routing_rules(_: DeskDep, connection: ReaderDep) -> RulesOut:
    """The rules in force, in the order in which they are asked."""
    return await read_rules(connection)


@router.post("/rules", status_code=201)
async def create_routing_rules(
    body: RulesIn,
    actor: HouseLeader,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> RulesOut:
    """A new version of all rules, for tickets that come from now on."""
    once = Once("routing-rules", actor, idempotency_key, fingerprint(body))
    work = partial(publish_rules, connection, body, actor=actor, now=now)
    return await once.give(connection, now, RulesOut, work)


@router.post("/try")
async def try_routing(body: TryIn, actor: DeskDep, connection: ReaderDep, now: Now) -> TriedRoute:
    """Where a ticket would go now, and why."""
    return await try_route(connection, body.number, actor=actor, now=now)


@router.put("/presence")
async def put_presence(body: PresenceIn, actor: DeskDep, connection: WriterDep, now: Now) -> PresenceOut:
    """I am here (again each minute), here but busy, or gone."""
    return await be_present(connection, body.presence, actor=actor, now=now)


@router.get("/queue")
async def read_queue(actor: DeskDep, connection: ReaderDep, whose: Whose = "mine") -> QueueOut:
    """What I have, or what waits in the queues of my teams."""
    return await queue(connection, whose, actor=actor)


@of_tickets.get("", dependencies=[SEES])
async def read_routes(number: Number, actor: ActorDep, connection: ReaderDep) -> RouteList:
    """Where the ticket went at the desk, and why: rule and version, what of it held, who else there was."""
    return await routes_of(connection, number, actor=actor)


@of_tickets.post("", status_code=201, dependencies=[SEES])
async def create_ticket_route(
    number: Number,
    body: TransferIn,
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> RouteList:
    """Pass it on by hand, with a reason."""
    once = Once("ticket-routes", actor, idempotency_key, fingerprint(body, number))
    work = partial(transfer, connection, number, body, actor=actor, now=now)
    return await once.give(connection, now, RouteList, work)
