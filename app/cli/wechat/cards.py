"""The cards that we may send: what is registered, how it looks, and what the account really has."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Column, Table

from app.cli.database import connected
from app.cli.environment import settings
from app.cli.failure import fail, told
from app.cli.wechat.opened import understood, wechat
from app.models.wechat import CardState
from app.services.templates.records import Card, list_cards
from app.services.templates.show import rows_of
from app.services.templates.sync import Synced, ask_templates, sync_templates

app = typer.Typer(help="消息模板：查看、预览、与微信同步。", no_args_is_help=True)

OneAccount = Annotated[str | None, typer.Option("--appid", help="只看这个账号。")]

_STATES = {
    CardState.ACTIVE: "✓ 可用",
    CardState.MISSING: "✗ 已不存在",
    CardState.BANNED: "✗ 被封禁",
    CardState.UNSET: "! 未设置",
}
_CHANNELS = {"template": "服务号模板消息", "subscribe": "小程序订阅消息"}


@app.command("list")
def list_all(appid: OneAccount = None) -> None:
    """列出登记的模板和状态。"""
    with told():
        cards = asyncio.run(_cards(appid))
    if not cards:
        typer.echo("还没有登记模板。请执行：huixiang wechat templates sync")
        return
    table = Table(
        "账号", "消息", "标题", Column("模板 ID", overflow="fold"), "状态", "说明", box=box.SIMPLE_HEAD
    )
    for card in cards:
        table.add_row(
            card.appid, card.kind, card.title, card.template_id or "—", _STATES[card.state], card.reason or ""
        )
    Console().print(table)


@app.command("preview")
def preview(appid: OneAccount = None) -> None:
    """按手机上的样子显示每种消息。"""
    with told():
        cards = asyncio.run(_cards(appid))
    if not cards:
        fail("还没有登记模板。请执行：huixiang wechat templates sync")
    console = Console(highlight=False)
    for card in cards:
        console.print(_panel(card))


@app.command("sync")
def sync(
    appid: OneAccount = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会改什么，不写入。")] = False,
) -> None:
    """读取账号里的模板，对应到各种消息，标出已消失和不能用的。"""
    with understood():
        done = asyncio.run(_sync(appid, write=not dry_run))
    if not done:
        fail(f"没有这个账号：{appid or '（还没有录入）'}")
    for each in done:
        card = each.card
        mark = _STATES[card.state].partition(" ")[0]
        typer.echo(f"{mark} {card.appid} {card.kind} {card.title} {each.change or '没有变化'}")
        if card.state is CardState.ACTIVE and each.change:
            typer.echo("    " + "，".join(f"{word} → {key}" for word, key in card.slots.items()))
        if card.reason:
            typer.echo(f"    {card.reason}")
    if any(each.card.state is not CardState.ACTIVE for each in done):
        raise typer.Exit(1)


def _panel(card: Card) -> Panel:
    rows = Table.grid(padding=(0, 2))
    for label, value in rows_of(card):
        rows.add_row(f"[dim]{label}[/]", value)
    return Panel(
        rows,
        title=f"📱 {card.title}",
        subtitle=f"{_CHANNELS[card.channel]} · {_STATES[card.state]}",
        title_align="left",
        subtitle_align="right",
        width=58,
    )


async def _cards(appid: str | None) -> list[Card]:
    async with connected(settings()) as connection:
        return await list_cards(connection, appid)


async def _sync(appid: str | None, *, write: bool) -> list[Synced]:
    """One transaction an account, and no call to WeChat inside it."""
    done: list[Synced] = []
    async with wechat() as (connection, platform):
        for client in platform.clients.values():
            if appid in (None, client.account.appid):
                listed = await ask_templates(client)
                async with connection.transaction():
                    done += await sync_templates(
                        connection,
                        client.account.appid,
                        client.account.kind,
                        listed,
                        now=datetime.now(UTC),
                        write=write,
                    )
    return done
