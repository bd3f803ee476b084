"""An appointment as a calendar entry (RFC 5545)."""

from datetime import UTC, datetime

from app.domain.situation import Situation

_LINE_BYTES = 75


def as_calendar(s: Situation, now: datetime) -> str:
    """The same visit keeps its entry when it is changed: the entry is known by the ticket."""
    assert s.visit is not None, "only a visit has a time"  # noqa: S101
    who = f"，工程师{s.engineer.name}" if s.engineer else ""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Huixiang//visits//ZH",
        "BEGIN:VEVENT",
        f"UID:{s.number}@huixiang",
        f"SEQUENCE:{s.version}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(s.visit.window.start)}",
        f"DTEND:{_utc(s.visit.window.end)}",
        f"SUMMARY:{_escaped(f'{s.service}上门{who}')}",
        f"DESCRIPTION:{_escaped(f'工单 {s.number}')}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(folded for line in lines for folded in _folded(line)) + "\r\n"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """No line is longer than 75 bytes; those that follow begin with a space."""
    parts, part = [], ""
    for letter in line:
        if len((part + letter).encode()) > _LINE_BYTES:
            parts.append(part)
            part = " "
        part += letter
    return [*parts, part]
