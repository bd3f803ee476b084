"""A valid body for each event of the life cycle."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from app.domain.lifecycle import Event
from tests.tickets import bodies
from tests.tickets.story import SCORES

A_PHOTO = [str(UUID(int=7))]
_LINES = [{"code": "AC-GAS", "quantity": 1}]


def body_of(event: Event, now: datetime, version: int = 1) -> dict[str, Any]:
    return {"event": event.value, "version": version} | dict(_fields(now).get(event, {}))


def _fields(now: datetime) -> Mapping[Event, Mapping[str, Any]]:
    later = (now + timedelta(days=2)).isoformat()
    return MappingProxyType(
        {
            Event.ASK_INFO: {"items": ["铭牌照片"]},
            Event.SUPPLY_INFO: {"text": "铭牌已拍"},
            Event.RESOLVE_REMOTE: {"solution": "已电话指导"},
            Event.REJECT: {"reason_code": "out_of_area"},
            Event.DECLINE: {"reason_code": "too_far"},
            Event.BOOK: {"window": bodies.window(now)},
            Event.REBOOK: {"window": bodies.window(now, days=1), "reason_code": "customer_wish"},
            Event.REASSIGN: {"reason": "改派"},
            Event.ARRIVE: dict(bodies.HOME),
            Event.NO_ACCESS: {
                "attachment_ids": A_PHOTO,
                "calls": [now.isoformat(), (now + timedelta(minutes=5)).isoformat()],
            },
            Event.QUOTE: {"lines": _LINES},
            Event.REVISE_QUOTE: {"lines": _LINES},
            Event.APPROVE_QUOTE: {"quote_version": 1},
            Event.DECLINE_QUOTE: {"quote_version": 1},
            Event.DECLINE_VARIATION: {"quote_version": 1},
            Event.NEED_PARTS: {"parts": [{"name": "压缩机"}], "due_at": later},
            Event.SUSPEND: {"reason_code": "customer_away", "resume_at": later},
            Event.FINISH: {
                "fault_code": "F01",
                "solution": "已修复",
                "old_parts": "none",
                "charge_fen": 16000,
            },
            Event.FAIL: {"reason_code": "beyond_repair"},
            Event.DISPUTE: {"reason": "还是不制冷", "attachment_ids": A_PHOTO},
            Event.RATE_OR_EXPIRE: SCORES,
            Event.REOPEN: {"reason": "又坏了"},
            Event.ABORT_VISIT: {"reason": "客户投诉"},
            Event.CANCEL: {"reason_code": "changed_mind"},
            Event.MERGE: {"into": "HX2606150000000000"},
        }
    )
