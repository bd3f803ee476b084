"""The teams at the town's desk, and the rules by which tickets reach them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
import orjson

from app.models.people import StaffRole
from app.schemas.routing import ConditionsIn, MemberIn, RuleIn, TeamIn
from app.services.routing.teams import add_team
from app.services.seed.membership import GOLD
from app.services.seed.people import Employee

_CAPACITY = 40
_RULES = "INSERT INTO routing_rules (rules, published_by, published_at) VALUES ($1, $2, $3)"
# As if they had just sat down; what comes later waits in the queues until somebody says that he is there.
_PRESENT = "UPDATE desk_seats SET presence = 'online', seen_at = $1"


@dataclass(frozen=True)
class _Wish:
    name: str
    conditions: ConditionsIn
    team: str
    rank: int = 0


_WISHES = (
    _Wish("有安全隐患", ConditionsIn(hazard=True), "紧急组", 9),
    _Wish("重大与系统性故障", ConditionsIn(priorities=["critical", "systemic"]), "紧急组", 8),
    _Wish("投诉", ConditionsIn(service_types=["complaint"]), "紧急组", 5),
    _Wish("咨询", ConditionsIn(service_types=["consultation"]), "咨询组"),
    _Wish("金卡会员", ConditionsIn(member_levels=[GOLD]), "售后组", 3),
)


async def plant_teams(connection: asyncpg.Connection, desk: Sequence[Employee], now: datetime) -> None:
    """Everybody answers questions, all but the first take repairs, and the first two take what cannot wait."""
    agents = [employee.id for employee in desk if employee.role is StaffRole.AGENT]
    repairs = await _team(connection, "售后组", agents[1:] or agents, now, standing=True)
    urgent = await _team(connection, "紧急组", agents[:2], now, overflow_id=UUID(repairs))
    questions = await _team(connection, "咨询组", agents, now)
    teams = {"售后组": repairs, "紧急组": urgent, "咨询组": questions}
    rules = [
        RuleIn(name=wish.name, conditions=wish.conditions, team_id=UUID(teams[wish.team]), rank=wish.rank)
        for wish in _WISHES
    ]
    document = orjson.dumps([rule.model_dump(mode="json") for rule in rules]).decode()
    await connection.execute(_RULES, document, agents[0], now)
    await connection.execute(_PRESENT, now)


async def _team(
    connection: asyncpg.Connection,
    name: str,
    members: Sequence[UUID],
    now: datetime,
    *,
    standing: bool = False,
    overflow_id: UUID | None = None,
) -> str:
    of = [MemberIn(staff_id=member, capacity=_CAPACITY) for member in members]
    body = TeamIn(name=name, members=of, standing=standing, overflow_id=overflow_id)
    return (await add_team(connection, body, now)).id
