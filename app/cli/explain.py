"""Why the deadlines of a ticket, what its customer was promised and who at the desk has it are what they are."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli.database import connected
from app.cli.environment import settings
from app.cli.failure import told
from app.domain.actor import SYSTEM
from app.domain.zone import ZONE
from app.schemas.promises import TicketPromisesOut
from app.schemas.routing import RouteList, RouteOut
from app.schemas.service_levels import TicketServiceLevelOut
from app.services.promises.history import promises_of
from app.services.routing.desk import routes_of
from app.services.service_levels.explain import explain as why

_VERDICTS = {True: "  ✓ 做到了", False: "  ✗ 没有做到", None: ""}


def explain(number: Annotated[str, typer.Argument(help="工单号。")]) -> None:
    """逐段说明一张工单的时限：哪段计时、哪段停表、截止时间怎么算出来；以及对客户的每次承诺和它的依据，客服为何归谁。"""
    with told():
        found, promises, routes = asyncio.run(_why(number))
    force = "，专案组" if found.task_force else ""
    typer.secho(f"{found.number}  {found.level}{force}", bold=True)
    policy = f"第 {found.policy_version} 版" if found.policy_version else "基本政策"
    typer.echo(f"时限政策：{policy}；{found.calendar}")
    for clock in found.clocks:
        typer.echo("")
        typer.secho(f"{clock.label}{'（内部）' if clock.internal else ''}", bold=True)
        for line in clock.text:
            typer.echo(f"  {line}")
    if found.events:
        typer.echo("")
        typer.secho("已提醒", bold=True)
    for event in found.events:
        at = event.fired_at.astimezone(ZONE)
        typer.echo(f"  {at:%Y-%m-%d %H:%M:%S}  {event.mark}{'' if event.told else '（未通知）'}")
    _show(promises)
    for route in routes.items[:1]:
        typer.echo("")
        typer.secho("客服分派", bold=True)
        typer.echo(f"  {_at_the_desk(route)}")


def _show(promises: TicketPromisesOut) -> None:
    typer.echo("")
    typer.secho("对客户的承诺", bold=True)
    for each in promises.items:
        at = each.told_at.astimezone(ZONE)
        typer.echo(f"  {at:%Y-%m-%d %H:%M:%S}  [{each.label}] {each.text}{_VERDICTS[each.kept]}")
        typer.echo(f"      起因：{each.because}")
        typer.echo(f"      依据：{each.reckoned}")


def _at_the_desk(route: RouteOut) -> str:
    why = route.why
    rule = f"规则第 {why.version} 版第 {why.rule.position} 条“{why.rule.name}”，" if why.rule else ""
    others = "、".join(
        f"{each.name} {each.load}/{each.capacity}" + (f"（{each.obstacle}）" if each.obstacle else "")
        for tried in why.tried
        for each in tried.candidates
    )
    parts = (
        f"{route.team} {route.staff or '待分配'}",
        rule + "，".join(why.because),
        f"客户当时是{why.member.name}，{why.member.points} 积分" if why.member else "",
        route.reason,
        f"当时在手 {others}" if others else "",
    )
    return "；".join(filter(None, parts))


async def _why(number: str) -> tuple[TicketServiceLevelOut, TicketPromisesOut, RouteList]:
    now = datetime.now(UTC)
    async with connected(settings()) as connection:
        found = await why(connection, number, actor=SYSTEM, now=now)
        promises = await promises_of(connection, number, actor=SYSTEM, now=now)
        return found, promises, await routes_of(connection, number, actor=SYSTEM)
