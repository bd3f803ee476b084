"""How a command ends when it cannot do its work: a line or two that say why and what to do, and status 1."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import asyncpg
import typer

from app.errors import Problem


def fail(message: str) -> NoReturn:
    typer.secho(message, fg=typer.colors.RED, err=True)
    raise typer.Exit(1)


@contextmanager
def told() -> Iterator[None]:
    """What can go wrong with the database or with the request itself, in one line instead of a traceback."""
    try:
        yield
    except asyncpg.UndefinedTableError:
        fail("数据库还没有表结构，请先执行：huixiang migrate")
    except Problem as problem:
        fail(problem.msg)
