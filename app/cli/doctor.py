"""Look whether everything that must always hold does hold."""

import asyncio
from datetime import UTC, datetime

import typer

from app.cli.database import connected
from app.cli.environment import settings
from app.cli.failure import told
from app.services.alarms.close_alarm import count_open
from app.services.operations.doctor import INVARIANTS, Finding, examine
from app.services.operations.retention import kept_too_long


def doctor() -> None:
    """体检：逐条检查数据是否自洽；有问题时退出码为 1。"""
    with told():
        findings, late, alarms = asyncio.run(_examine())
    broken = {finding.invariant.name: finding for finding in findings}
    for invariant in INVARIANTS:
        finding = broken.get(invariant.name)
        typer.echo(f"{'✗' if finding else '✓'} {invariant.meaning}（{invariant.name}）")
        if finding:
            typer.echo(f"    例如：{'、'.join(finding.examples)}")
    typer.echo(f"{'✗' if late else '✓'} 没有超过保存期限的数据（kept_too_long）")
    if late:
        typer.echo(f"    例如：{'、'.join(late)}")
    typer.echo(f"{'⚠' if alarms else '✓'} 未关闭的告警：{alarms} 条")
    if broken or late:
        typer.secho(f"{len(broken) + bool(late)} 项不成立。", fg=typer.colors.RED)
        raise typer.Exit(1)
    typer.secho(f"全部 {len(INVARIANTS) + 1} 项成立。", fg=typer.colors.GREEN)


async def _examine() -> tuple[list[Finding], list[str], int]:
    async with connected(settings()) as connection:
        late = await kept_too_long(connection, datetime.now(UTC))
        return await examine(connection), late, await count_open(connection)
