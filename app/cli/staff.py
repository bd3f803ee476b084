"""The people who sign in: hire them, change a password, end an account."""

import asyncio
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli.database import connected
from app.cli.environment import settings
from app.cli.failure import fail, told
from app.domain.travel import Point
from app.models.people import StaffRole
from app.models.wechat import AccountKind
from app.services.accounts.records import default_appid
from app.services.second_factor.reset import reset_by_operator
from app.services.staff import disable as services_disable
from app.services.staff.bind import bind_wechat
from app.services.staff.hire import FieldWork, NewStaff, hire
from app.services.staff.password import change_password

app = typer.Typer(help="员工账号：新增、停用、改密码。", no_args_is_help=True)

Username = Annotated[str, typer.Argument(help="用户名。")]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="从标准输入读密码，用于脚本。")]
Words = list[str] | None


@app.command()
def add(
    username: Username,
    role: Annotated[StaffRole, typer.Option(help="岗位。")],
    name: Annotated[str, typer.Option(help="姓名。")],
    phone: Annotated[str, typer.Option(help="手机号。")] = "",
    service_point: Annotated[str | None, typer.Option(help="所属网点的名称。")] = None,
    contractor: Annotated[
        str | None, typer.Option(help="所属外包服务商的名称（服务商调度、外包工程师）。")
    ] = None,
    employee_no: Annotated[str | None, typer.Option(help="工号（工程师）。")] = None,
    skill: Annotated[Words, typer.Option(help="技能（工程师，可多次）。")] = None,
    licence: Annotated[Words, typer.Option(help="证照（工程师，可多次）。")] = None,
    area: Annotated[Words, typer.Option(help="服务区域（工程师，可多次）。")] = None,
    home: Annotated[str | None, typer.Option(help="出发位置（工程师）：纬度,经度。")] = None,
    password_stdin: Stdin = False,
) -> None:
    """新增员工，密码在提示后输入。"""
    work = None
    if employee_no is not None:
        where = _point(home or "")
        work = FieldWork(employee_no, tuple(skill or ()), tuple(licence or ()), tuple(area or ()), where)
    password = _password(password_stdin)
    new = NewStaff(username, password, role, name, phone, service_point, contractor, work)
    with told():
        asyncio.run(_add(new))
    typer.echo(f"已新增 {name}（{username}）。")


@app.command("disable")
def disable(username: Username) -> None:
    """停用账号：立即退出登录，不再接单。"""
    with told():
        in_hand = asyncio.run(_disable(username))
    typer.echo(f"已停用 {username}。")
    if in_hand:
        typer.echo(f"他手上还有工单，请改派：{'、'.join(in_hand)}")


@app.command("password")
def password(username: Username, password_stdin: Stdin = False) -> None:
    """修改密码，原有登录全部失效。"""
    new = _password(password_stdin)
    with told():
        asyncio.run(_change_password(username, new))
    typer.echo(f"已修改 {username} 的密码。")


@app.command("reset-second-factor")
def reset_second_factor(username: Username) -> None:
    """取消两步验证：手机和恢复码都丢了、又没有别的管理员时使用。"""
    with told():
        asyncio.run(_reset_second_factor(username))
    typer.echo(f"已取消 {username} 的两步验证，原有登录全部失效。")


@app.command("bind")
def bind(
    username: Username,
    openid: Annotated[str, typer.Option(help="他在服务号里的 openid（关注后可在微信后台或日志中查到）。")],
) -> None:
    """绑定员工的微信，派单和预警从此推送给他。"""
    with told():
        asyncio.run(_bind(username, openid))
    typer.echo(f"已绑定 {username} 的微信。")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    entered: str = typer.prompt("密码", hide_input=True, confirmation_prompt="再输一次")
    return entered


def _point(text: str) -> Point:
    try:
        latitude, longitude = map(float, text.split(","))
    except ValueError:
        fail("出发位置写作“纬度,经度”，例如 25.0436,102.7072。")
    return Point(latitude, longitude)


async def _add(new: NewStaff) -> None:
    async with connected(settings()) as connection, connection.transaction():
        await hire(connection, new)


async def _disable(username: str) -> list[str]:
    async with connected(settings()) as connection, connection.transaction():
        return await services_disable.disable(connection, username)


async def _change_password(username: str, new: str) -> None:
    async with connected(settings()) as connection, connection.transaction():
        await change_password(connection, username, new, now=datetime.now(UTC))


async def _reset_second_factor(username: str) -> None:
    async with connected(settings()) as connection, connection.transaction():
        await reset_by_operator(connection, username, now=datetime.now(UTC))


async def _bind(username: str, openid: str) -> None:
    async with connected(settings()) as connection, connection.transaction():
        appid = await default_appid(connection, AccountKind.OFFICIAL) or settings().official_appid
        await bind_wechat(connection, username, appid, openid)
