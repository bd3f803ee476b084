"""Keys and tokens: re-seal what is kept, forget an old EncodingAESKey, force a new token."""

import asyncio
from datetime import UTC, datetime

import typer

from app.cli.database import connected
from app.cli.environment import settings
from app.cli.failure import fail, told
from app.cli.wechat.accounts import AppId
from app.cli.wechat.opened import account_client, ring, understood, wechat
from app.domain.zone import ZONE
from app.services.accounts.records import forget_previous_key
from app.services.accounts.rotate import Rotated, rotate_keys
from app.services.credentials.force import FORCES_A_DAY, SECONDS_BETWEEN, force_refresh


def rotate() -> None:
    """把库里的密文全部改用 HUIXIANG_SEALING_KEYS 的第一把密钥；可重复执行。"""
    with told():
        done = asyncio.run(_rotate())
    typer.echo(f"改用新密钥 {done.moved} 项，本来就是的 {done.kept} 项。")
    if done.lost:
        fail(f"这些打不开，需要重新录入：{'；'.join(done.lost)}")
    typer.echo("旧密钥可以从 HUIXIANG_SEALING_KEYS 里去掉了。")


def forget_key(appid: AppId) -> None:
    """换好 EncodingAESKey 之后，不再接受旧的。"""
    with told():
        if not asyncio.run(_forget(appid)):
            fail(f"没有这个账号：{appid}")
    typer.echo(f"{appid} 从现在起只认新的 EncodingAESKey。")


def force(appid: AppId) -> None:
    """作废当前令牌并换新的：只在令牌泄露或一直被拒时用。"""
    typer.echo("当前令牌会立刻作废，正在发送的消息会自动重取令牌。")
    typer.echo(f"微信限制：每天 {FORCES_A_DAY} 次，两次至少相隔 {SECONDS_BETWEEN} 秒；令牌泄露时要连做两次。")
    typer.confirm(f"确定强制刷新 {appid} 的令牌？", abort=True)
    with understood():
        until = asyncio.run(_force(appid))
    typer.echo(f"已换新令牌，用到 {until.astimezone(ZONE):%H:%M}。")


async def _rotate() -> Rotated:
    async with connected(settings()) as connection, connection.transaction():
        return await rotate_keys(connection, ring())


async def _forget(appid: str) -> bool:
    async with connected(settings()) as connection, connection.transaction():
        return await forget_previous_key(connection, appid, now=datetime.now(UTC))


async def _force(appid: str) -> datetime:
    async with wechat() as (_, platform):
        account = account_client(platform, appid, "official").account
        return await force_refresh(
            account, platform.endpoints, platform.http, platform.tokens, now=datetime.now(UTC)
        )
