"""Count everything once more in another way, and say where the two differ."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli.database import connected
from app.cli.environment import settings
from app.cli.failure import fail, told
from app.domain.period import Period
from app.services.reconcile.difference import Counted
from app.services.reconcile.everything import reconcile as count_everything


def reconcile(
    period: Annotated[str, typer.Option(help="月份或季度，如 2026-11、2026-Q4；不填为本月。")] = "",
) -> None:
    """对账：绩效、计时、时限、金额、库存等都用另一种算法从原始记录重算，逐项比对；有差异时退出码为 1。"""
    now = datetime.now(UTC)
    try:
        wanted = Period.read(period) if period else Period.month_of(now)
    except ValueError as error:
        fail(str(error))
    with told():
        compared, differing = asyncio.run(_count(wanted, now))
    colour = typer.colors.RED if differing else typer.colors.GREEN
    typer.secho(f"{wanted.name}：比对 {compared} 项，差异 {differing} 项。", fg=colour)
    if differing:
        raise typer.Exit(1)


async def _count(period: Period, now: datetime) -> tuple[int, int]:
    compared = differing = 0
    async with connected(settings()) as connection:
        async for counted in count_everything(connection, period, now):
            _show(counted)
            compared += counted.compared
            differing += len(counted.differences)
    return compared, differing


def _show(counted: Counted) -> None:
    mark = "✗" if counted.differences else "✓"
    typer.echo(f"{mark} {counted.name}：比对 {counted.compared} 项，差异 {len(counted.differences)} 项")
    for each in counted.differences:
        typer.echo(f"    {each.kind} {each.key}：记录 {each.stored}，重算 {each.counted}")
