"""What others may see: public reviews, and the queue of those who look at what machines would not decide."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.domain.content import CheckState
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.customers import Cursor, DeskDep, Limit
from app.routers.dependencies import ActorDep, PhotoUrlsDep
from app.schemas.content import CheckOut, CheckPage, DecisionIn, ReviewPage
from app.services.content.queue import decide, list_checks
from app.services.ratings.reviews import list_reviews

router = Routes(prefix="/api/v1/content-checks", tags=["content"])
reviews = Routes(prefix="/api/v1/service-points", tags=["content"])


@reviews.get("/{service_point_id}/reviews")
async def read_reviews(
    service_point_id: UUID,
    actor: ActorDep,
    connection: ReaderDep,
    urls: PhotoUrlsDep,
    now: Now,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> ReviewPage:
    """What customers said about a service point, newest first; words and photos only once they have passed."""
    signer = urls.signer(now)
    return await list_reviews(connection, service_point_id, signer, actor=actor, cursor=cursor, limit=limit)


@router.get("")
async def read_checks(
    desk: DeskDep,
    connection: ReaderDep,
    urls: PhotoUrlsDep,
    now: Now,
    state: CheckState = CheckState.REVIEW,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> CheckPage:
    """Texts and photos that wait for somebody to decide, oldest first."""
    return await list_checks(connection, state, urls.signer(now), actor=desk, cursor=cursor, limit=limit)


@router.post("/{check_id}/decide")
async def decide_check(
    check_id: Annotated[int, Path(ge=1, lt=2**63)],
    body: DecisionIn,
    desk: DeskDep,
    connection: WriterDep,
    urls: PhotoUrlsDep,
    now: Now,
) -> CheckOut:
    """Show it or keep it hidden; what machines let through can be taken down as well."""
    return await decide(connection, check_id, body, urls.signer(now), actor=desk, now=now)
