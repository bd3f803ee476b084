"""Where a ticket would go, and why: the same for a dry run as for the real thing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import asyncpg

from app.domain.routing.choice import Candidate, Seat, choose
from app.domain.routing.rules import Conditions, Facts, Match, Member, Rule, first_match
from app.domain.situation import Channel, Priority, ServiceType
from app.models.teams import RouteCause
from app.services.membership.look import standing_of

SeatsOf = Callable[[asyncpg.Connection, str], Awaitable[Sequence[Seat]]]

_FACTS = """
SELECT t.customer_id::text, t.channel, t.service_type, t.category, t.fault, t.priority,
       coalesce(t.address->>'district', '') AS district, t.service_point_id::text,
       coalesce(jsonb_array_length(t.diagnosis->'advice'), 0) > 0 AS hazard
  FROM tickets t WHERE t.id = $1
"""
_RULES = "SELECT version, rules FROM routing_rules ORDER BY version DESC LIMIT 1"
_TEAM = "SELECT id::text, name, overflow_id::text FROM teams WHERE id = $1::uuid"
_STANDING = "SELECT id::text, name, overflow_id::text FROM teams WHERE standing"


@dataclass(frozen=True)
class Decision:
    """``staff`` None: it waits in the team's queue, and ``why`` says so."""

    team_id: str
    team: str
    staff: Seat | None
    cause: RouteCause
    rank: int
    why: dict[str, Any]


async def facts_of(connection: asyncpg.Connection, ticket_id: int, now: datetime) -> Facts:
    """As they are now, the customer's level included."""
    row = await connection.fetchrow(_FACTS, ticket_id)
    return Facts(
        channel=Channel(row["channel"]),
        service_type=ServiceType(row["service_type"]),
        category=row["category"],
        words=row["fault"],
        priority=Priority(row["priority"]),
        district=row["district"],
        service_point_id=row["service_point_id"],
        hazard=row["hazard"],
        member=await _member(connection, row["customer_id"], now),
    )


async def _member(connection: asyncpg.Connection, customer_id: str, now: datetime) -> Member | None:
    has = await standing_of(connection, customer_id, now)
    return Member(has.level.code, has.level.name, has.points) if has else None


async def decide(
    connection: asyncpg.Connection, facts: Facts, *, seats_of: SeatsOf, now: datetime
) -> Decision | None:
    """None where there is no team to go to: no rule fits, and no team stands for the rest."""
    version, rules = await current_rules(connection)
    match = first_match(rules, facts)
    team = await (connection.fetchrow(_TEAM, match.rule.team_id) if match else connection.fetchrow(_STANDING))
    if team is None:
        return None
    cause = RouteCause.RULE if match else RouteCause.DEFAULT
    rank = match.rule.rank if match else 0
    told = _rule_told(match, version) | {"member": asdict(facts.member) if facts.member else None}
    return await within(
        connection, team, facts, cause=cause, rank=rank, told=told, seats_of=seats_of, now=now
    )


async def within(
    connection: asyncpg.Connection,
    team: asyncpg.Record,
    facts: Facts,
    *,
    cause: RouteCause,
    rank: int,
    told: dict[str, Any],
    seats_of: SeatsOf,
    now: datetime,
) -> Decision:
    """Somebody of the team, else of the one that it overflows into, else its queue."""
    tried = []
    for each in (
        team,
        await connection.fetchrow(_TEAM, team["overflow_id"]) if team["overflow_id"] else None,
    ):
        if each is None:
            continue
        choice = choose(await seats_of(connection, each["id"]), facts.category, now)
        tried.append({"team": each["name"], "candidates": [_told(c) for c in choice.candidates]})
        if choice.chosen is not None:
            why = told | {"tried": tried}
            return Decision(each["id"], each["name"], choice.chosen, cause, rank, why)
    why = told | {"tried": tried, "waits": "无人在线或都已满，已进入该组待分配队列"}
    return Decision(team["id"], team["name"], None, cause, rank, why)


async def current_rules(connection: asyncpg.Connection) -> tuple[int | None, list[Rule]]:
    row = await connection.fetchrow(_RULES)
    if row is None:
        return None, []
    return row["version"], [_rule(position, each) for position, each in enumerate(row["rules"], start=1)]


async def team_row(connection: asyncpg.Connection, team_id: str) -> asyncpg.Record | None:
    return await connection.fetchrow(_TEAM, team_id)


def _rule(position: int, document: dict[str, Any]) -> Rule:
    asked = document["conditions"]
    conditions = Conditions(
        channels=tuple(map(Channel, asked["channels"])),
        service_types=tuple(map(ServiceType, asked["service_types"])),
        categories=tuple(asked["categories"]),
        words=tuple(asked["words"]),
        priorities=tuple(map(Priority, asked["priorities"])),
        districts=tuple(asked["districts"]),
        service_point_ids=tuple(asked["service_point_ids"]),
        hazard=asked["hazard"],
        # Versions before there were members do not ask for it.
        member_levels=tuple(asked.get("member_levels", ())),
    )
    return Rule(position, document["name"], conditions, document["team_id"], document["rank"])


def _rule_told(match: Match | None, version: int | None) -> dict[str, Any]:
    if match is None:
        return {"rule": None, "version": version, "because": ["没有规则符合，进入默认组"]}
    rule = {"position": match.rule.position, "name": match.rule.name}
    return {"rule": rule, "version": version, "because": list(match.because) or ["规则没有条件"]}


def _told(candidate: Candidate) -> dict[str, Any]:
    seat = candidate.seat
    return {"name": seat.name, "load": seat.load, "capacity": seat.capacity, "obstacle": candidate.obstacle}
