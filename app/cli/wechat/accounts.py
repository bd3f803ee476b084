"""Enter, list and remove accounts. Secrets come from a prompt, from standard input or from the environment."""

import asyncio
import os
import re
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from app.cli.database import connected
from app.cli.environment import settings
from app.cli.failure import fail, told
from app.cli.wechat.opened import ring
from app.domain.zone import ZONE
from app.models.wechat import AccountKind
from app.services.accounts import records
from app.services.accounts.declared import declared_accounts
from app.services.accounts.records import AccountRecord, NewAccount, enter_account, list_accounts

AppId = Annotated[str, typer.Argument(help="账号的 AppID，形如 wx 加 16 位字符。")]

_SECRETS = (("secret", "AppSecret"), ("token", "Token"), ("aes_key", "EncodingAESKey"))
_ENVIRONMENT = "HUIXIANG_ADD_"
_KINDS = {"official": "服务号", "mini": "小程序"}


CAPABILITIES = frozenset({"template", "subscribe", "custom"})


def add(
    appid: AppId,
    kind: Annotated[AccountKind, typer.Option(help="official 服务号，mini 小程序。")],
    name: Annotated[str, typer.Option(help="名称，方便自己认。")] = "",
    original_id: Annotated[str, typer.Option(help="原始 ID，形如 gh_…。")] = "",
    capability: Annotated[
        list[str] | None,
        typer.Option(help="已开通的渠道（可多次），不写即全部。"),
    ] = None,
    quota: Annotated[list[str] | None, typer.Option(help="每日额度，写作 接口路径=次数（可多次）。")] = None,
    secrets_stdin: Annotated[
        bool, typer.Option("--secrets-stdin", help="从标准输入读三行：AppSecret、Token、EncodingAESKey。")
    ] = False,
) -> None:
    """新增或修改账号。密钥在提示后输入，留空则保持不变；也可放在环境变量 HUIXIANG_ADD_SECRET、_TOKEN、_AES_KEY。"""
    if not re.fullmatch(r"[0-9A-Za-z]{6,40}", appid):
        fail("AppID 只有字母和数字，请从微信后台复制。")
    if unknown := set(capability or ()) - CAPABILITIES:
        fail(f"不认识的渠道 {'、'.join(sorted(unknown))}，只能是 {'、'.join(sorted(CAPABILITIES))}。")
    given = _secrets(secrets_stdin)
    new = NewAccount(
        appid,
        kind,
        name,
        original_id,
        secret=given["secret"],
        token=given["token"],
        aes_key=given["aes_key"],
        capabilities=tuple(capability) if capability else None,
        daily_quotas=_quotas(quota) if quota else None,
    )
    with told():
        try:
            changed = asyncio.run(_add(new))
        except ValueError:
            fail("EncodingAESKey 应是 43 个字母和数字，请从后台完整复制。")
    typer.echo(f"已保存 {appid}。" if changed else f"{appid} 没有变化。")
    if appid in {each.appid for each in declared_accounts(settings())}:
        typer.echo("注意：环境变量也写了这个账号，进程启动时以环境变量为准。")
    typer.echo(f"下一步：huixiang wechat check --appid {appid}")


def list_all() -> None:
    """列出账号；密钥只显示有没有。"""
    with told():
        found = asyncio.run(_list())
    if not found:
        typer.echo("还没有账号。用 huixiang wechat add 录入，或设置环境变量 HUIXIANG_OFFICIAL_APPID 等。")
        return
    table = Table(
        Column("AppID", no_wrap=True), "类型", "名称", "默认", "AppSecret", "Token", "AESKey", "更新于"
    )
    for record in found:
        account = record.account
        table.add_row(
            account.appid,
            _KINDS[account.kind],
            record.name,
            "✓" if record.is_default else "",
            *(_has(record, name) for name, _ in _SECRETS),
            f"{record.updated_at.astimezone(ZONE):%Y-%m-%d %H:%M}",
        )
    Console().print(table)


def remove(appid: AppId, yes: Annotated[bool, typer.Option("--yes", help="不再询问。")] = False) -> None:
    """删除账号连同它的令牌和模板登记；已有的工单和推送记录不受影响。"""
    if not yes:
        typer.confirm(f"确定删除账号 {appid}？之后它的回调会被拒绝", abort=True)
    with told():
        if not asyncio.run(_remove(appid)):
            fail(f"没有这个账号：{appid}")
    typer.echo(f"已删除 {appid}。")
    if appid in {each.appid for each in declared_accounts(settings())}:
        typer.echo("注意：环境变量里还写着它，下次启动会再次录入；请一并删掉。")


def set_default(appid: AppId) -> None:
    """设为同类账号中的默认：推送、登录和菜单都用它。"""
    with told():
        if not asyncio.run(_set_default(appid)):
            fail(f"没有这个账号：{appid}")
    typer.echo(f"默认账号已是 {appid}，运行中的进程几秒内生效。")


def _secrets(from_stdin: bool) -> dict[str, str | None]:
    if from_stdin:
        return {name: sys.stdin.readline().strip() or None for name, _ in _SECRETS}
    return {name: _from_environment(name) or _asked(label) for name, label in _SECRETS}


def _from_environment(name: str) -> str | None:
    return os.environ.get(f"{_ENVIRONMENT}{name.upper()}") or None


def _asked(label: str) -> str | None:
    entered: str = typer.prompt(f"{label}（留空不变）", default="", hide_input=True, show_default=False)
    return entered.strip() or None


def _quotas(given: list[str]) -> dict[str, int]:
    pairs = [each.rpartition("=") for each in given]
    if any(not path or not count.isdigit() for path, _, count in pairs):
        fail("额度写作 接口路径=次数，例如 /cgi-bin/message/template/send=100000。")
    return {path: int(count) for path, _, count in pairs}


def _has(record: AccountRecord, name: str) -> str:
    if name in record.unreadable:
        return "打不开"
    return "✓" if getattr(record.account, name) else "—"


async def _add(new: NewAccount) -> bool:
    async with connected(settings()) as connection, connection.transaction():
        return await enter_account(connection, ring(), new, now=datetime.now(UTC))


async def _list() -> list[AccountRecord]:
    async with connected(settings()) as connection:
        return await list_accounts(connection, ring())


async def _remove(appid: str) -> bool:
    async with connected(settings()) as connection, connection.transaction():
        return await records.remove_account(connection, appid)


async def _set_default(appid: str) -> bool:
    async with connected(settings()) as connection, connection.transaction():
        return await records.set_default(connection, appid, now=datetime.now(UTC))
