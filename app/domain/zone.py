"""The zone in which customers read times and in which a working day begins."""

from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
