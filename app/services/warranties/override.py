"""A person decides the warranty of a ticket: a fact beside its state, with his reason and, for damage, his photos."""

from dataclasses import replace
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import ENDS, Role, State
from app.domain.notices import progress
from app.domain.situation import Purpose, Situation, Warranty, WarrantyDecision
from app.errors import Conflict, Forbidden
from app.schemas.warranties import DecideWarrantyIn, TicketWarrantyOut
from app.services.attachments.attach import attach
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load
from app.services.tickets.record import Entry
from app.services.warranties.decide import decision_of, keep_decision, overridden
from app.services.warranties.read import warranty_of

CAUSES = {
    "human_damage": "人为损坏",
    "component_found": "已查明故障部件",
    "proof_seen": "已核对购买凭证",
    "goodwill": "特殊照顾",
    "not_covered": "不属于保修范围",
    "other": "人工判定",
}
# An engineer decides at the appliance, and by what he finds there.
ON_THE_SPOT = frozenset({State.ON_SITE, State.IN_REPAIR})
FOUND = frozenset({"human_damage", "component_found", "not_covered"})
OUT = frozenset({"human_damage", "not_covered"})
SETTLED = ENDS | {State.COMPLETED, State.CONFIRMED}


class WorkDone(Conflict):
    code, msg = "work_done", "服务已完成，不能再更改保修判定。"


class NotOnSite(Forbidden):
    code, msg = "not_on_site", "工程师到达现场后，才能根据现场情况更改保修判定。"


class NotByEngineer(Forbidden):
    code, msg = "not_by_engineer", "这类判定由客服或主管作出，请联系客服。"


async def decide_warranty(
    connection: asyncpg.Connection, number: str, body: DecideWarrantyIn, *, actor: Actor, now: datetime
) -> TicketWarrantyOut:
    """Errors: not_found, work_done, not_on_site, not_by_engineer, invalid_input for photos of others."""
    s = await load(connection, number, actor, lock=True)
    _may(s, body, actor)
    photos = await attach(
        connection, ids=body.attachment_ids, ticket_id=s.id, actor=actor, purpose=Purpose.BEFORE
    )
    decision = await _decided(connection, s, body, now)
    after = await keep_decision(connection, s.with_photos(photos), decision)
    word = "保内" if decision.state is Warranty.IN else "保外"
    entry = Entry(
        "warranty_decided",
        f"保修判定为{word}：{decision.reason}",
        {"cause": body.cause, "reason": body.reason, "before": s.decision, "after": decision},
    )
    notices = [progress(after, hint=f"保修判定为{word}，点此查看原因")]
    after = await add_fact(connection, after, entry, actor=actor, now=now, notices=notices)
    return await warranty_of(connection, after, now)


def _may(s: Situation, body: DecideWarrantyIn, actor: Actor) -> None:
    if s.state in SETTLED:
        raise WorkDone
    if actor.role is not Role.ENGINEER:
        return
    if s.engineer_id != actor.id or s.state not in ON_THE_SPOT:
        raise NotOnSite
    if body.cause not in FOUND:
        raise NotByEngineer


async def _decided(
    connection: asyncpg.Connection, s: Situation, body: DecideWarrantyIn, now: datetime
) -> WarrantyDecision:
    if body.cause == "component_found":
        return await decision_of(connection, s, now, body.component)
    state = Warranty.OUT if body.cause in OUT else body.state or Warranty.OUT
    version = s.decision.policy_version if s.decision else ""
    return replace(
        overridden(state, f"{CAUSES[body.cause]}：{body.reason}", version), component=body.component
    )
