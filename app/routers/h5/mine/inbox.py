"""What the customer was told, message by message, each with the ticket that it is about."""

from typing import Annotated

from fastapi import Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.pages.render import page
from app.routers.dependencies import ActorDep
from app.routers.h5.mine.shell import back
from app.services.inbox.read import mark_read, read_inbox

router = Routes(prefix="/h5/inbox", include_in_schema=False)

EntryNumber = Annotated[int | None, Form(ge=1, lt=2**63)]


@router.get("")
async def my_messages(
    actor: ActorDep,
    connection: ReaderDep,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
    unread: bool = False,
) -> HTMLResponse:
    """``unread``: only what has not been read."""
    found = await read_inbox(connection, actor, cursor=cursor, only_unread=unread)
    return page(
        "inbox", items=found.items, unread=found.unread, next_cursor=found.next_cursor, only_unread=unread
    )


@router.post("/read")
async def read_on_page(
    actor: ActorDep, connection: WriterDep, now: Now, up_to: EntryNumber = None, id: EntryNumber = None
) -> RedirectResponse:
    """One message, or all up to the newest that the page showed: what came meanwhile stays unread."""
    if up_to or id:
        await mark_read(connection, actor, ids=[id] if id else None, up_to=up_to, now=now)
    return back("inbox")
