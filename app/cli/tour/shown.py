"""The tour on a terminal: steps as lines, messages as cards, and a table at the end."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from app.cli.tour.expected import Expected
from app.cli.tour.result import Result
from app.integrations.sandbox import Card

_FIGURES = (
    ("attitude", "服务态度", 1.0, ""),
    ("expertise", "专业技能", 1.0, ""),
    ("timeliness", "上门时效", 1.0, ""),
    ("conduct", "服务规范", 1.0, ""),
    ("on_time", "准时率", 100.0, "%"),
    ("response_rate", "评价率", 100.0, "%"),
)


class Stage:
    """``quiet`` for those who only want the document at the end."""

    def __init__(self, *, quiet: bool) -> None:
        self._console = Console(quiet=quiet, highlight=False)
        self._steps = 0

    def say(self, text: str) -> None:
        self._console.print(text, markup=False)

    def step(self, title: str, detail: str) -> None:
        self._steps += 1
        self._console.print(f"\n[bold green]{self._steps:>2}. {title}[/]  [dim]{detail}[/]")

    def card(self, card: Card, wanted: Expected | None) -> None:
        """As the phone shows it, with the time that it took from the event."""
        rows = Table.grid(padding=(0, 2))
        for label, value in card.rows:
            rows.add_row(f"[dim]{label}[/]", value)
        took = f"+{(card.accepted_at - wanted.at.timestamp()) * 1000:.0f} 毫秒" if wanted else "未预期"
        title = f"📱 {card.nickname} · {card.title}"
        self._console.print(
            Panel(rows, title=title, subtitle=took, title_align="left", subtitle_align="right", width=58)
        )

    def summary(self, result: Result) -> None:
        document = result.as_document()
        self._console.print()
        if document["pushes"]:
            self._console.print(_pushes(document["pushes"]))
            self._console.print(
                f"推送 {len(document['pushes'])} 条，中位 {document['median_delay_ms']} 毫秒，"
                f"最慢 {document['max_delay_ms']} 毫秒。"
            )
        if result.kpi_before and result.kpi_after:
            self._console.print(_figures(result.kpi_before, result.kpi_after))
        for name, what in (("missing", "缺少"), ("surplus", "多出")):
            for sign in document[name]:
                self._console.print(f"[red]{what}推送：{sign['who']} {sign['template']} {sign['word']}[/]")
        if result.ok:
            self._console.print("[bold green]每条推送恰好到达一次，顺序正确。[/]")
        else:
            self._console.print(f"[bold red]没有走完：{result.error or '推送不符合预期'}[/]")


def _pushes(pushes: Sequence[Mapping[str, Any]]) -> Table:
    table = Table("#", "事件", "手机", "消息", "内容", "延迟", box=box.SIMPLE_HEAD)
    for number, push in enumerate(pushes, 1):
        rows = push["rows"]
        said = rows.get("当前状态") or rows.get("说明") or rows.get("派单说明") or rows.get("温馨提示", "")
        delay = f"{push['delay_ms']:.0f} 毫秒"
        table.add_row(str(number), push["event"], push["phone"], push["title"], said, delay)
    return table


def _figures(before: Mapping[str, Any], after: Mapping[str, Any]) -> Table:
    title = f"{after['name']} {after['employee_no']} 的绩效"
    table = Table("本月指标", "之前", "之后", title=title, box=box.SIMPLE_HEAD)
    for name, label, scale, unit in _FIGURES:
        table.add_row(label, _figure(before[name], scale, unit), _figure(after[name], scale, unit))
    return table


def _figure(figure: Mapping[str, Any], scale: float, unit: str) -> str:
    value = figure["value"]
    return f"{value * scale:.2f}{unit}（{figure['n']} 例）" if value is not None else "—"
