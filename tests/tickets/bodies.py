"""Requests as clients send them, valid as they come."""

from datetime import datetime, timedelta
from typing import Any

from app.domain.zone import ZONE

ONE_DAY = timedelta(days=1)
HOME = {"latitude": 31.2310, "longitude": 121.5440}
# The same door as a browser measures it, in WGS-84.
MEASURED = {"latitude": 31.233129, "longitude": 121.539703}
ADDRESS: dict[str, Any] = {
    "province": "上海市",
    "city": "上海市",
    "district": "浦东新区",
    "detail": "世纪大道 100 号 8 栋 1201 室",
    **HOME,
}


def report(**over: Any) -> dict[str, Any]:
    return {
        "service_type": "repair",
        "category": "空调",
        "brand": "回声",
        "model": "KFR-35GW",
        "fault": "开了半小时吹出来还是热风，一点不制冷",
        "contact": {"name": "王女士", "phone": "13800138000"},
        "address": ADDRESS,
    } | over


def window(now: datetime, *, days: int = 0, hour: int = 14, hours: int = 2) -> dict[str, str]:
    midnight = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight + timedelta(days=days, hours=hour)
    return {"start": start.isoformat(), "end": (start + timedelta(hours=hours)).isoformat()}


def form(**over: str) -> dict[str, str]:
    """The repair form as a browser sends it."""
    return {
        "key": "a-key-of-one-form",
        "scene": "",
        "service_type": "repair",
        "category": "空调",
        "fault": "开了半小时吹出来还是热风，一点不制冷",
        "name": "王女士",
        "phone": "13800138000",
        "province": "上海市",
        "city": "上海市",
        "district": "浦东新区",
        "detail": "世纪大道 100 号",
    } | over
