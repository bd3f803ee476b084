"""Messages that reached nobody, each with its reason, and sending them again on purpose."""

from typing import Annotated

from fastapi import Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from app.domain.card import reason_zh, title_of
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.models.trials import TrialState
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, ManagerAtDesk, back, show
from app.services.exports.lists import RECIPIENTS
from app.services.notifications.dead_letters import list_dead_letters, replay
from app.services.templates.trials import list_trials

router = Routes(prefix=f"{CONSOLE}/deliveries", include_in_schema=False)

TRIALS = {
    TrialState.QUEUED: "等待发送",
    TrialState.LEASED: "正在发送",
    TrialState.ACCEPTED: "微信已接收",
    TrialState.DELIVERED: "已送达",
    TrialState.REFUSED: "未送达",
}
_STATES = {"dead": "未送达", "parked": "暂停投递", "inbox": "只在站内"}


@router.get("")
async def delivery_list(
    actor: AtDesk,
    connection: ReaderDep,
    inbox: Annotated[bool, Query()] = False,
    trials: bool = False,
    said: str = "",
) -> HTMLResponse:
    """``trials`` are templates that somebody sent to see them."""
    if trials:
        return show(
            "deliveries/trials", actor, said=said, trials=await list_trials(connection), states=TRIALS
        )
    letters = await list_dead_letters(connection, actor=actor, limit=200, inbox=inbox)
    return show(
        "deliveries",
        actor,
        said=said,
        letters=letters,
        inbox=inbox,
        states=_STATES,
        recipients=RECIPIENTS,
        title_of=title_of,
        reason_of=reason_zh,
    )


@router.post("/replay")
async def send_again(
    actor: ManagerAtDesk,
    connection: WriterDep,
    now: Now,
    ids: Annotated[list[int] | None, Form(max_length=200)] = None,
) -> RedirectResponse:
    """Those that are ticked; what a later message has overtaken stays unsent."""
    await replay(connection, ids=ids or [], actor=actor, now=now)
    return back("deliveries", "replayed")
