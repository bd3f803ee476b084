"""Whom to call after the work, with the script at hand and the outcome in one form."""

from typing import Annotated, Literal

from fastapi import Form, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from app.domain.follow_up.rules import CallOutcome
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, back, show
from app.routers.forms import read
from app.schemas.follow_ups import CallIn
from app.services.follow_ups.record_call import record_call
from app.services.follow_ups.take import take_follow_up
from app.services.follow_ups.worklist import list_follow_ups
from app.services.idempotency import Once, fingerprint

router = Routes(prefix=f"{CONSOLE}/calls", include_in_schema=False)

FollowUpId = Annotated[int, Path(ge=1, lt=2**63)]
_VIEWS = {"ready": "现在可打", "open": "全部待回访", "closed": "已结束"}
_OUTCOMES = {
    CallOutcome.REACHED: "接通",
    CallOutcome.NO_ANSWER: "无人接听",
    CallOutcome.BUSY: "占线",
    CallOutcome.UNREACHABLE: "无法接通",
    CallOutcome.CALL_LATER: "请稍后再打",
    CallOutcome.REFUSED: "不愿接受回访",
}


@router.get("")
async def call_list(
    actor: AtDesk,
    connection: ReaderDep,
    now: Now,
    view: Literal["ready", "open", "closed"] = "ready",
    cursor: Annotated[str | None, Query(max_length=40)] = None,
    said: str = "",
) -> HTMLResponse:
    found = await list_follow_ups(connection, view, actor=actor, cursor=cursor, limit=20, now=now)
    return show("calls", actor, said=said, found=found, view=view, views=_VIEWS, outcomes=_OUTCOMES)


@router.post("/{follow_up_id}/take")
async def take(follow_up_id: FollowUpId, actor: AtDesk, connection: WriterDep, now: Now) -> RedirectResponse:
    await take_follow_up(connection, follow_up_id, actor=actor, now=now)
    return back("calls", "taken")


@router.post("/{follow_up_id}/calls")
async def record(
    follow_up_id: FollowUpId,
    actor: AtDesk,
    connection: WriterDep,
    now: Now,
    outcome: Annotated[str, Form(max_length=20)] = "",
    solved: Annotated[str, Form(max_length=5)] = "",
    score: Annotated[int | None, Form(ge=0, le=5)] = None,
    note: Annotated[str, Form(max_length=2000)] = "",
) -> RedirectResponse:
    body = read(CallIn, {"outcome": outcome, "solved": solved, "score": score or None, "note": note})
    once = Once("follow-up-calls", actor, None, fingerprint(body, str(follow_up_id)))
    await record_call(connection, follow_up_id, body, once=once, now=now)
    return back("calls", "changed")
