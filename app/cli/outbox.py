"""Messages that could not be delivered: look at them, and send them again on purpose."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.cli.database import connected
from app.cli.environment import settings
from app.cli.failure import fail, told
from app.domain.card import reason_zh
from app.domain.zone import ZONE
from app.services.notifications.dead_letters import DeadLetter, Replayed, list_dead_letters, replay

app = typer.Typer(help="未能送达的推送：查看与重发。", no_args_is_help=True)

_KINDS = {
    "ticket_progress": "服务进度",
    "engineer_offer": "派单提醒",
    "rating_invitation": "评价邀请",
    "staff_notice": "员工提醒",
    "conversation_reply": "客服回复",
}
_STATES = {"dead": "未送达", "parked": "搁置", "inbox": "收件箱"}
_PEOPLE = {"customer": "客户", "staff": "员工"}


@app.command("list")
def list_dead(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="最多显示多少条。")] = 100,
    inbox: Annotated[bool, typer.Option("--inbox", help="也列出只进了收件箱的推送。")] = False,
) -> None:
    """列出未能送达的推送及原因。"""
    with told():
        letters = asyncio.run(_list(limit, inbox))
    if not letters:
        typer.echo("没有未送达的推送。")
        return
    Console().print(_table(letters))
    typer.echo("重发：huixiang outbox replay 编号…，或全部：huixiang outbox replay --dead")


@app.command("replay")
def replay_dead(
    ids: Annotated[list[int] | None, typer.Argument(help="推送编号，可多个。")] = None,
    dead: Annotated[bool, typer.Option("--dead", help="重发全部未送达的推送。")] = False,
) -> None:
    """重发未送达的推送；同一工单已有更新推送送达的不再打扰客户。"""
    if bool(ids) is dead:
        fail("请给出推送编号，或用 --dead 重发全部。")
    with told():
        done = asyncio.run(_replay(ids or None))
    typer.echo(f"重新排队 {len(done.queued)} 条，已过时不再发送 {len(done.superseded)} 条。")
    unknown = sorted(set(ids or ()) - {*done.queued, *done.superseded})
    if unknown:
        fail(f"这些编号不在未送达之列：{'、'.join(map(str, unknown))}")


async def _list(limit: int, inbox: bool) -> list[DeadLetter]:
    async with connected(settings()) as connection:
        return await list_dead_letters(connection, limit=limit, inbox=inbox)


async def _replay(ids: list[int] | None) -> Replayed:
    async with connected(settings()) as connection, connection.transaction():
        return await replay(connection, ids=ids, now=datetime.now(UTC))


def _table(letters: list[DeadLetter]) -> Table:
    table = Table("编号", "工单", "推送", "对象", "状态", "原因", "次数", "时间")
    for letter in letters:
        table.add_row(
            str(letter.id),
            f"{letter.number} #{letter.seq}",
            _KINDS.get(letter.kind, letter.kind),
            _PEOPLE.get(letter.recipient, letter.recipient),
            _STATES.get(letter.state, letter.state),
            reason_zh(letter.reason) or "",
            str(letter.attempts),
            f"{letter.created_at.astimezone(ZONE):%m-%d %H:%M}",
        )
    return table
