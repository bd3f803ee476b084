"""My messages: everything that was sent to me, whether it reached WeChat or not."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from app.clock import Now
from app.db import ReaderDep, WriterDep
from app.pages.render import HEADERS, page
from app.routers.dependencies import ActorDep
from app.services.inbox.read import mark_read, read_inbox

router = APIRouter(prefix="/h5", include_in_schema=False)


@router.get("/inbox")
async def my_messages(
    actor: ActorDep, connection: ReaderDep, cursor: Annotated[str | None, Query(max_length=40)] = None
) -> HTMLResponse:
    found = await read_inbox(connection, actor, cursor=cursor)
    return page("inbox", items=found.items, unread=found.unread, next_cursor=found.next_cursor)


@router.post("/inbox/read")
async def read_on_page(
    actor: ActorDep, connection: WriterDep, now: Now, up_to: Annotated[int, Form(ge=1, lt=2**63)]
) -> RedirectResponse:
    """Up to the newest that the page showed: what came meanwhile stays unread."""
    await mark_read(connection, actor, ids=None, up_to=up_to, now=now)
    return RedirectResponse("/h5/inbox", status_code=303, headers=HEADERS)
