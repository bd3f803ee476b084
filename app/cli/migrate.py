"""Bring the database to the newest schema, or say whether it is there."""

import asyncio
from typing import Annotated

import asyncpg
import typer
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import DBAPIError

from app.cli.database import connected, unreachable
from app.cli.environment import ROOT, settings
from app.cli.failure import fail
from app.services.followers.rebase import rebase
from app.services.operations.readiness import head

_REVISION = "SELECT version_num FROM alembic_version"


def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="只检查是否最新，不改动；落后时退出码为 1。")
    ] = False,
) -> None:
    """升级数据库到最新结构。"""
    if check:
        _report(asyncio.run(revision()))
        return
    try:
        command.upgrade(configuration(), "head")
        moved = asyncio.run(_rebase())
    except (OSError, DBAPIError) as error:
        fail(unreachable(settings(), error))
    if moved:
        typer.echo("数据库是从别处恢复的：事件的先后已重新标定。")
    typer.echo(f"数据库已是最新结构（{head()}）。")


async def _rebase() -> bool:
    async with connected(settings()) as connection, connection.transaction():
        return await rebase(connection)


def configuration() -> Config:
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["database_url"] = settings().database_url
    return config


async def revision() -> str | None:
    """The revision of the database; None when it has no tables yet."""
    async with connected(settings()) as connection:
        try:
            found: str | None = await connection.fetchval(_REVISION)
        except asyncpg.UndefinedTableError:
            return None
        return found


def _report(found: str | None) -> None:
    if found == head():
        typer.echo(f"数据库已是最新结构（{found}）。")
        return
    fail(f"数据库需要升级：现为 {found or '空库'}，代码需要 {head()}。请执行：huixiang migrate")
