"""Calls after the work: the worklist of the desk, and the customer's wish not to be called."""

from typing import Annotated, Literal

from fastapi import Depends, Path, Query

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import ActorDep, IdempotencyKey, require
from app.schemas.follow_ups import CallIn, CallWish, CallWishOut, FollowUpOut, FollowUpPage
from app.services.follow_ups.record_call import record_call
from app.services.follow_ups.refusals import allow_calls, refuse_calls, refuses_calls
from app.services.follow_ups.take import take_follow_up
from app.services.follow_ups.worklist import list_follow_ups
from app.services.idempotency import Once, fingerprint

router = Routes(prefix="/api/v1/follow-ups", tags=["follow-ups"])
wishes = Routes(prefix="/api/v1/me/follow-up-calls", tags=["follow-ups"])

DESK = Depends(require(Role.AGENT, Role.MANAGER, Role.ADMIN))
CustomerDep = Annotated[Actor, Depends(require(Role.CUSTOMER))]
FollowUpId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("", dependencies=[DESK])
async def read_follow_ups(
    actor: ActorDep,
    connection: ReaderDep,
    now: Now,
    state: Literal["ready", "open", "closed"] = "ready",
    cursor: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> FollowUpPage:
    """Whom to call: ``ready`` now and held by no colleague, or all ``open``, the most pressing first; or ``closed``."""
    return await list_follow_ups(connection, state, actor=actor, cursor=cursor, limit=limit, now=now)


@router.post("/{follow_up_id}/take", dependencies=[DESK])
async def take_one_follow_up(
    follow_up_id: FollowUpId, actor: ActorDep, connection: WriterDep, now: Now
) -> FollowUpOut:
    """Hold it for a while: the script, and nobody else rings meanwhile."""
    return await take_follow_up(connection, follow_up_id, actor=actor, now=now)


@router.post("/{follow_up_id}/calls", status_code=201, dependencies=[DESK])
async def create_call(
    follow_up_id: FollowUpId,
    body: CallIn,
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> FollowUpOut:
    """What became of an attempt; after the last one without success, the follow-up is closed."""
    once = Once("follow-up-calls", actor, idempotency_key, fingerprint(body, str(follow_up_id)))
    return await record_call(connection, follow_up_id, body, once=once, now=now)


@wishes.get("")
async def read_call_wish(actor: CustomerDep, connection: ReaderDep) -> CallWishOut:
    """Whether I may be called after a job to be asked how it was."""
    return CallWishOut(allowed=not await refuses_calls(connection, actor.id))


@wishes.put("")
async def set_call_wish(body: CallWish, actor: CustomerDep, connection: WriterDep, now: Now) -> CallWishOut:
    """Calls about a job that is on its way are not meant."""
    if body.allowed:
        await allow_calls(connection, actor.id, now=now)
    else:
        await refuse_calls(connection, actor.id, by=actor.id, now=now)
    return CallWishOut(allowed=body.allowed)
