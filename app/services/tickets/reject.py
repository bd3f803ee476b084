"""Refuse a ticket, with a reason that the customer can appeal against."""

from app.schemas.transitions import Reject
from app.services.tickets.change import Change, Outcome

REASONS = {
    "not_our_product": "不是本品牌产品",
    "out_of_area": "不在服务区域",
    "no_such_service": "暂不提供此项服务",
    "abuse": "内容无法受理",
    "other": "其他原因",
}


async def reject(change: Change, body: Reject) -> Outcome:
    note = f"（{body.note}）" if body.note else ""
    text = f"未能受理：{REASONS[body.reason_code]}{note}。如有异议，请联系客服。"
    return Outcome(
        change.before._replace(closed_at=change.now),
        text,
        {"reason_code": body.reason_code, "note": body.note},
    )
