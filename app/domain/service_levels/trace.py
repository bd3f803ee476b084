"""Why a deadline is what it is: the clock, segment by segment, to be checked with pencil and paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.domain.lifecycle import VIEWS, State
from app.domain.service_levels.calendar import Span, local, open_seconds, spans
from app.domain.service_levels.clocks import Segment
from app.domain.service_levels.measure import Measure, Status
from app.domain.service_levels.policy import METRIC_LABELS, Metric

_SHOWN_SPANS = 14
_PAUSED = {
    State.PENDING_INFO: "等客户补充资料",
    State.QUOTE_PENDING: "等客户确认报价",
    State.ACCEPTED: "上门时客户不在，等客户另约时间",
    State.WAITING_PARTS: "等配件，按本级政策停表",
    State.SUSPENDED: "已按约定挂起",
}


@dataclass(frozen=True)
class Line:
    """One segment: what of it counted (``counted``, in ``spans``), and how much was used up to its end (``used``)."""

    since: int
    until: int | None
    running: bool
    why: str
    spans: tuple[Span, ...]
    counted: int
    used: int


def lines(measure: Measure, now: int) -> list[Line]:
    found: list[Line] = []
    used = 0
    for segment in measure.run.segments:
        until = now if segment.until is None else segment.until
        counted = open_seconds(measure.calendar, segment.since, until) if segment.running else 0
        used += counted
        shown = tuple(spans(measure.calendar, segment.since, until)) if counted else ()
        found.append(
            Line(segment.since, segment.until, segment.running, why(measure, segment), shown, counted, used)
        )
    return found


def why(measure: Measure, segment: Segment) -> str:
    if not segment.running:
        return f"停表：{_PAUSED.get(segment.state, VIEWS[segment.state].name)}"
    if segment.state is State.MERGED:
        return "计时：客户更早的报修，已并入本单"
    if measure.run.metric is Metric.NEXT_RESPONSE:
        return "计时：客户有新的留言或催促，等我们答复"
    return f"计时：{VIEWS[segment.state].name}"


def verdict(measure: Measure, now: int) -> str:
    """The last line: what follows from those before it."""
    name, used = METRIC_LABELS[measure.run.metric], measure.used(now)
    allowed, left = span_words(measure.target.seconds), measure.target.seconds - used
    status = measure.status()
    if status is Status.MET:
        return f"{name}用时{span_words(used)}，时限{allowed}，" + ("超时" if left < 0 else "按时完成")
    if status is Status.STOPPED:
        return f"{name}不再计时，停表时用了{span_words(used)}（时限{allowed}）"
    if measure.breached(now):
        return f"{name}已超时{span_words(-left)}（时限{allowed}）"
    if measure.due is None:
        return f"{name}停表中，恢复计时后还剩{span_words(left)}（时限{allowed}）"
    by = "全天计时" if measure.target.always else "按营业时间计时"
    return f"{name}时限{allowed}，{by}，已用{span_words(used)}，截止 {moment_text(measure.due)}"


def described(measure: Measure, found: Sequence[Line]) -> list[str]:
    """The lines as text, as ``huixiang explain`` prints them."""
    words = []
    for line in found:
        until = moment_text(line.until) if line.until is not None else "现在"
        head = f"{moment_text(line.since)} → {until}  {line.why}"
        words.append(f"{head}，计{span_words(line.counted)}，累计{span_words(line.used)}")
        if line.running and not measure.target.always:
            words += [f"    营业 {span_text(span)}" for span in line.spans[:_SHOWN_SPANS]]
            if len(line.spans) > _SHOWN_SPANS:
                words.append(f"    ……共 {len(line.spans)} 段营业时间")
    return words


def moment_text(at: int) -> str:
    return f"{local(at):%Y-%m-%d %H:%M:%S}"


def span_text(span: Span) -> str:
    start, end = local(span[0]), local(span[1])
    until = f"{end:%H:%M:%S}" if start.date() == end.date() else f"{end:%m-%d %H:%M:%S}"
    return f"{start:%m-%d %H:%M:%S}–{until}"


def span_words(count: int) -> str:
    """1天2小时3分4秒, without what is nothing."""
    rest = timedelta(seconds=count)
    days, left = rest.days, rest.seconds
    parts = ((days, "天"), (left // 3600, "小时"), (left % 3600 // 60, "分"), (left % 60, "秒"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0秒"
