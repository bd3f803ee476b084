"""The menu under the chat: what the file says, what WeChat shows, and how to make them the same."""

import asyncio
from typing import Annotated

import typer

from app.cli.environment import settings
from app.cli.failure import fail
from app.cli.wechat.opened import account_client, understood, wechat
from app.services.doors.menu import compare, wanted_menu
from app.wechat.api.doors import create_menu
from app.wechat.menu import Difference, Entry, MenuInvalid, lines

app = typer.Typer(help="公众号菜单：查看、比较、同步。", no_args_is_help=True)

OneAccount = Annotated[str | None, typer.Option("--appid", help="服务号的 AppID，默认是默认服务号。")]


@app.command("show")
def show() -> None:
    """显示菜单文件的内容。"""
    with understood():
        wanted = asyncio.run(_wanted())
    for line in lines(wanted):
        typer.echo(line)


@app.command("diff")
def diff(appid: OneAccount = None) -> None:
    """比较菜单文件与微信上的菜单；不同则退出码为 1。"""
    with understood():
        found = asyncio.run(_differences(appid))
    if not found:
        typer.echo("菜单与文件一致。")
        return
    for each in found:
        if each.there is not None:
            typer.secho(f"- {each.there}", fg=typer.colors.RED)
        if each.here is not None:
            typer.secho(f"+ {each.here}", fg=typer.colors.GREEN)
    raise typer.Exit(1)


@app.command("sync")
def sync(appid: OneAccount = None) -> None:
    """把菜单文件发布到微信；手机上最迟五分钟后更新。"""
    with understood():
        changed = asyncio.run(_sync(appid))
    typer.echo("菜单已更新，手机上重新进入公众号即可看到。" if changed else "菜单与文件一致，无需更新。")


async def _wanted() -> list[Entry]:
    async with wechat() as (_, platform):
        return _read(platform.mini.account.appid)


async def _differences(appid: str | None) -> list[Difference]:
    async with wechat() as (_, platform):
        client = account_client(platform, appid, "official")
        return await compare(client, _read(platform.mini.account.appid))


async def _sync(appid: str | None) -> bool:
    async with wechat() as (_, platform):
        client = account_client(platform, appid, "official")
        wanted = _read(platform.mini.account.appid)
        if not await compare(client, wanted):
            return False
        await create_menu(client, wanted)
        return True


def _read(mini_appid: str) -> list[Entry]:
    try:
        return wanted_menu(settings(), mini_appid)
    except MenuInvalid as error:
        fail(str(error))
