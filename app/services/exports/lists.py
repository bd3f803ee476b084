"""The lists of the console as tables: the rows that its pages show, as masked as there, and no more than a bound."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

import asyncpg
from pydantic import BaseModel

from app.domain.actor import Actor
from app.domain.card import reason_zh, title_of
from app.domain.notices import Recipient
from app.domain.period import Period
from app.errors import TooManyRequests
from app.schemas.kpi import FigureOut
from app.services.audit.note import Action, note
from app.services.complaints.read import list_cases
from app.services.follow_ups.worklist import list_follow_ups
from app.services.kpi.desk import report_agents
from app.services.kpi.report import report, report_points, report_teams
from app.services.notifications.dead_letters import list_dead_letters
from app.services.tickets.search import SHOWN, Wanted, search
from app.services.tickets.visible import of_points

Listed = Literal["tickets", "kpi", "deliveries", "complaints", "calls", "stock"]
Cells: TypeAlias = tuple[object, ...]

MOST_ROWS = 5000
MOST_AN_HOUR = 30
_LATELY = """
SELECT count(*) FROM audit_log
 WHERE action = 'export_list' AND actor_id = $1 AND at > $2::timestamptz - interval '1 hour'
"""
_STOCK = f"""
SELECT CASE s.place_kind WHEN 'point' THEN p.name ELSE w.name END AS place, s.part_code, c.name, s.on_hand, s.reserved,
       s.defective
  FROM stock s JOIN parts c ON c.code = s.part_code
  LEFT JOIN service_points p ON p.id = s.place_id LEFT JOIN staff w ON w.id = s.place_id
 WHERE {of_points("$1", "coalesce(p.id, w.service_point_id)")}
 ORDER BY place, s.part_code LIMIT $2
"""


RECIPIENTS: Mapping[str, str] = {Recipient.CUSTOMER: "客户", Recipient.STAFF: "员工"}


class TooManyExports(TooManyRequests):
    msg = "一小时内导出的次数太多了，请稍后再试。"


@dataclass(frozen=True)
class Table:
    """``cut`` says that there was more than ``MOST_ROWS``."""

    head: tuple[str, ...]
    rows: list[Cells]
    cut: bool = False


@dataclass(frozen=True)
class Asked:
    """What is on the page from which somebody exports."""

    listed: Listed
    wanted: Wanted
    view: str = ""
    period: Period | None = None


async def table_of(
    connection: asyncpg.Connection, asked: Asked, *, actor: Actor, network: str, now: datetime
) -> Table:
    """Written down with what was asked for and how many rows went out. Errors: too_many_requests."""
    if await connection.fetchval(_LATELY, actor.id, now) >= MOST_AN_HOUR:
        raise TooManyExports(retry_after=600)
    found = await _TABLES[asked.listed](connection, asked, actor, now)
    table = Table(found.head, found.rows[:MOST_ROWS], cut=len(found.rows) > MOST_ROWS)
    filters = " ".join(
        filter(None, (asked.view, asked.wanted.words, asked.period.name if asked.period else ""))
    )
    why = f"{len(table.rows)} 行{'（已截断）' if table.cut else ''} {filters}".strip()
    await note(connection, actor, Action.EXPORT, asked.listed, reason=why, network=network, now=now)
    return table


async def _tickets(connection: asyncpg.Connection, asked: Asked, actor: Actor, now: datetime) -> Table:
    rows: list[Cells] = []
    wanted = asked.wanted
    for page in range(1, MOST_ROWS // SHOWN + 2):
        turned = Wanted(wanted.view, wanted.words, wanted.service_point, actor.points, page)
        found = await search(connection, turned, now=now)
        rows += [
            (
                *(row.number, row.label, row.priority_label, row.what, row.fault, row.who, row.phone_masked),
                *(row.where, row.service_point, row.engineer, row.starts, row.ends, row.promised_at),
                *("是" if row.late else "", row.urged, row.created_at),
            )
            for row in found.rows
        ]
        if not found.more:
            break
    head = (
        "工单 状态 级别 服务 故障 客户 电话 地区 网点 工程师 上门开始 上门结束 承诺时间 已超时 催单 报修时间"
    )
    return Table(tuple(head.split()), rows)


async def _kpi(connection: asyncpg.Connection, asked: Asked, actor: Actor, now: datetime) -> Table:
    period = asked.period or Period.month_of(now)
    found: list[BaseModel]
    if asked.view == "agents":
        found = list((await report_agents(connection, period, actor=actor)).items)
    elif asked.view in ("teams", "service-points"):
        points = report_teams if asked.view == "teams" else report_points
        found = list((await points(connection, period, actor=actor, now=now)).items)
    else:
        found = list((await report(connection, period, actor=actor, now=now)).items)
    names = [name for name, value in found[0] if isinstance(value, FigureOut)] if found else []
    head = [
        "姓名",
        "时间段",
        *(f"{FIGURE_LABELS.get(name, name)}{part}" for name in names for part in _PARTS),
    ]
    rows = [
        (
            getattr(row, "name", ""),
            period.name,
            *(cell for name in names for cell in _figure(getattr(row, name))),
        )
        for row in found
    ]
    return Table(tuple(head), rows)


_PARTS = ("（收缩后）", "（原值）", "（案例数）")
FIGURE_LABELS = {
    "attitude": "服务态度",
    "expertise": "专业能力",
    "timeliness": "及时性",
    "conduct": "规范性",
    "response_rate": "评价率",
    "on_time": "准时率",
    "first_time_fix": "一次修复率",
    "disputes": "争议率",
    "no_show": "爽约率",
    "urgings": "每单催单",
    "promises_kept": "承诺兑现率",
    "quote_accuracy": "报价准确率",
    "evidence": "凭证完整率",
    "called_solved": "回访解决率",
    "reached": "回访接通率",
    "called_in_time": "回访及时率",
    "complaints_solved": "投诉解决率",
    "complaints_in_time": "投诉及时率",
    "remote_response_rate": "远程评价率",
}


def _figure(figure: FigureOut) -> Cells:
    return (
        "" if figure.shrunk is None else round(figure.shrunk, 4),
        "" if figure.value is None else round(figure.value, 4),
        figure.n,
    )


async def _deliveries(connection: asyncpg.Connection, asked: Asked, actor: Actor, _: datetime) -> Table:
    letters = await list_dead_letters(
        connection, actor=actor, limit=MOST_ROWS + 1, inbox=asked.view == "inbox"
    )
    head = ("编号", "工单", "消息", "给谁", "状态", "原因", "尝试", "时间")
    return Table(
        head,
        [
            (
                each.id,
                each.number,
                title_of(each.kind),
                RECIPIENTS[each.recipient],
                each.state,
                reason_zh(each.reason),
                each.attempts,
                each.created_at,
            )
            for each in letters
        ],
    )


async def _complaints(connection: asyncpg.Connection, asked: Asked, actor: Actor, now: datetime) -> Table:
    rows: list[Cells] = []
    cursor = None
    view = asked.view if asked.view in ("mine", "late", "closed") else "open"
    while len(rows) <= MOST_ROWS:
        found = await list_cases(connection, view, actor=actor, cursor=cursor, limit=100, now=now)  # type: ignore[arg-type]
        rows += [
            (
                *(
                    case.number,
                    case.service,
                    case.label,
                    case.customer,
                    case.phone_masked,
                    case.engineer or "",
                ),
                *(case.owner or "", case.opened_at, case.due_at, "是" if case.late else "", case.root_cause),
                *(case.remedy, case.remedy_fen / 100, case.outcome or "", case.closed_at),
            )
            for case in found.items
        ]
        if (cursor := found.next_cursor) is None:
            break
    head = "工单 服务 起因 客户 电话 工程师 负责人 提出时间 截止 已超时 原因 方案 金额（元） 结果 结案时间"
    return Table(tuple(head.split()), rows)


async def _calls(connection: asyncpg.Connection, asked: Asked, actor: Actor, now: datetime) -> Table:
    rows: list[Cells] = []
    cursor = None
    view = asked.view if asked.view in ("ready", "closed") else "open"
    while len(rows) <= MOST_ROWS:
        found = await list_follow_ups(connection, view, actor=actor, cursor=cursor, limit=100, now=now)  # type: ignore[arg-type]
        rows += [
            (
                *(each.number, each.service, each.customer, each.phone_masked, each.engineer or ""),
                *(each.finished_at, each.due_at, "是" if each.late else "", each.attempts, each.state),
                "；".join(call.note for call in each.calls if call.note),
            )
            for each in found.items
        ]
        if (cursor := found.next_cursor) is None:
            break
    head = "工单 服务 客户 电话 工程师 完工时间 截止 已超时 已拨打 状态 备注"
    return Table(tuple(head.split()), rows)


async def _stock(connection: asyncpg.Connection, _: Asked, actor: Actor, __: datetime) -> Table:
    rows = await connection.fetch(_STOCK, actor.points, MOST_ROWS + 1)
    return Table(("地点", "配件编码", "名称", "库存", "已预留", "不良"), [tuple(row) for row in rows])


_Maker: TypeAlias = Callable[[asyncpg.Connection, Asked, Actor, datetime], Awaitable[Table]]
_TABLES: Mapping[Listed, _Maker] = {
    "tickets": _tickets,
    "kpi": _kpi,
    "deliveries": _deliveries,
    "complaints": _complaints,
    "calls": _calls,
    "stock": _stock,
}
