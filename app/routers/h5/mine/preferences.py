"""How the customer wishes to be called, reached and served."""

from collections.abc import Mapping
from typing import Any

import asyncpg
from fastapi.responses import HTMLResponse, Response

from app.domain.actor import Actor
from app.edge.given import Now, ReaderDep, StatementDep
from app.edge.routes import Routes
from app.pages.render import page
from app.routers.forms import TypedDep, read
from app.routers.h5.mine.shell import CustomerDep, back
from app.routers.refused import NOTHING, Refused, attempt
from app.schemas.customers import ProfileIn
from app.schemas.preferences import PreferencesIn
from app.services.customers.preferences import preferences_of, put_preferences
from app.services.customers.profile import put_profile

router = Routes(prefix="/h5/preferences", include_in_schema=False)

# As many as the schema takes.
MOST = 14
WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")
_SAID = {"kept": "已保存，从下一次联系起生效。", "named": "称呼已保存，审核通过后家人可见。"}


@router.get("")
async def preferences_page(actor: CustomerDep, connection: ReaderDep, said: str = "") -> HTMLResponse:
    return await _screen(connection, actor, said=_SAID.get(said, ""))


@router.post("")
async def keep_preferences(actor: CustomerDep, connection: StatementDep, typed: TypedDep) -> Response:
    with attempt("wishes", typed, "visit_notes") as tried:
        body = read(
            PreferencesIn,
            {
                "contact_hours": _spans(typed),
                "same_engineer": typed.get("same_engineer") == "yes",
                "visit_notes": typed.get("visit_notes", ""),
            },
        )
        await put_preferences(connection, body, actor=actor)
    if tried.refused:
        return await _screen(connection, actor, refused=tried.refused)
    return back("preferences", "kept")


@router.post("/name")
async def keep_name(actor: CustomerDep, connection: StatementDep, typed: TypedDep, now: Now) -> Response:
    with attempt("name", typed, "nickname") as tried:
        body = read(ProfileIn, {"nickname": typed.get("nickname", "").strip()})
        async with connection.transaction():
            await put_profile(connection, body.nickname, actor=actor, now=now)
    if tried.refused:
        return await _screen(connection, actor, refused=tried.refused)
    return back("preferences", "named")


def _rows(typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """As they stand on the page; ``days_0_6`` is Saturday in the first one."""
    return [
        {
            "days": [day for day in range(1, 8) if f"days_{row}_{day}" in typed],
            "from": typed[f"from_{row}"],
            "until": typed.get(f"until_{row}", ""),
        }
        for row in range(MOST)
        if f"from_{row}" in typed
    ]


def _spans(typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """A row without a day is none."""
    return [
        {"weekdays": row["days"], "from": row["from"], "until": row["until"]}
        for row in _rows(typed)
        if row["days"]
    ]


async def _screen(
    connection: asyncpg.Connection, actor: Actor, *, refused: Refused = NOTHING, said: str = ""
) -> HTMLResponse:
    """Each span in a row, and one row more to fill in."""
    kept = await preferences_of(connection, actor.id)
    rows = [{"days": span.weekdays, "from": span.begin, "until": span.until} for span in kept.contact_hours]
    rows = (
        _rows(refused.typed) if refused.form == "wishes" else [*rows, {"days": [], "from": "", "until": ""}]
    )
    return page(
        "mine/preferences",
        kept=kept,
        rows=rows[:MOST],
        weekdays=WEEKDAYS,
        nickname=actor.name,
        refused=refused,
        said=said,
    )
