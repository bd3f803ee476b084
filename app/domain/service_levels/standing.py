"""What holds where the house has published nothing of its own: version 0, and a desk that is staffed every day."""

from collections.abc import Mapping
from typing import Any

from app.domain.service_levels.calendar import Calendar, Hours
from app.domain.service_levels.policy import Policy, read_policy

VERSION = 0
_MINUTE, _HOUR = 60, 3600
_ANY: Mapping[str, Any] = {"priorities": [], "states": [], "unowned": False, "urged": 0, "to": "managers"}


def _level(
    first: int, following: int, resolution: int, *, always: bool = True, task_force: bool = False
) -> dict[str, Any]:
    return {
        "first_response": {"seconds": first, "always": always},
        "next_response": {"seconds": following, "always": always},
        "resolution": {"seconds": resolution, "always": always},
        # An offer is open for 15 minutes; whoever has it is reminded before it is taken back.
        "acceptance": {"seconds": 10 * _MINUTE, "always": True},
        "parts": {"seconds": 72 * _HOUR, "always": True},
        "pauses": ["suspended"],
        "task_force": task_force,
    }


DOCUMENT: Mapping[str, Any] = {
    "levels": {
        "normal": _level(2 * _HOUR, 4 * _HOUR, 36 * _HOUR, always=False),
        "urgent": _level(30 * _MINUTE, _HOUR, 12 * _HOUR),
        "critical": _level(15 * _MINUTE, 30 * _MINUTE, 6 * _HOUR),
        "systemic": _level(5 * _MINUTE, 15 * _MINUTE, 4 * _HOUR, task_force=True),
    },
    "steps": [
        {
            **_ANY,
            "name": "快到解决时限仍无人接单",
            "metric": "resolution",
            "offset": -2 * _HOUR,
            "states": ["submitted", "dispatching", "offered"],
            "unowned": True,
        },
        {
            **_ANY,
            "name": "首次响应超时半小时",
            "metric": "first_response",
            "offset": 30 * _MINUTE,
            "priorities": ["urgent", "critical", "systemic"],
        },
        {**_ANY, "name": "客户催了两次，解决仍超时", "metric": "resolution", "offset": _HOUR, "urged": 2},
        {**_ANY, "name": "解决超时四小时", "metric": "resolution", "offset": 4 * _HOUR},
    ],
}
POLICY: Policy = read_policy(VERSION, DOCUMENT)
CALENDAR = Calendar(((Hours(8 * _HOUR, 20 * _HOUR),),) * 7)
CALENDAR_NAME = "基本日历（每天 08:00–20:00）"
