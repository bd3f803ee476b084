"""Why an engineer cannot take a job, in words for the dispatcher."""

from app.domain.dispatch.day import Day, leg_seconds
from app.domain.dispatch.plan import Candidate, Job, Limits, Refusal, Span
from app.domain.travel import TravelProvider


def refuse(
    job: Job, candidate: Candidate, day: Day | None, limits: Limits, travel: TravelProvider
) -> Refusal:
    """``day`` is None when the work rules alone refuse."""
    reasons = list(candidate.lacks)
    if candidate.full:
        reasons.append(f"当天已排满 {candidate.max_visits} 单")
    if not reasons and day is not None:
        reasons.append(_timing(job, day, limits, travel))
    return Refusal(candidate.engineer_id, tuple(reasons))


def _timing(job: Job, day: Day, limits: Limits, travel: TravelProvider) -> str:
    shift = day.candidate.shift
    if all(max(w.start, job.earliest) >= shift.end or w.end <= shift.start for w in job.open_windows):
        return f"班次 {_clock(shift)} 不在客户时段内"
    reach, window = min(
        (_reach(job, day, gap, window, travel), window)
        for window in job.open_windows
        for gap in range(day.first_gap, len(day.free))
    )
    if reach - window.end > limits.late * 60:
        return f"最早要晚到 {_duration(reach - window.end)}"
    overtime = f"要加班超过 {_duration(int(limits.overtime * 60))}"
    return overtime if limits.late_visits is None else f"会使当天其他预约晚到，或{overtime}"


def _reach(job: Job, day: Day, gap: int, window: Span, travel: TravelProvider) -> int:
    leg = leg_seconds(travel, day.here[gap], job.point, window.start)
    return max(day.free[gap] + leg, window.start, job.earliest)


def _clock(span: Span) -> str:
    return f"{span.start_at:%H:%M}–{span.end_at:%H:%M}"


def _duration(seconds: int) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} 小时 {minutes} 分钟" if hours else f"{minutes} 分钟"
