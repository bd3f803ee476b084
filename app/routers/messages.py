"""The conversation on a ticket, and the list of conversations for the desk."""

from typing import Annotated

from fastapi import Depends, Query, Response

from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.answers import answer
from app.routers.dependencies import ActorDep, IdempotencyKey, PhotoUrlsDep, require
from app.routers.tickets import Number
from app.schemas.conversations import ConversationPage, MessageIn, MessageOut, MessagePage
from app.services.conversations.list_conversations import list_conversations
from app.services.conversations.read import read_messages
from app.services.conversations.write import write_message
from app.services.idempotency import Once, fingerprint

router = Routes(prefix="/api/v1", tags=["conversations"])

Cursor = Annotated[str | None, Query(max_length=40)]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/tickets/{number}/messages", response_model=MessagePage)
async def read_conversation(
    number: Number,
    actor: ActorDep,
    connection: ReaderDep,
    urls: PhotoUrlsDep,
    now: Now,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """What customer and staff said to each other, wherever they said it; the newest page first."""
    return answer(
        await read_messages(connection, number, actor, urls.signer(now), cursor=cursor, limit=limit)
    )


@router.post("/tickets/{number}/messages", status_code=201, response_model=MessageOut)
async def create_message(
    number: Number,
    body: MessageIn,
    actor: ActorDep,
    connection: WriterDep,
    urls: PhotoUrlsDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Say something on the ticket; an answer of staff goes to the customer by the best way that is open."""
    once = Once("messages", actor, idempotency_key, fingerprint(body, number))
    made = await write_message(connection, number, body, once=once, sign_url=urls.signer(now), now=now)
    return answer(made, 201)


@router.get(
    "/conversations",
    response_model=ConversationPage,
    dependencies=[Depends(require(Role.AGENT, Role.MANAGER, Role.ADMIN))],
)
async def read_conversations(
    actor: ActorDep,
    connection: ReaderDep,
    now: Now,
    unanswered: bool = False,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Response:
    """The conversations of all tickets, newest first; ``unanswered`` leaves those that wait for somebody."""
    return answer(
        await list_conversations(
            connection, actor=actor, unanswered=unanswered, cursor=cursor, limit=limit, now=now
        )
    )
