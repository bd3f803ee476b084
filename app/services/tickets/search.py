"""The desk's view of all tickets: by what is to be done about them, and by what somebody remembers of one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

import asyncpg

from app.domain.lifecycle import AT_REST, BUSY, State
from app.domain.situation import PRIORITY_LABELS, SERVICE_LABELS, Priority, ServiceType
from app.domain.zone import ZONE
from app.models.tickets import PRESSING
from app.schemas.common import mask_phone
from app.services.tickets.present import label
from app.services.tickets.visible import of_points
from app.services.tickets.words import REMEMBERED

SHOWN = 50
# Whoever has not found it in as many wants another word, not another page.
_DEEPEST = 200


class View(StrEnum):
    OPEN = "open"
    TO_DISPATCH = "to_dispatch"
    LATE = "late"
    TODAY = "today"
    WAITING = "waiting"
    FINISHED = "finished"
    ALL = "all"


VIEW_LABELS: Mapping[View, str] = MappingProxyType(
    {
        View.OPEN: "处理中",
        View.TO_DISPATCH: "待派工",
        View.LATE: "已过承诺时间",
        View.TODAY: "今日上门",
        View.WAITING: "等待中",
        View.FINISHED: "已完工",
        View.ALL: "全部",
    }
)


def _among(states: frozenset[State]) -> str:
    return "t.state IN ({})".format(", ".join(f"'{state}'" for state in sorted(states)))


_BUSY = _among(BUSY)
_WHERE: Mapping[View, str] = MappingProxyType(
    {
        View.OPEN: _BUSY,
        View.TO_DISPATCH: _among(frozenset({State.SUBMITTED, State.DISPATCHING, State.OFFERED})),
        View.LATE: f"{_BUSY} AND t.promised_at < $1",
        View.TODAY: f"{_BUSY} AND v.promised && tstzrange($2, $3)",
        View.WAITING: _among(
            frozenset({State.PENDING_INFO, State.QUOTE_PENDING, State.WAITING_PARTS, State.SUSPENDED})
        ),
        View.FINISHED: _among(AT_REST),
        View.ALL: "TRUE",
    }
)
_NEWEST = frozenset({View.FINISHED, View.ALL})

# Of a number as it is read out, of a phone (whole, or its end) or a label; anything else is words.
_NUMBER = re.compile(r"HX[0-9A-Z]{2,20}", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{4,20}")
# Each word somewhere in what people remember.
_LIKE_EACH = f"{REMEMBERED} LIKE ALL (string_to_array(lower($4), E'\\n'))"
# The newest are read through, and all whose words are not kept yet; of those before them the words say where to look.
READ_THROUGH = 3000
_FLOOR = """least(coalesce((SELECT id FROM tickets ORDER BY id DESC OFFSET $8 LIMIT 1), 0),
                       coalesce((SELECT max(ticket_id) FROM ticket_words), 0))"""
_NEW = f"SELECT * FROM tickets WHERE id > {_FLOOR} AND {_LIKE_EACH}"
_WORDS = f"""{_NEW} UNION ALL
        SELECT * FROM tickets WHERE {_LIKE_EACH} AND id = ANY (ARRAY(
            SELECT ticket_id FROM ticket_words WHERE pairs @> pairs_of(lower($7)) AND ticket_id <= {_FLOOR}))"""
# A range of the index, whatever the plan: nothing that is a digit comes after a colon.
_PHONE = "reverse(contact_phone) >= reverse($7) AND reverse(contact_phone) < reverse($7) || ':'"
_FOUND: Mapping[str, str] = MappingProxyType(
    {
        "": "SELECT * FROM tickets",
        "number": "SELECT * FROM tickets WHERE number >= $7 AND number < $7 || '~'",
        "digits": f"SELECT * FROM tickets WHERE {_PHONE} UNION ALL SELECT * FROM ({_WORDS}) w WHERE NOT ({_PHONE})",
        "words": _WORDS,
    }
)
_MOST_WORDS = 6


def _statement(view: View, among: str) -> str:
    """Every statement takes the same values, so that a type is given to those which it does not use."""
    order = "t.id DESC" if view in _NEWEST else f"{PRESSING}, t.promised_at, t.id"
    return f"""
WITH asked AS (SELECT $1::timestamptz, $2::timestamptz, $3::timestamptz, $4::text, $5::uuid, $7::text, $8::bigint)
SELECT t.number, t.state, t.service_type, t.category, t.fault, t.priority, t.contact_name, t.contact_phone,
       t.address->>'city' AS city, t.address->>'district' AS district, t.promised_at, t.created_at, t.urged,
       q.state IN ('in_review', 'returned') AS with_us, p.name AS service_point, e.name AS engineer,
       lower(v.promised) AS starts, upper(v.promised) AS ends
  FROM asked, ({among}) t
  LEFT JOIN visits v ON v.id = t.visit_id
  LEFT JOIN quotes q ON q.id = t.quote_id AND t.state = 'quote_pending'
  LEFT JOIN service_points p ON p.id = t.service_point_id
  LEFT JOIN staff e ON e.id = t.engineer_id
 WHERE {_WHERE[view]} AND ($5::uuid IS NULL OR t.service_point_id = $5) AND {of_points("$9")}
 ORDER BY {order} LIMIT {SHOWN + 1} OFFSET $6
"""


_STATEMENTS = {(view, found): _statement(view, among) for view in View for found, among in _FOUND.items()}
# A word that many have is met there often enough for a page.
_MET = {view: _statement(view, _NEW) for view in _NEWEST}
_POINTS = f"SELECT p.id, p.name FROM service_points p WHERE {of_points('$1', 'p.id')} ORDER BY p.name"


@dataclass(frozen=True)
class Wanted:
    """``page`` counts from 1."""

    view: View = View.OPEN
    words: str = ""
    service_point: UUID | None = None
    # Of which service points the caller sees tickets; None: of all.
    within: tuple[str, ...] | None = None
    page: int = 1


@dataclass(frozen=True)
class Row:
    number: str
    label: str
    priority: Priority
    priority_label: str
    what: str
    fault: str
    who: str
    phone_masked: str
    where: str
    service_point: str
    engineer: str
    starts: datetime | None
    ends: datetime | None
    promised_at: datetime
    late: bool
    urged: int
    created_at: datetime


@dataclass(frozen=True)
class Found:
    rows: list[Row]
    more: bool


async def search(
    connection: asyncpg.Connection, wanted: Wanted, *, now: datetime, read_through: int = READ_THROUGH
) -> Found:
    """What is most pressing first; of what is finished, and of everything, the newest."""
    words = " ".join(wanted.words.split()[:_MOST_WORDS])
    kind = _kind(words)
    page = min(max(wanted.page, 1), _DEEPEST)
    midnight = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    values = (
        now,
        midnight,
        midnight + timedelta(days=1),
        "\n".join(f"%{_literally(word)}%" for word in words.split()),
        wanted.service_point,
        (page - 1) * SHOWN,
        words.upper() if kind == "number" else words,
        read_through,
        wanted.within,
    )
    if kind == "words" and wanted.view in _NEWEST:
        rows = await connection.fetch(_MET[wanted.view], *values)
        if len(rows) > SHOWN:
            return _shown(rows, now)
    return _shown(await connection.fetch(_STATEMENTS[wanted.view, kind], *values), now)


def _shown(rows: list[asyncpg.Record], now: datetime) -> Found:
    return Found([_row(row, now) for row in rows[:SHOWN]], len(rows) > SHOWN)


async def service_points(
    connection: asyncpg.Connection, within: tuple[str, ...] | None
) -> list[tuple[str, str]]:
    """Those that somebody may choose from: ``within`` are an actor's ``points``."""
    return [(str(row["id"]), row["name"]) for row in await connection.fetch(_POINTS, within)]


def _kind(words: str) -> str:
    if not words:
        return ""
    if _NUMBER.fullmatch(words):
        return "number"
    return "digits" if _DIGITS.fullmatch(words) else "words"


def _literally(word: str) -> str:
    """Nothing that somebody types is a wildcard."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _row(row: asyncpg.Record, now: datetime) -> Row:
    state, priority = State(row["state"]), Priority(row["priority"])
    return Row(
        number=row["number"],
        label=label(state, staff=True, with_us=bool(row["with_us"])),
        priority=priority,
        priority_label=PRIORITY_LABELS[priority],
        what=f"{row['category']}{SERVICE_LABELS[ServiceType(row['service_type'])]}",
        fault=row["fault"],
        who=row["contact_name"],
        phone_masked=mask_phone(row["contact_phone"]),
        where=f"{row['city'] or ''}{row['district'] or ''}",
        service_point=row["service_point"] or "",
        engineer=row["engineer"] or "",
        starts=row["starts"],
        ends=row["ends"],
        promised_at=row["promised_at"],
        late=state in BUSY and row["promised_at"] < now,
        urged=row["urged"],
        created_at=row["created_at"],
    )
