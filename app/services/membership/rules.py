"""The rules of membership: published as a whole, in versions that never change."""

from datetime import datetime

import asyncpg
import orjson

from app.domain.actor import Actor
from app.domain.membership.rules import Rules, read
from app.errors import InvalidInput
from app.schemas.membership import MembershipRulesIn, MembershipRulesList, MembershipRulesOut

_ALL = "SELECT version, document, published_at FROM membership_rules ORDER BY version DESC LIMIT 100"
_IN_FORCE = """
SELECT version, document FROM membership_rules WHERE published_at <= $1 ORDER BY version DESC LIMIT 1
"""
_PUBLISH = """
INSERT INTO membership_rules (document, published_by, published_at) VALUES ($1, $2, $3) RETURNING version
"""
# Levels that the rules of routing which are in force ask for.
_ASKED = """
SELECT DISTINCT level FROM (SELECT rules FROM routing_rules ORDER BY version DESC LIMIT 1) r,
       jsonb_array_elements(r.rules) AS rule, jsonb_array_elements_text(rule->'conditions'->'member_levels') AS level
"""


async def rules_in_force(connection: asyncpg.Connection, now: datetime) -> Rules | None:
    """None where there is no membership."""
    row = await connection.fetchrow(_IN_FORCE, now)
    return read(row["version"], row["document"]) if row else None


async def list_rules(connection: asyncpg.Connection) -> MembershipRulesList:
    """Newest first."""
    rows = await connection.fetch(_ALL)
    return MembershipRulesList(
        items=[
            MembershipRulesOut(version=row["version"], published_at=row["published_at"], **row["document"])
            for row in rows
        ]
    )


async def publish_membership(
    connection: asyncpg.Connection, body: MembershipRulesIn, *, actor: Actor, now: datetime
) -> MembershipRulesOut:
    """For what is earned from now on; levels are counted by the newest at once. Errors: invalid_input for a level
    that is gone although tickets are routed by it."""
    kept = {level.code for level in body.levels}
    gone = {row["level"] for row in await connection.fetch(_ASKED)} - kept
    if gone:
        listed = "、".join(sorted(gone))
        raise InvalidInput.at(
            "body.levels", f"分派规则还在用级别 {listed}，请先修改分派规则。", "level_in_use"
        )
    document = body.model_dump(mode="json")
    version = await connection.fetchval(_PUBLISH, orjson.dumps(document).decode(), actor.id, now)
    return MembershipRulesOut(version=version, published_at=now, **document)
