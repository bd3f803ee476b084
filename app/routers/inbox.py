"""What the caller was told, however it travelled."""

from typing import Annotated

from fastapi import Query

from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import ActorDep
from app.schemas.inbox import InboxOut, ReadIn, UnreadOut
from app.services.inbox.read import mark_read, read_inbox

router = Routes(prefix="/api/v1/me/inbox", tags=["inbox"])

Cursor = Annotated[str | None, Query(max_length=40)]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("")
async def read_my_inbox(
    actor: ActorDep,
    connection: ReaderDep,
    cursor: Cursor = None,
    limit: Limit = 20,
    unread: bool = False,
    unread_first: bool = False,
) -> InboxOut:
    """My messages, newest first. ``unread`` leaves out what I have read, ``unread_first`` puts it last."""
    found = await read_inbox(
        connection, actor, cursor=cursor, limit=limit, only_unread=unread, unread_first=unread_first
    )
    return InboxOut.model_validate(found, from_attributes=True)


@router.post("/read")
async def mark_my_inbox_read(body: ReadIn, actor: ActorDep, connection: WriterDep, now: Now) -> UnreadOut:
    """Mark messages as read: those named, or all up to one, or all."""
    ids = [int(each) for each in body.ids] if body.ids is not None else None
    up_to = int(body.up_to) if body.up_to is not None else None
    return UnreadOut(unread=await mark_read(connection, actor, ids=ids, up_to=up_to, now=now))
