"""The public holidays and make-up working days (调休) of a year, one on each line."""

from datetime import date
from typing import Annotated

import asyncpg
from fastapi import Query, Request
from fastapi.responses import HTMLResponse, Response

from app.domain.actor import Actor
from app.domain.zone import ZONE
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.errors import InvalidInput
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, LeaderAtDesk, back, show
from app.routers.forms import read, typed_in, whole
from app.routers.refused import MENDABLE_AT_DESK, NOTHING, Refused, refusal
from app.schemas.rosters import HolidayOut, HolidaysIn
from app.services.rosters.holidays import read_holidays, write_holidays

router = Routes(prefix=f"{CONSOLE}/rosters/holidays", include_in_schema=False)

_WEEKDAYS = "一二三四五六日"


@router.get("")
async def holidays(
    actor: AtDesk,
    connection: ReaderDep,
    now: Now,
    year: Annotated[int | None, Query(ge=2000, le=2099)] = None,
    said: str = "",
) -> HTMLResponse:
    return await _page(connection, actor, year or now.astimezone(ZONE).year, said=said)


@router.post("")
async def set_holidays(
    request: Request,
    actor: LeaderAtDesk,
    connection: WriterDep,
    now: Now,
    year: Annotated[int, Query(ge=2000, le=2099)],
) -> Response:
    """Replaces the year: the coming days of everybody and the hours of the branches follow at once."""
    typed = await typed_in(request)
    try:
        body = read(HolidaysIn, {"items": _items(typed.get("items", ""))})
        async with whole(connection):
            await write_holidays(connection, year, body, actor=actor, now=now)
    except MENDABLE_AT_DESK as problem:
        return await _page(connection, actor, year, refused=refusal("holidays", typed, problem))
    return back(f"rosters/holidays?year={year}", "changed")


async def _page(
    connection: asyncpg.Connection, actor: Actor, year: int, *, said: str = "", refused: Refused = NOTHING
) -> HTMLResponse:
    found = (await read_holidays(connection, year)).items
    standing = {"items": "\n".join(map(_line, found))}
    return show(
        "rosters/holidays",
        actor,
        said=said,
        year=year,
        found=found,
        weekdays=_WEEKDAYS,
        refused=refused,
        typed=refused.over("holidays", standing),
    )


def _line(each: HolidayOut) -> str:
    works = "" if each.works_as is None else f" 按周{_WEEKDAYS[each.works_as]}上班"
    return f"{each.day.isoformat()} {each.name}{works}"


def _items(said: str) -> list[dict[str, object]]:
    """``2026-10-01 国庆节``; ``2026-10-10 国庆调休 按周五上班``. Raises InvalidInput, with the line."""
    return [_item(line) for line in map(str.strip, said.splitlines()) if line]


def _item(line: str) -> dict[str, object]:
    day, _, name = line.partition(" ")
    words, _, last = name.strip().rpartition(" ")
    works = _WEEKDAYS.find(last[2:3]) if last.startswith("按周") and last.endswith("上班") else -1
    try:
        at = date.fromisoformat(day)
    except ValueError as error:
        said = f"这一行没有看懂：“{line[:40]}”。请以日期开头，例如“2026-10-01 国庆节”。"
        raise InvalidInput.at("body.items", said) from error
    is_worked = works >= 0
    return {
        "day": at,
        "name": words if is_worked else name.strip(),
        "works_as": works if is_worked else None,
    }
