"""What the work on a ticket costs: the review of its quotes, and the receipt."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.answers import answer
from app.routers.dependencies import ActorDep, PhotoUrlsDep, require_of_ticket
from app.routers.tickets import Number
from app.schemas.quotes import ReviewIn
from app.schemas.receipts import ReceiptOut
from app.schemas.tickets import TicketOut
from app.services.quotes.review import review_quote
from app.services.receipts.read import read_receipt
from app.services.tickets.present import present

router = Routes(prefix="/api/v1/tickets", tags=["quotes"])

# A rework has a receipt of its own; without a number the newest is shown.
Issue = Annotated[int | None, Query(ge=1, lt=2**31)]


@router.post(
    "/{number}/quotes/{version}/review",
    response_model=TicketOut,
    dependencies=[Depends(require_of_ticket(Role.MANAGER, Role.ADMIN))],
)
async def create_quote_review(
    number: Number,
    version: Annotated[int, Path(ge=1, lt=2**31)],
    body: ReviewIn,
    actor: ActorDep,
    connection: WriterDep,
    urls: PhotoUrlsDep,
    now: Now,
) -> Response:
    """Let a quote above the spend limit go to the customer, or back to the engineer with a note."""
    after = await review_quote(connection, number, version, body, actor=actor, now=now)
    return answer(present(after, actor, now, urls.signer(now)))


@router.get("/{number}/receipt")
async def get_receipt(
    number: Number, actor: ActorDep, connection: ReaderDep, issue: Issue = None
) -> ReceiptOut:
    """What was done and charged, with the warranty of the work; not found before there is any."""
    return await read_receipt(connection, number, actor=actor, issue=issue)
