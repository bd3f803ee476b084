"""Complaint cases: who answers for each, what was done, what is offered, and the customer's word."""

from typing import Annotated

from fastapi import Form, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, ManagerAtDesk, back, show
from app.routers.forms import read
from app.schemas.complaints import CloseIn, RemedyIn, StepIn
from app.services.complaints.read import Which, list_cases, read_case
from app.services.complaints.work import add_case_step, close_case, offer_remedy, take_case
from app.services.idempotency import Once, fingerprint

router = Routes(prefix=f"{CONSOLE}/complaints", include_in_schema=False)

CaseId = Annotated[int, Path(ge=1, lt=2**63)]
Typed = Annotated[str, Form(max_length=2000)]
_VIEWS = {"open": "处理中", "mine": "我负责的", "late": "已超时", "closed": "已结案"}
_KINDS = {"call": "电话", "visit": "上门", "note": "记录"}


@router.get("")
async def case_list(
    actor: AtDesk,
    connection: ReaderDep,
    now: Now,
    view: Which = "open",
    cursor: Annotated[str | None, Query(max_length=40)] = None,
) -> HTMLResponse:
    found = await list_cases(connection, view, actor=actor, cursor=cursor, limit=50, now=now)
    return show("complaints", actor, found=found, view=view, views=_VIEWS)


@router.get("/{case_id}")
async def one_case(
    case_id: CaseId, actor: AtDesk, connection: ReaderDep, now: Now, said: str = ""
) -> HTMLResponse:
    case = await read_case(connection, case_id, actor, now)
    return show("complaints/one", actor, said=said, case=case, kinds=_KINDS)


@router.post("/{case_id}/take")
async def take(case_id: CaseId, actor: AtDesk, connection: WriterDep, now: Now) -> RedirectResponse:
    await take_case(connection, case_id, actor=actor, now=now)
    return back(f"complaints/{case_id}", "taken")


@router.post("/{case_id}/steps")
async def add_step(
    case_id: CaseId,
    actor: AtDesk,
    connection: WriterDep,
    now: Now,
    kind: Typed = "",
    text: Typed = "",
    result: Typed = "",
) -> RedirectResponse:
    body = read(StepIn, {"kind": kind, "text": text, "result": result})
    once = Once("complaint-steps", actor, None, fingerprint(body, str(case_id)))
    await add_case_step(connection, case_id, body, once=once, now=now)
    return back(f"complaints/{case_id}", "changed")


@router.post("/{case_id}/remedy")
async def remedy(
    case_id: CaseId,
    actor: AtDesk,
    connection: WriterDep,
    now: Now,
    root_cause: Typed = "",
    offer: Annotated[str, Form(alias="remedy", max_length=2000)] = "",
    yuan: Annotated[float, Form(ge=0, le=100_000)] = 0,
) -> RedirectResponse:
    said = {"root_cause": root_cause, "remedy": offer, "amount_fen": round(yuan * 100)}
    await offer_remedy(connection, case_id, read(RemedyIn, said), actor=actor, now=now)
    return back(f"complaints/{case_id}", "sent")


@router.post("/{case_id}/close")
async def close(
    case_id: CaseId, actor: ManagerAtDesk, connection: WriterDep, now: Now, reason: Typed = ""
) -> RedirectResponse:
    await close_case(connection, case_id, read(CloseIn, {"reason": reason}), actor=actor, now=now)
    return back(f"complaints/{case_id}", "changed")
