"""What brings customers points and which level they make, published in versions."""

from collections.abc import Mapping

import asyncpg
from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from app.domain.actor import Actor
from app.domain.membership.rules import EARNED, Reason
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, LeaderAtDesk, back, show
from app.routers.forms import number, read, typed_in, whole
from app.routers.refused import MENDABLE_AT_DESK, NOTHING, Refused, refusal
from app.schemas.membership import MembershipRulesIn, MembershipRulesOut
from app.services.membership.rules import list_rules, publish_membership

router = Routes(prefix=f"{CONSOLE}/settings/membership", include_in_schema=False)

_WAYS = {
    Reason.CONFIRMED: "上门服务完成，客户本人确认（分）",
    Reason.RATED: "客户评价，不论几颗星（分）",
    Reason.APPLIANCE: "客户登记一台家电或车辆（分）",
}
_MOST_LEVELS = 10
# Beside the levels that there are, so many may be added at once.
_NEW_LEVELS = 2


@router.get("")
async def current(actor: AtDesk, connection: ReaderDep, said: str = "") -> HTMLResponse:
    return await _page(connection, actor, said=said)


@router.post("")
async def publish(request: Request, actor: LeaderAtDesk, connection: WriterDep, now: Now) -> Response:
    """For what is earned from now on; levels are counted by it at once."""
    typed = await typed_in(request)
    try:
        body = read(MembershipRulesIn, _said(typed))
        async with whole(connection):
            await publish_membership(connection, body, actor=actor, now=now)
    except MENDABLE_AT_DESK as problem:
        return await _page(connection, actor, refused=refusal("membership", typed, problem))
    return back("settings/membership", "published")


def _said(typed: Mapping[str, str]) -> dict[str, object]:
    awards: dict[str, dict[str, object]] = {
        reason.value: {"points": _figure(typed.get(reason.value, ""))} for reason in EARNED
    }
    if typed.get("most_a_year", "").strip():
        awards[Reason.APPLIANCE.value]["most_a_year"] = number(typed["most_a_year"])
    named = [n for n in range(_MOST_LEVELS) if typed.get(f"level_{n}_name", "").strip()]
    return {
        "window_days": number(typed.get("window_days", "")),
        "awards": awards,
        "levels": [
            {
                "code": typed.get(f"level_{n}_code", "").strip(),
                "name": typed[f"level_{n}_name"],
                "from_points": _figure(typed.get(f"level_{n}_from_points", "")),
                "note": typed.get(f"level_{n}_note", ""),
            }
            for n in named
        ],
    }


def _figure(said: str) -> object:
    """Left empty it is none."""
    return number(said) if said.strip() else 0


async def _page(
    connection: asyncpg.Connection, actor: Actor, *, said: str = "", refused: Refused = NOTHING
) -> HTMLResponse:
    versions = (await list_rules(connection)).items
    rules = versions[0] if versions else None
    return show(
        "settings/membership",
        actor,
        said=said,
        rules=rules,
        versions=versions[1:],
        ways=[(reason.value, words) for reason, words in _WAYS.items()],
        levels=range(min(_MOST_LEVELS, (len(rules.levels) if rules else 1) + _NEW_LEVELS)),
        refused=refused,
        typed=refused.over("membership", _standing(rules)),
    )


def _standing(rules: MembershipRulesOut | None) -> dict[str, object]:
    if rules is None:
        return {"window_days": 365, "most_a_year": 3}
    found: dict[str, object] = {
        "window_days": rules.window_days,
        "confirmed": rules.awards.confirmed.points,
        "rated": rules.awards.rated.points,
        "appliance": rules.awards.appliance.points,
        "most_a_year": rules.awards.appliance.most_a_year,
    }
    for n, level in enumerate(rules.levels):
        found |= {f"level_{n}_{name}": value for name, value in level.model_dump().items()}
    return found
