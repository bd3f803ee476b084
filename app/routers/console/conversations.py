"""What customers wrote and nobody has answered yet."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from app.edge.given import Now, ReaderDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, show
from app.services.conversations.list_conversations import list_conversations

router = Routes(prefix=f"{CONSOLE}/conversations", include_in_schema=False)


@router.get("")
async def conversation_list(
    actor: AtDesk,
    connection: ReaderDep,
    now: Now,
    every: Annotated[bool, Query(alias="all")] = False,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
) -> HTMLResponse:
    found = await list_conversations(
        connection, actor=actor, unanswered=not every, cursor=cursor, limit=50, now=now
    )
    return show("conversations", actor, found=found, every=every)
