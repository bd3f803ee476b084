"""Fill the database with a believable town, or with the price table alone."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli.database import connected
from app.cli.environment import settings
from app.cli.failure import told
from app.integrations.sandbox import Sandbox
from app.integrations.storage import open_store
from app.services.seed.seed import Seeded, seed_bare, seed_town
from app.services.seed.town import DEMO_PASSWORD

PAST_TICKETS = 300


def seed(
    bare: Annotated[bool, typer.Option("--bare", help="只写入产品目录和价目表（生产环境可用）。")] = False,
    tickets: Annotated[int, typer.Option(min=0, max=5000, help="过去 60 天的历史工单数。")] = PAST_TICKETS,
) -> None:
    """写入演示数据：一座城市的网点、工程师、客户与历史工单。可重复执行。"""
    with told():
        if bare:
            asyncio.run(_bare())
            typer.echo("产品目录和价目表已写入。")
        else:
            _report(asyncio.run(_town(tickets)))


async def _bare() -> None:
    async with connected(settings()) as connection:
        await seed_bare(connection, datetime.now(UTC))


async def _town(tickets: int) -> Seeded:
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(connected(settings()))
        secret = settings().sandbox_secret.get_secret_value()
        sandbox = Sandbox(settings().wechat_api_base, secret) if secret else None
        if sandbox is not None:
            await stack.enter_async_context(sandbox)
        return await seed_town(
            connection,
            open_store(settings().storage_url),
            sandbox,
            environment=settings().environment,
            tickets=tickets,
            now=datetime.now(UTC),
        )


def _report(done: Seeded) -> None:
    if done.planted:
        typer.echo(f"演示数据已写入，含 {done.tickets} 张历史工单。")
        typer.echo(
            "员工账号：kefu（客服）、zhuguan（主管）、admin（管理员）、waibao（外包调度）、gong001…（工程师），"
            f"密码 {DEMO_PASSWORD}"
        )
    else:
        typer.echo("演示数据已存在，只补了排班。")
    if done.phones is None:
        typer.echo("微信沙箱不可用，没有绑定微信；沙箱启动后再执行一次即可。")
    else:
        typer.echo(f"微信沙箱里有 {done.phones} 人的手机。")
