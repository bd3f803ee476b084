"""Count the figures once more in another way, and say where the two differ."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli.database import connected
from app.cli.environment import settings
from app.cli.failure import fail, told
from app.domain.period import Period
from app.services.kpi.recount import Difference, recount


def reconcile(
    period: Annotated[str, typer.Option(help="月份或季度，如 2026-11、2026-Q4；不填为本月。")] = "",
) -> None:
    """对账：用另一种算法从原始记录重算绩效，逐项比对；有差异时退出码为 1。"""
    now = datetime.now(UTC)
    try:
        wanted = Period.read(period) if period else Period.month_of(now)
    except ValueError as error:
        fail(str(error))
    with told():
        compared, differences = asyncio.run(_recount(wanted, now))
    for each in differences:
        typer.echo(f"✗ {each.engineer_id} {each.measure}：报表 {each.reported}，重算 {each.counted}")
    colour = typer.colors.RED if differences else typer.colors.GREEN
    typer.secho(f"{wanted.name}：比对 {compared} 项，差异 {len(differences)} 项。", fg=colour)
    if differences:
        raise typer.Exit(1)


async def _recount(period: Period, now: datetime) -> tuple[int, list[Difference]]:
    async with connected(settings()) as connection:
        return await recount(connection, period, now)
