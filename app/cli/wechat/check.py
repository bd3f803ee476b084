"""Hold every account against the platform, and say in plain words what is wrong and where to mend it."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import httpx
import typer

from app.cli.environment import settings
from app.cli.failure import fail
from app.cli.wechat.opened import understood, wechat
from app.services.accounts.check.grade import Grade, House, Result
from app.services.accounts.check.run import check_all
from app.services.accounts.records import list_accounts

_MARKS = {Grade.OK: "✓", Grade.WARN: "!", Grade.FAIL: "✗"}
_COLOURS = {Grade.OK: typer.colors.GREEN, Grade.WARN: typer.colors.YELLOW, Grade.FAIL: typer.colors.RED}


def check(
    appid: Annotated[str | None, typer.Option("--appid", help="只查这个账号。")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取。")] = False,
) -> None:
    """逐项检查账号与微信平台，说明哪里不对、去哪里改；有 ✗ 时退出码为 1。"""
    with understood():
        results = asyncio.run(_check(appid, _quiet if as_json else _show))
    failed = sum(result.finding.grade is Grade.FAIL for result in results)
    if as_json:
        typer.echo(json.dumps([dict(each.as_document()) for each in results], ensure_ascii=False, indent=2))
    elif failed:
        typer.secho(f"{failed} 项有问题。", fg=typer.colors.RED)
    else:
        typer.secho("没有发现问题。", fg=typer.colors.GREEN)
    if failed:
        raise typer.Exit(1)


def _show(result: Result) -> None:
    finding = result.finding
    whose = f"[{result.appid}] " if result.appid else ""
    typer.secho(f"{_MARKS[finding.grade]} {whose}{result.title}：{finding.said}", fg=_COLOURS[finding.grade])
    if finding.mend:
        typer.echo(f"    → {finding.mend}")


def _quiet(_: Result) -> None:
    return None


async def _check(appid: str | None, tell: Callable[[Result], None]) -> list[Result]:
    results: list[Result] = []
    async with (
        wechat() as (connection, platform),
        # Our own address has to answer without a detour; what it redirects to is not it.
        httpx.AsyncClient(timeout=10, follow_redirects=False) as web,
    ):
        records = tuple(await list_accounts(connection, platform.ring))
        known = [record.account.appid for record in records]
        if appid is not None and appid not in known:
            fail(f"没有这个账号：{appid}。用 huixiang wechat list 查看。")
        house = House(settings(), platform.endpoints, platform.http, web, records, datetime.now(UTC))
        chosen = known if appid is None else [appid]
        async for result in check_all(connection, house, platform.clients, chosen):
            tell(result)
            results.append(result)
    return results
