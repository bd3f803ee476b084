"""The rules: published as a whole, in versions that never change."""

from datetime import datetime

import asyncpg
import orjson

from app.domain.actor import Actor
from app.errors import InvalidInput
from app.schemas.routing import RulesIn, RulesOut
from app.services.membership.rules import rules_in_force

_READ = "SELECT version, rules, published_at FROM routing_rules ORDER BY version DESC LIMIT 1"
_PUBLISH = "INSERT INTO routing_rules (rules, published_by, published_at) VALUES ($1, $2::uuid, $3)"
_TEAMS = "SELECT id FROM teams WHERE id = ANY ($1::uuid[])"


async def read_rules(connection: asyncpg.Connection) -> RulesOut:
    row = await connection.fetchrow(_READ)
    if row is None:
        return RulesOut(version=None, rules=[], published_at=None)
    return RulesOut.model_validate(dict(row))


async def publish_rules(
    connection: asyncpg.Connection, body: RulesIn, *, actor: Actor, now: datetime
) -> RulesOut:
    """For what comes from now on. Errors: invalid_input for a team or a level of membership that does not exist."""
    wanted = {rule.team_id for rule in body.rules}
    known = {row["id"] for row in await connection.fetch(_TEAMS, list(wanted))}
    for position, rule in enumerate(body.rules):
        if rule.team_id not in known:
            raise InvalidInput.at(f"body.rules.{position}.team_id", "没有找到这个客服组。", "not_found")
    await _known_levels(connection, body, now)
    document = [rule.model_dump(mode="json") for rule in body.rules]
    await connection.execute(_PUBLISH, orjson.dumps(document).decode(), actor.id, now)
    return await read_rules(connection)


async def _known_levels(connection: asyncpg.Connection, body: RulesIn, now: datetime) -> None:
    """Nobody would ever be of a level that there is not."""
    membership = await rules_in_force(connection, now)
    known = {level.code for level in membership.levels} if membership else set()
    for position, rule in enumerate(body.rules):
        if not known.issuperset(rule.conditions.member_levels):
            field = f"body.rules.{position}.conditions.member_levels"
            raise InvalidInput.at(field, "没有这个会员级别，请检查会员规则。", "not_found")
