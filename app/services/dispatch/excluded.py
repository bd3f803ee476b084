"""Who is near and may not be sent, and what he lacks: a dispatcher asks why the man next door did not get the job."""

from collections.abc import Iterator
from datetime import timedelta
from math import cos, radians

import asyncpg

from app.domain.rosters import ABSENCE_LABELS, AbsenceKind
from app.domain.situation import SERVICE_LABELS, WARRANTY_LABELS, Situation
from app.schemas.dispatch import CandidateOut
from app.services.dispatch.candidates import HORIZON_DAYS, MOST_OPEN_OFFERS, MOST_UNBOOKED, Demand
from app.services.dispatch.rules import Sought, entrusted, may_do, welcome

_SOUGHT = Sought(
    skill="$1::text",
    licences="$2::text[]",
    district="$3::text",
    customer="$4::uuid",
    day="($5::date[])[2]",
    service="$12::text",
    warranty="$13::text",
)
# Those with the skill come first: nobody wonders why the car mechanic was not sent to the boiler.
_NEAREST = """
SELECT e.*, s.name, k.name AS contractor, k.active AS hired
  FROM engineers e JOIN staff s ON s.id = e.id AND s.active LEFT JOIN contractors k ON k.id = s.contractor_id
 WHERE ($9::uuid IS NULL OR e.id = $9) AND ($14::uuid IS NULL OR s.contractor_id = $14)
 ORDER BY NOT e.skills @> ARRAY[$1::text], (e.latitude - $6) ^ 2 + ((e.longitude - $7) * $8) ^ 2, e.id
 LIMIT 60
"""
_EXCLUDED = f"""
SELECT * FROM (
    SELECT e.id::text, e.name, {may_do("e", _SOUGHT)} AS able, e.skills @> ARRAY[$1::text] AS skilled,
           ARRAY(SELECT unnest($2::text[]) EXCEPT SELECT unnest(e.licences) ORDER BY 1) AS missing,
           ARRAY(SELECT l.licence FROM engineer_licences l WHERE l.engineer_id = e.id AND l.licence = ANY ($2)
                    AND l.expires_on < {_SOUGHT.day} ORDER BY 1) AS expired,
           {_SOUGHT.district} = ANY (e.areas) AS here, {welcome("e", _SOUGHT)} AS welcome,
           {entrusted("e", _SOUGHT)} AS entrusted, e.contractor, e.hired,
           e.id = ANY ($10::uuid[]) AS gone,
           (SELECT count(*) FROM offers o WHERE o.engineer_id = e.id AND o.state = 'open') AS offers,
           (SELECT count(*) FROM tickets t WHERE t.engineer_id = e.id AND t.state = 'accepted') AS unbooked,
           EXISTS (SELECT FROM rosters r WHERE r.engineer_id = e.id AND r.day = ANY ($5::date[])
                      AND NOT isempty(r.spans)) AS works,
           (SELECT a.kind FROM absences a WHERE a.engineer_id = e.id AND a.cancelled_at IS NULL
               AND a.during && $11::tstzrange ORDER BY lower(a.during) LIMIT 1) AS absence
      FROM ({_NEAREST}) e
) found
 WHERE NOT able OR gone OR NOT works OR offers >= {MOST_OPEN_OFFERS} OR unbooked >= {MOST_UNBOOKED}
 LIMIT 3
"""


async def excluded(
    connection: asyncpg.Connection,
    wanted: Demand,
    *,
    only: str | None = None,
    of_contractor: str | None = None,
) -> list[CandidateOut]:
    """The three nearest whom a work rule keeps away, each with all that keeps him; ``only`` asks about one."""
    s, point, days = wanted.ticket, wanted.job.point, wanted.days
    begin = wanted.now
    rows = await connection.fetch(
        _EXCLUDED,
        s.required_skill,
        list(s.required_licences),
        s.address.district if s.address else "",
        s.customer_id,
        [days[0] - timedelta(days=1), *days],
        point.lat,
        point.lng,
        cos(radians(point.lat)),
        only,
        list(s.declined_by),
        asyncpg.Range(begin, begin + timedelta(days=HORIZON_DAYS)),
        s.service_type,
        s.warranty,
        of_contractor,
    )
    return [_shown(row, wanted) for row in rows]


def _shown(row: asyncpg.Record, wanted: Demand) -> CandidateOut:
    reasons = list(_reasons(row, wanted))
    return CandidateOut(engineer_id=row["id"], name=row["name"], cost_minutes=None, reasons=reasons)


def _reasons(row: asyncpg.Record, wanted: Demand) -> Iterator[str]:
    s = wanted.ticket
    if not row["skilled"]:
        yield f"缺少技能：{s.required_skill}"
    yield from (f"缺少{licence}证" for licence in row["missing"])
    yield from (f"{licence}证已过期" for licence in row["expired"])
    if not row["here"]:
        yield f"不在服务区域（{s.address.district if s.address else '地址不详'}）"
    if not row["welcome"]:
        yield "客户要求不再派他"
    if not row["entrusted"]:
        yield _not_entrusted(row, s)
    if row["gone"]:
        yield "已拒绝或被换下这张工单"
    if not row["works"]:
        label = ABSENCE_LABELS[AbsenceKind(row["absence"])] if row["absence"] else "没有排班"
        yield f"近 {HORIZON_DAYS} 天{label}"
    if row["offers"] >= MOST_OPEN_OFFERS:
        yield f"已有 {row['offers']} 张工单待他接单"
    if row["unbooked"] >= MOST_UNBOOKED:
        yield f"已接 {row['unbooked']} 张工单尚未约时间"


def _not_entrusted(row: asyncpg.Record, s: Situation) -> str:
    if not row["hired"]:
        return f"外包服务商“{row['contractor']}”已停用"
    job = f"{WARRANTY_LABELS[s.warranty]}{SERVICE_LABELS[s.service_type]}"
    return f"外包服务商“{row['contractor']}”不承接这里的{job}"
