"""Why a figure is what it is, and what engineers appeal against."""

from typing import Annotated

from fastapi import Form, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from app.domain.kpi.behind import FIGURES
from app.domain.period import Period
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.errors import NotFound
from app.models.aftercare import AppealState
from app.pages.problem import CONSOLE
from app.routers.console.kpi import LABELS, MEASURE_LABELS, in_words
from app.routers.console.shell import AtDesk, ManagerAtDesk, back, show
from app.routers.forms import read
from app.schemas.kpi import AppealDecisionIn
from app.services.kpi.appeals import decide_appeal, list_appeals
from app.services.kpi.why import Of, why

router = Routes(prefix=f"{CONSOLE}/kpi", include_in_schema=False)

_APPEALS = {"open": "待裁定", "upheld": "成立", "rejected": "不成立"}


@router.get("/why")
async def why_page(
    actor: AtDesk,
    connection: ReaderDep,
    now: Now,
    of: Of = "engineers",
    key: Annotated[str, Query(pattern=r"^$|^[0-9a-f-]{36}$")] = "",
    figure: Annotated[str, Query(max_length=40)] = "on_time",
    month: Annotated[str, Query(pattern=r"^$|^20\d\d-(0[1-9]|1[0-2])$")] = "",
) -> HTMLResponse:
    """The tickets of one figure: what each added, what was left out and why. Without a key, an empty one."""
    if figure not in FIGURES:
        raise NotFound("没有这项指标。")
    period = Period.read(month) if month else Period.month_of(now)
    found = await why(connection, of, key, figure, period, actor=actor, now=now) if key else None
    values = [row.value for row in found.rows if row.value is not None] if found else []
    return show(
        "kpi/why",
        actor,
        found=found,
        label=LABELS[figure],
        value=in_words(figure, sum(values) / len(values) if values else None),
        figure=figure,
        of=of,
        month=period.name,
        words=in_words,
    )


@router.get("/appeals")
async def appeal_list(
    actor: ManagerAtDesk,
    connection: ReaderDep,
    state: AppealState = AppealState.OPEN,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
    said: str = "",
) -> HTMLResponse:
    found = await list_appeals(connection, actor=actor, state=state, cursor=cursor, limit=50)
    return show(
        "kpi/appeals",
        actor,
        said=said,
        found=found,
        state=state,
        states=_APPEALS,
        measures=MEASURE_LABELS,
    )


@router.post("/appeals/{appeal_id}/decide")
async def decide(
    appeal_id: Annotated[int, Path(ge=1, lt=2**63)],
    actor: ManagerAtDesk,
    connection: WriterDep,
    now: Now,
    decision: Annotated[str, Form(max_length=20)] = "",
    note: Annotated[str, Form(max_length=200)] = "",
) -> RedirectResponse:
    body = read(AppealDecisionIn, {"decision": decision, "note": note})
    await decide_appeal(connection, appeal_id, body, actor=actor, now=now)
    return back("kpi/appeals", "changed")
