"""In or out of warranty, with the reason and the policy: decided before anybody is sent, and kept with the ticket."""

from dataclasses import asdict
from datetime import datetime

import asyncpg
import orjson

from app.domain.situation import WARRANTY_LABELS, Covers, Situation, Warranty, WarrantyDecision
from app.domain.warranty.cover import Cover
from app.domain.warranty.decision import Case, decide_case
from app.domain.warranty.policy import Policy, Product, policy_on
from app.domain.zone import ZONE
from app.services.tickets.change import Change
from app.services.warranties.periods import covers_of_ticket, establish
from app.services.warranties.policies import policies_of

_KEEP = """
UPDATE tickets SET warranty_decision = $2, rework_of = (SELECT r.id FROM tickets r WHERE r.number = $3 AND r.id <> $1)
 WHERE id = $1
"""


async def with_decision(change: Change, s: Situation, said: Warranty | None) -> Situation:
    """The same with the decision: what an agent ``said`` goes before what the periods say."""
    found = await decision_of(change.connection, s, change.now)
    if said is not None and said is not found.state:
        found = overridden(said, f"客服判定为{WARRANTY_LABELS[said]}", found.policy_version)
    return await keep_decision(change.connection, s, found)


async def decision_of(
    connection: asyncpg.Connection, s: Situation, now: datetime, component: str = ""
) -> WarrantyDecision:
    """By the periods; ``component`` is the part that somebody found to be the cause."""
    today = now.astimezone(ZONE).date()
    product, held, policies = await _covered(connection, s, now)
    policy = policy_on(policies, today)
    parts = (component,) if component else s.diagnosis.parts
    case = Case(s.service_type, s.diagnosis.fault, tuple(parts), held, policy.rule_for(product), policy)
    return decide_case(case, today)


async def keep_decision(
    connection: asyncpg.Connection, s: Situation, decision: WarrantyDecision
) -> Situation:
    document = orjson.dumps(asdict(decision)).decode()
    await connection.execute(_KEEP, s.id, document, decision.rework_of)
    return s._replace(warranty=decision.state, decision=decision)


async def as_rework(connection: asyncpg.Connection, s: Situation) -> Situation:
    """Work that did not help is done over at no cost, whatever the warranty of the appliance says."""
    version = s.decision.policy_version if s.decision else ""
    reason = "同一故障返修，免费处理"
    rework = WarrantyDecision(Warranty.IN, reason, version, Covers.REPAIR, rework_of=s.number)
    return await keep_decision(connection, s, rework)


def overridden(state: Warranty, reason: str, policy_version: str) -> WarrantyDecision:
    return WarrantyDecision(state, reason, policy_version, Covers.OVERRIDE)


async def _covered(
    connection: asyncpg.Connection, s: Situation, now: datetime
) -> tuple[Product, tuple[Cover, ...], tuple[Policy, ...]]:
    if s.asset_id is None:
        product = Product(s.brand, s.category, s.model)
        held = await covers_of_ticket(connection, s.id)
        return product, held, tuple(await policies_of(connection))
    covered = await establish(connection, s.asset_id, now)
    return covered.product, covered.held, covered.policies
