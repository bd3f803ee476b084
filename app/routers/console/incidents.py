"""Incidents: what is proposed, what a task force knows and says, how it ends."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from app.clock import Now
from app.db import ReaderDep, WriterDep
from app.domain.incidents.duties import SEVERITY_LABELS
from app.domain.incidents.life import AT_WORK
from app.pages.problem import CONSOLE
from app.routers.console.forms import read
from app.routers.console.shell import AtDesk, ManagerAtDesk, back, show
from app.routers.incidents import Incident
from app.schemas.incidents import AcceptIn, BroadcastIn, DismissIn, ResolveIn, ReviewIn, UpdateIn
from app.services.idempotency import Once, fingerprint
from app.services.incidents.decide import accept, dismiss
from app.services.incidents.read import Which, list_incidents, read_incident
from app.services.incidents.resolve import resolve
from app.services.incidents.review import write_review
from app.services.incidents.word import add_update, broadcast

router = APIRouter(prefix=f"{CONSOLE}/incidents", include_in_schema=False)

Typed = Annotated[str, Form(max_length=2000)]
# By when customers may expect it to be over; left empty, nothing is promised.
Minutes = Annotated[str, Form(max_length=5, pattern=r"^\d*$")]
_VIEWS = {
    "live": "进行中",
    "proposed": "待确认",
    "late": "已超时",
    "resolved": "待复盘",
    "over": "已结束",
    "mine": "我负责的",
}
_OUTCOMES = {
    "moved": "已请客户确认",
    "stayed": "由原负责人继续处理",
    "over": "此前已结束",
    "detached": "已移出",
    "dismissed": "已排除",
}


@router.get("")
async def incident_list(
    actor: AtDesk,
    connection: ReaderDep,
    now: Now,
    view: Which = "live",
    cursor: Annotated[str | None, Query(max_length=40)] = None,
) -> HTMLResponse:
    found = await list_incidents(connection, view, actor=actor, cursor=cursor, limit=50, now=now)
    return show("incidents", actor, found=found, view=view, views=_VIEWS, severities=SEVERITY_LABELS)


@router.get("/{incident}")
async def one_incident(
    incident: Incident, actor: AtDesk, connection: ReaderDep, now: Now, said: str = ""
) -> HTMLResponse:
    found = await read_incident(connection, incident, actor, now)
    return show(
        "incidents/one",
        actor,
        said=said,
        found=found,
        at_work=found.state in AT_WORK,
        severities=SEVERITY_LABELS,
        outcomes=_OUTCOMES,
    )


@router.post("/{incident}/accept")
async def accept_proposal(
    incident: Incident,
    actor: ManagerAtDesk,
    connection: WriterDep,
    now: Now,
    severity: Typed = "",
    text: Typed = "",
    minutes: Minutes = "",
) -> RedirectResponse:
    said = {"severity": severity, "broadcast": text, "promised_at": _promised(minutes, now)}
    await accept(connection, incident, read(AcceptIn, said), actor=actor, now=now)
    return back(f"incidents/{incident}", "changed")


@router.post("/{incident}/dismiss")
async def dismiss_proposal(
    incident: Incident, actor: ManagerAtDesk, connection: WriterDep, now: Now, reason: Typed = ""
) -> RedirectResponse:
    await dismiss(connection, incident, read(DismissIn, {"reason": reason}), actor=actor, now=now)
    return back(f"incidents/{incident}", "changed")


@router.post("/{incident}/broadcasts")
async def tell_all(
    incident: Incident,
    actor: AtDesk,
    connection: WriterDep,
    now: Now,
    text: Typed = "",
    minutes: Minutes = "",
) -> RedirectResponse:
    body = read(BroadcastIn, {"text": text, "promised_at": _promised(minutes, now)})
    once = Once("incident-broadcasts", actor, None, fingerprint(body, incident))
    await broadcast(connection, incident, body, once=once, now=now)
    return back(f"incidents/{incident}", "sent")


@router.post("/{incident}/updates")
async def note(
    incident: Incident,
    actor: AtDesk,
    connection: WriterDep,
    now: Now,
    text: Typed = "",
    stage: Typed = "",
) -> RedirectResponse:
    body = read(UpdateIn, {"text": text, "stage": stage})
    once = Once("incident-updates", actor, None, fingerprint(body, incident))
    await add_update(connection, incident, body, once=once, now=now)
    return back(f"incidents/{incident}", "changed")


@router.post("/{incident}/resolve")
async def end_it(
    incident: Incident, actor: AtDesk, connection: WriterDep, now: Now, solution: Typed = ""
) -> RedirectResponse:
    await resolve(connection, incident, read(ResolveIn, {"solution": solution}), actor=actor, now=now)
    return back(f"incidents/{incident}")


@router.post("/{incident}/review")
async def review(
    incident: Incident,
    actor: AtDesk,
    connection: WriterDep,
    now: Now,
    cause: Typed = "",
    course: Typed = "",
    better: Typed = "",
) -> RedirectResponse:
    body = read(ReviewIn, {"cause": cause, "course": course, "better": better})
    await write_review(connection, incident, body, actor=actor, now=now)
    return back(f"incidents/{incident}", "changed")


def _promised(minutes: str, now: datetime) -> datetime | None:
    return now + timedelta(minutes=int(minutes)) if minutes else None
