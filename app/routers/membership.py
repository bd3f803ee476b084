"""Membership: what I have and why, what the desk sees of a customer, and the rules by which points are earned."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import HouseLeader, IdempotencyKey, require
from app.schemas.membership import (
    CorrectionIn,
    CorrectionOut,
    MembershipOut,
    MembershipRulesIn,
    MembershipRulesList,
    MembershipRulesOut,
)
from app.services.idempotency import Once, fingerprint
from app.services.membership.correct import correct, membership_at_desk
from app.services.membership.look import membership_of
from app.services.membership.rules import list_rules, publish_membership

router = Routes(prefix="/api/v1", tags=["membership"])

CustomerDep = Annotated[Actor, Depends(require(Role.CUSTOMER))]
DeskDep = Annotated[Actor, Depends(require(Role.AGENT, Role.MANAGER, Role.ADMIN))]
LeaderDep = Annotated[Actor, Depends(require(Role.MANAGER, Role.ADMIN))]
CustomerId = Annotated[UUID, Path()]
Cursor = Annotated[str | None, Query(max_length=60)]


@router.get("/me/membership")
async def my_membership(
    actor: CustomerDep, connection: ReaderDep, now: Now, cursor: Cursor = None
) -> MembershipOut:
    """My points and level, what is missing to the next one, and every change with why, newest first."""
    return await membership_of(connection, actor.id, now=now, cursor=cursor)


@router.get("/customers/{customer_id}/membership")
async def read_membership(
    customer_id: CustomerId, desk: DeskDep, connection: ReaderDep, now: Now, cursor: Cursor = None
) -> MembershipOut:
    """As the customer sees it; tickets of service points that are not the caller's are not named."""
    return await membership_at_desk(connection, customer_id, actor=desk, now=now, cursor=cursor)


@router.post("/customers/{customer_id}/points", status_code=201)
async def create_correction(
    customer_id: CustomerId,
    body: CorrectionIn,
    actor: LeaderDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> CorrectionOut:
    """Set points right by a further row, with a reason that the customer reads. It is logged."""
    once = Once("points", actor, idempotency_key, fingerprint(body, str(customer_id)))
    work = partial(correct, connection, customer_id, body, actor=actor, now=now)
    return await once.give(connection, now, CorrectionOut, work)


@router.get("/membership/rules")
async def read_membership_rules(_: DeskDep, connection: ReaderDep) -> MembershipRulesList:
    """Every version, newest first. Without any there is no membership."""
    return await list_rules(connection)


@router.post("/membership/rules", status_code=201)
async def create_membership_rules(
    body: MembershipRulesIn,
    actor: HouseLeader,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> MembershipRulesOut:
    """A new version, for what is earned from now on. Levels are counted anew by it at once."""
    once = Once("membership-rules", actor, idempotency_key, fingerprint(body))
    work = partial(publish_membership, connection, body, actor=actor, now=now)
    return await once.give(connection, now, MembershipRulesOut, work)
