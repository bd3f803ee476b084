"""State by state: which time a customer is promised, on what it rests, and how it is said."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple, Protocol

from app.domain.promise.grounds import Grounds
from app.domain.promise.steps import AT_THE_DESK, Step
from app.domain.service_levels.policy import Metric
from app.domain.wording import ceil_minutes, day_words, moment_words, window_words
from app.domain.zone import ZONE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SORRY = "抱歉让您久等，"
NORMAL = "normal"

# How long a broken promise is extended at a time; for ordinary work a whole part of the desk's day.
_STEP: Mapping[str, timedelta] = MappingProxyType(
    {
        "normal": timedelta(hours=2),
        "urgent": timedelta(minutes=30),
        "critical": timedelta(minutes=15),
        "systemic": timedelta(minutes=15),
    }
)
_WORK: Mapping[str, timedelta] = MappingProxyType(
    {
        "repair": 2 * HOUR,
        "installation": 2 * HOUR,
        "cleaning": 2 * HOUR,
        "maintenance": 90 * timedelta(minutes=1),
    }
)
_REMOTE = frozenset({"consultation", "complaint"})
_RETURN_DAYS = 30


class Window(Protocol):
    @property
    def start(self) -> datetime: ...

    @property
    def end(self) -> datetime: ...


class Reckoned(NamedTuple):
    """A time and what it was reckoned from; ``longest`` is known where it was measured."""

    at: datetime
    inputs: Mapping[str, str | int]
    longest: datetime | None = None

    @property
    def measured(self) -> bool:
        return self.longest is not None


class Facts(NamedTuple):
    service_type: str
    urgency: str
    now: datetime
    since: datetime
    grounds: Grounds
    window: Window | None = None
    parts_eta: datetime | None = None
    resume_at: datetime | None = None
    eta: datetime | None = None

    @property
    def pressing(self) -> bool:
        """What is urgent is done at any hour; ordinary work waits for the desk to open."""
        return self.urgency != NORMAL

    def after(self, start: datetime, span: timedelta) -> datetime:
        return self.grounds.after(start, span, always=self.pressing)

    def day(self, at: datetime) -> str:
        return day_words(at.astimezone(ZONE).date(), self.now.astimezone(ZONE).date())

    def by_target(self, metric: Metric) -> Reckoned:
        target = self.grounds.target(metric)
        span = timedelta(seconds=target.seconds)
        at = self.grounds.after(self.since, span, always=target.always)
        return Reckoned(
            at, {"metric": metric, "seconds": target.seconds, **self._hours(always=target.always)}
        )

    def usually(self, step: Step) -> Reckoned | None:
        """What such jobs really took; None where too little is known."""
        found = self.grounds.usual.get(step)
        if found is None:
            return None
        always = self.pressing or step not in AT_THE_DESK
        at, longest = (
            self.grounds.after(self.since, timedelta(seconds=span), always=always)
            for span in (found.seconds, found.longest)
        )
        inputs = {"step": step, "seconds": found.seconds, "n": found.n, **self._hours(always=always)}
        return Reckoned(at, inputs, longest)

    def _hours(self, *, always: bool) -> dict[str, str | int]:
        return {
            "since": self.since.isoformat(),
            "hours": "全天" if always else self.grounds.calendar_name,
            "policy": self.grounds.policy.version,
        }


class Target(NamedTuple):
    """A time and how it is said; ``missed`` is said with a later time once it has passed.

    An ``agreed`` time is said to the minute, an estimate is rounded up to the next five.
    """

    basis: str
    at: datetime
    text: str
    missed: str
    step: timedelta
    by_desk: bool = False
    agreed: bool = False
    longest: datetime | None = None
    inputs: Mapping[str, str | int] = MappingProxyType({})

    @property
    def rounded(self) -> datetime:
        at = self.at.astimezone(ZONE)
        return at if self.agreed else ceil_minutes(at, 5)


def _reckoned(f: Facts, step: Step, metric: Metric, text: str, missed: str) -> Target:
    """By what such jobs took where that is known, and else by the target of the level."""
    found = f.usually(step) or f.by_target(metric)
    return Target(
        "usual_time" if found.measured else "level_target",
        found.at,
        text,
        missed,
        _STEP[f.urgency],
        by_desk=not f.pressing,
        longest=found.longest,
        inputs=found.inputs,
    )


def _submitted(f: Facts) -> Target:
    if f.urgency == "systemic":
        return _systemic(f)
    text = "{at} 前由专员回复您" if f.service_type in _REMOTE else "{at} 前受理并与您联系"
    missed = SORRY + "正在加急处理，预计" + text
    return _reckoned(f, Step.RESPONSE, Metric.FIRST_RESPONSE, "预计" + text, missed)


def _dispatching(f: Facts) -> Target:
    text = "预计{at} 前为您安排工程师"
    metric = Metric.NEXT_RESPONSE if f.urgency == "systemic" else Metric.FIRST_RESPONSE
    return _reckoned(f, Step.ASSIGN, metric, text, SORRY + text)


def _systemic(f: Facts) -> Target:
    """The response is immediate and needs no time; what can be promised is the next news."""
    text = "已转入专案组处理，{at} 前向您通报进展"
    missed = SORRY + "专案组仍在处理，{at} 前向您通报进展"
    return _reckoned(f, Step.RESPONSE, Metric.NEXT_RESPONSE, text, missed)


def _attended(f: Facts) -> Target:
    text = "技术部门正在处理中，预计{at} 前完成"
    return _reckoned(f, Step.SOLVE, Metric.RESOLUTION, text, SORRY + text)


def _pending_info(f: Facts) -> Target:
    text = "请在{at} 前补充资料，收到后我们马上继续处理"
    missed = "补充资料的期限已过，我们将在{at} 前更新工单"
    return Target("customer_deadline", f.since + 3 * DAY, text, missed, HOUR)


def _accepted(f: Facts) -> Target:
    text = "{at} 前与您约定上门时间"
    missed = SORRY + "已催促工程师，" + text
    return _reckoned(f, Step.BOOK, Metric.NEXT_RESPONSE, "工程师已接单，" + text, missed)


def _scheduled(f: Facts) -> Target:
    if f.window is None:
        return _accepted(f)
    text = f"工程师将于{window_words(f.window.start, f.window.end, f.now)} 上门"
    missed = SORRY + "工程师未能按时上门，{at} 前会赶到或与您重新约定"
    inputs = {"window_end": f.window.end.isoformat()}
    step = timedelta(minutes=30)
    return Target("visit_window", f.window.end, text, missed, step, agreed=True, inputs=inputs)


def _en_route(f: Facts) -> Target:
    window_end = f.window.end if f.window else None
    at = f.eta or window_end or f.since + HOUR
    text, missed = "工程师已出发，预计{at} 前到达", SORRY + "工程师路上耽搁了，预计{at} 前到达"
    behind = window_end is not None and at > window_end
    basis = "eta" if f.eta else "visit_window"
    step = timedelta(minutes=15)
    return Target(basis, at, missed if behind else text, missed, step, inputs={basis: at.isoformat()})


def _on_site(f: Facts) -> Target:
    text = "工程师已到达，预计{at} 前查明情况并告诉您怎么处理"
    missed = SORRY + "检测比预计的久，{at} 前告诉您怎么处理"
    return _done_there(f, Step.INSPECT, HOUR, text, missed, timedelta(minutes=30))


def _quote_pending(f: Facts) -> Target:
    text = f"请在{{at}} 前确认报价，确认后马上开始{_work_name(f)}"
    missed = "报价确认期限已过，我们将在{at} 前与您联系"
    return Target("customer_deadline", f.since + 3 * DAY, text, missed, 2 * HOUR, by_desk=not f.pressing)


def _quote_in_review(f: Facts) -> Target:
    text = "报价正在由主管复核，预计{at} 前请您确认"
    missed = SORRY + "报价复核比预计的久，预计{at} 前请您确认"
    return Target("review_time", f.since + HOUR, text, missed, HOUR)


def _quote_returned(f: Facts) -> Target:
    text = "主管请工程师修改报价，预计{at} 前请您确认"
    missed = SORRY + "报价修改比预计的久，预计{at} 前请您确认"
    return Target("review_time", f.since + HOUR, text, missed, HOUR)


def _in_repair(f: Facts) -> Target:
    work = _work_name(f)
    standard = _WORK.get(f.service_type, 2 * HOUR)
    missed = SORRY + work + "比预计的久，预计{at} 前完成"
    return _done_there(f, Step.WORK, standard, f"正在{work}，预计{{at}} 前完成", missed, HOUR)


def _done_there(
    f: Facts, step: Step, standard: timedelta, text: str, missed: str, extended: timedelta
) -> Target:
    """By what such jobs took where that is known, and else by the standard time."""
    found = f.usually(step)
    if found is None:
        inputs: dict[str, str | int] = {
            "seconds": int(standard.total_seconds()),
            "since": f.since.isoformat(),
        }
        return Target("standard_time", f.since + standard, text, missed, extended, inputs=inputs)
    return Target("usual_time", found.at, text, missed, extended, longest=found.longest, inputs=found.inputs)


def _waiting_parts(f: Facts) -> Target:
    missed = SORRY + "配件还没有到，{at} 前告诉您最新的到货时间"
    if f.parts_eta is None:
        at = f.after(f.since, DAY / 2)
        return Target("parts_answer", at, "正在确认配件到货时间，{at} 前答复您", missed, DAY)
    verb = "预计" if f.parts_eta >= f.now else "原定"
    text = f"配件{verb}{f.day(f.parts_eta)}到货，{{at}} 前与您约定上门时间"
    inputs = {"parts_due": f.parts_eta.isoformat()}
    return Target("parts_eta", f.parts_eta + DAY, text, missed, DAY, inputs=inputs)


def _suspended(f: Facts) -> Target:
    if f.resume_at is None:
        missed = SORRY + "{at} 前与您确认何时恢复处理"
        at = f.after(f.since, DAY / 2)
        return Target("resume_answer", at, "暂缓处理中，{at} 前与您确认何时恢复", missed, DAY)
    missed = SORRY + "正在恢复处理，{at} 前与您联系"
    return Target(
        "resume_date",
        f.resume_at,
        "已按约定暂缓，{at} 恢复处理",
        missed,
        2 * HOUR,
        by_desk=not f.pressing,
        agreed=True,
        inputs={"resume_at": f.resume_at.isoformat()},
    )


def _completed(f: Facts) -> Target:
    missed = "确认期限已过，系统将在{at} 前自动确认"
    text = "服务已完成，请在{at} 前确认，到期自动确认"
    return Target("customer_deadline", f.since + 2 * DAY, text, missed, HOUR)


def _confirmed(f: Facts) -> Target:
    missed = "评价期限已过，工单将在{at} 前归档"
    text = "服务已完成，欢迎在{at} 前评价"
    return Target("customer_deadline", f.since + 7 * DAY, text, missed, HOUR)


def _unresolved(f: Facts) -> Target:
    text = "主管将在{at} 前回访您，商量下一步"
    at = f.since + DAY
    return Target("call_back", at, "本次未能完成，" + text, SORRY + text, 2 * HOUR, by_desk=not f.pressing)


def _closed(f: Facts) -> str:
    until = f.since + _RETURN_DAYS * DAY
    text = f"服务已于{moment_words(f.since, f.now)} 结束"
    return f"{text}，{f.day(until)}前同一故障可免费返修" if f.now < until else text


def _cancelled(f: Facts) -> str:
    return f"已于{moment_words(f.since, f.now)} 取消"


def _rejected(f: Facts) -> str:
    return f"已于{moment_words(f.since, f.now)} 答复不予受理，有异议可以申诉"


def _merged(f: Facts) -> str:
    return f"已于{moment_words(f.since, f.now)} 并入主单，进展请看主单"


def _work_name(f: Facts) -> str:
    return {"installation": "安装", "cleaning": "清洗", "maintenance": "保养"}.get(f.service_type, "维修")


OPEN: Mapping[str, Callable[[Facts], Target]] = MappingProxyType(
    {
        "submitted": _submitted,
        "pending_info": _pending_info,
        "dispatching": _dispatching,
        "offered": _dispatching,
        "accepted": _accepted,
        "scheduled": _scheduled,
        "en_route": _en_route,
        "on_site": _on_site,
        "quote_pending": _quote_pending,
        # Not a state of a ticket: somebody of ours has answered what needs no visit.
        "attended": _attended,
        # Not states of a ticket: whose turn it is while a quote is pending.
        "quote_in_review": _quote_in_review,
        "quote_returned": _quote_returned,
        "in_repair": _in_repair,
        "waiting_parts": _waiting_parts,
        "suspended": _suspended,
        "completed": _completed,
        "confirmed": _confirmed,
        "unresolved": _unresolved,
    }
)
ENDED: Mapping[str, Callable[[Facts], str]] = MappingProxyType(
    {"closed": _closed, "cancelled": _cancelled, "rejected": _rejected, "merged": _merged}
)
