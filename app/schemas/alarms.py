"""Alarms as they cross the API."""

from datetime import datetime

from app.schemas.common import Output


class AlarmOut(Output):
    id: str
    kind: str
    subject: str
    detail: str
    rid: str | None
    times: int
    opened_at: datetime
    last_at: datetime
    closed_at: datetime | None
    closed_by: str | None


class AlarmList(Output):
    items: list[AlarmOut]
    next_cursor: str | None
