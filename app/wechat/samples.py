"""Believable values for each card: what a preview shows and what stands in an application for a template."""

from collections.abc import Mapping
from types import MappingProxyType

from app.wechat.templates import TemplateKind

_NUMBER = "HX2606150A3F9KM2QX"

SAMPLES: Mapping[TemplateKind, Mapping[str, str]] = MappingProxyType(
    {
        TemplateKind.TICKET_PROGRESS: {
            "number": _NUMBER,
            "service": "空调维修",
            "state": "已预约",
            "time": "2026年6月15日 14:00~16:00",
            "hint": "上门时间已约定，请留人在家",
        },
        TemplateKind.ENGINEER_OFFER: {
            "number": _NUMBER,
            "service": "空调维修",
            "time": "2026年6月15日 14:00~16:00",
            "address": "上海市浦东新区",
            "reason": "请在15分钟内接单",
        },
        TemplateKind.RATING_INVITATION: {
            "number": _NUMBER,
            "service": "空调维修",
            "engineer": "陈师傅",
            "time": "2026年6月15日 15:40",
            "hint": "请从四个方面为这次服务打分",
        },
        TemplateKind.STAFF_NOTICE: {
            "number": _NUMBER,
            "matter": "空调维修",
            "level": "工单变更",
            "time": "2026年6月15日 15:40",
            "hint": "客户已改约",
        },
        TemplateKind.CONVERSATION_REPLY: {
            "number": _NUMBER,
            "service": "空调维修",
            "reply": "配件已到，师傅下午联系您",
            "time": "2026年6月15日 15:40",
        },
    }
)
