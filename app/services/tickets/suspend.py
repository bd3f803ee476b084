"""Put a ticket aside until a day, and take it up again on that day."""

from datetime import timedelta

from app.domain.situation import VisitState
from app.errors import InvalidInput
from app.schemas.transitions import Step, Suspend
from app.services.tickets.change import Change, Outcome
from app.services.visits.close import close_visit

LONGEST = timedelta(days=90)
REASONS = {
    "customer_away": "客户外出",
    "customer_wish": "客户要求",
    "weather": "天气原因",
    "building_access": "小区或楼宇限制",
    "other": "其他原因",
}


async def suspend(change: Change, body: Suspend) -> Outcome:
    if not change.now < body.resume_at <= change.now + LONGEST:
        raise InvalidInput.at("body.resume_at", "恢复时间要在今后 90 天之内。", "out_of_range")
    await close_visit(change, VisitState.CANCELLED)
    after = change.before._replace(visit=None, resume_at=body.resume_at)
    data = {"reason_code": body.reason_code, "note": body.note, "resume_at": body.resume_at}
    return Outcome(after, f"已暂缓：{REASONS[body.reason_code]}", data)


async def resume(change: Change, _: Step) -> Outcome:
    return Outcome(change.before._replace(resume_at=None))
