"""Figures of engineers, teams, branches and the desk: each with how many cases and how sure it is."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from app.domain.kpi.rows import Measure
from app.domain.period import Period
from app.edge.given import Now, ReaderDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, show
from app.schemas.kpi import AgentKpiOut, EngineerKpiOut, FigureOut, PointKpiOut
from app.services.exports.lists import FIGURE_LABELS
from app.services.kpi.desk import report_agents
from app.services.kpi.report import report, report_points, report_teams

router = Routes(prefix=f"{CONSOLE}/kpi", include_in_schema=False)

Of = Literal["engineers", "teams", "service-points", "agents"]
_VIEWS = {"engineers": "工程师", "teams": "班组", "service-points": "网点", "agents": "客服"}
LABELS = FIGURE_LABELS
MEASURE_LABELS = {
    measure: "客户评分" if measure is Measure.RATING else LABELS[measure.value] for measure in Measure
}
_STARS = frozenset({"attitude", "expertise", "timeliness", "conduct"})


@router.get("")
async def kpi_page(
    actor: AtDesk,
    connection: ReaderDep,
    now: Now,
    view: Of = "engineers",
    month: Annotated[str, Query(pattern=r"^$|^20\d\d-(0[1-9]|1[0-2])$")] = "",
) -> HTMLResponse:
    period = Period.read(month) if month else Period.month_of(now)
    rows: Sequence[EngineerKpiOut | PointKpiOut | AgentKpiOut]
    if view == "engineers":
        rows = (await report(connection, period, actor=actor, now=now, engineer_id=None)).items
    elif view == "agents":
        rows = (await report_agents(connection, period, actor=actor)).items
    else:
        points = report_teams if view == "teams" else report_points
        rows = (await points(connection, period, actor=actor, now=now)).items
    return show(
        "kpi",
        actor,
        view=view,
        views=_VIEWS,
        month=period.name,
        labels=_labels(rows),
        rows=[
            (row, _key(row), {name: _shown(name, figure) for name, figure in _figures(row).items()})
            for row in rows
        ],
    )


def _key(row: BaseModel) -> str:
    """By which the tickets behind a figure are found; the desk's own have no such page."""
    return str(getattr(row, "engineer_id", "") or getattr(row, "service_point_id", ""))


def _figures(row: BaseModel) -> dict[str, FigureOut]:
    return {name: value for name, value in row if isinstance(value, FigureOut)}


def _labels(rows: Sequence[BaseModel]) -> dict[str, str]:
    return {name: LABELS.get(name, name) for name in _figures(rows[0])} if rows else {}


def _shown(name: str, figure: FigureOut) -> dict[str, object]:
    """``share`` is the bar's length in percent, of five stars or of all cases."""
    most = 5.0 if name in _STARS else 1.0
    if figure.shrunk is None:
        return {"text": "—", "share": 0, "detail": "没有数据", "n": figure.n, "provisional": True}
    return {
        "text": in_words(name, figure.shrunk),
        "share": round(100 * min(max(figure.shrunk / most, 0), 1)),
        "detail": f"原值 {in_words(name, figure.value)}，"
        f"区间 {in_words(name, figure.low)}–{in_words(name, figure.high)}",
        "n": figure.n,
        "provisional": figure.provisional,
    }


def in_words(name: str, value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:.2f}" if name in _STARS or name == "urgings" else f"{value:.0%}"
