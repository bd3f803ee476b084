"""Look whether everything that must always hold does hold."""

import asyncio

import typer

from app.cli.database import connected
from app.cli.environment import settings
from app.cli.failure import told
from app.services.operations.doctor import INVARIANTS, Finding, examine


def doctor() -> None:
    """体检：逐条检查数据是否自洽；有问题时退出码为 1。"""
    with told():
        broken = {finding.invariant.name: finding for finding in asyncio.run(_examine())}
    for invariant in INVARIANTS:
        finding = broken.get(invariant.name)
        typer.echo(f"{'✗' if finding else '✓'} {invariant.meaning}（{invariant.name}）")
        if finding:
            typer.echo(f"    例如：{'、'.join(finding.examples)}")
    if broken:
        typer.secho(f"{len(broken)} 项不成立。", fg=typer.colors.RED)
        raise typer.Exit(1)
    typer.secho(f"全部 {len(INVARIANTS)} 项成立。", fg=typer.colors.GREEN)


async def _examine() -> list[Finding]:
    async with connected(settings()) as connection:
        return await examine(connection)
