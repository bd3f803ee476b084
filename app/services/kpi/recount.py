"""The figures once more, in another way: counted by the database, a statement a measure, without a line of app.domain.

What the two ways disagree upon is a mistake in one of them, so both must never share a helper.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import orjson

from app.domain.evidence.items import FILE
from app.domain.kpi.compute import BY_POINT, Kpi, by_team, compute
from app.domain.period import Period
from app.services.kpi.gather import gather

_ENGINEERS = "SELECT id::text FROM engineers"
_POINTS = "SELECT id::text FROM service_points"
_PEOPLES_TEAMS = """
SELECT e.id::text AS engineer, s.service_point_id::text AS team
  FROM engineers e JOIN staff s ON s.id = e.id WHERE s.contractor_id IS NULL AND s.service_point_id IS NOT NULL
"""


def _evidence_rules() -> str:
    """Which items which jobs ask for is data, and read here without what reads it elsewhere."""
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
    rules = [
        asked
        | {"item": code, "kind": tables["item"][code]["kind"], "takes": tables["item"][code].get("takes")}
        for asked in tables["set"]
        for code in asked["items"]
    ]
    return orjson.dumps(rules).decode().replace("'", "''")


# The last completion in a row of completions is the one that was rated; who arrived last before it has the credit.
_DONE = """
WITH done AS (
    SELECT c.ticket_id, c.seq, c.finished_at, c.charge_fen, t.created_by = t.customer_id::text AS by_customer,
           (SELECT v.engineer_id FROM visits v WHERE v.ticket_id = c.ticket_id AND v.accompanies IS NULL
              AND v.arrived_at <= c.finished_at
             ORDER BY v.arrived_at DESC LIMIT 1) AS last_one,
           (SELECT v.engineer_id FROM visits v WHERE v.ticket_id = c.ticket_id AND v.accompanies IS NULL
              AND v.arrived_at <= c.finished_at
             ORDER BY v.arrived_at LIMIT 1) AS first_one,
           NOT EXISTS (SELECT FROM completions n WHERE n.ticket_id = c.ticket_id AND n.seq > c.seq) AS newest,
           (SELECT coalesce(max(n.seq), 0) FROM completions n
             WHERE n.ticket_id = c.ticket_id AND n.seq < c.seq) AS since,
           c.engineer_id,
           (SELECT v.id FROM visits v WHERE v.ticket_id = c.ticket_id AND v.engineer_id = c.engineer_id
               AND v.arrived_at <= c.finished_at ORDER BY v.arrived_at DESC LIMIT 1) AS visit_id
      FROM completions c JOIN tickets t ON t.id = c.ticket_id
     WHERE c.engineer_id IS NOT NULL AND c.finished_at >= $1 AND c.finished_at < $2
), fair AS (
    SELECT d.*, ARRAY(SELECT a.measure FROM kpi_appeals a WHERE a.ticket_id = d.ticket_id AND a.state = 'upheld') AS out
      FROM done d WHERE d.last_one IS NOT NULL
)
"""
_STARS = """
SELECT FINISHED_FOR AS who, count(*) AS n, sum(r.{0}) AS total
  FROM fair f JOIN ratings r ON r.ticket_id = f.ticket_id AND r.engineer_id = f.engineer_id
 WHERE f.newest AND f.by_customer AND NOT 'rating' = ANY (f.out) GROUP BY 1
"""
_FAIR = {
    **{f"stars_{name}": _STARS.format(name) for name in ("attitude", "expertise", "timeliness", "conduct")},
    "response_rate": """
SELECT FINISHED_FOR AS who, count(*) AS n, count(r.ticket_id) AS total
  FROM fair f LEFT JOIN ratings r ON r.ticket_id = f.ticket_id AND r.engineer_id = f.engineer_id AND f.newest
 WHERE f.by_customer GROUP BY 1
""",
    "first_time_fix": """
SELECT BEGUN_FOR AS who, count(*) AS n, count(*) FILTER (WHERE x.visits = 1 AND NOT x.back) AS total
  FROM (SELECT f.*, (SELECT count(*) FROM visits v
                      WHERE v.ticket_id = f.ticket_id AND v.accompanies IS NULL AND v.arrived_at <= f.finished_at)
                  AS visits,
               EXISTS (SELECT FROM ticket_events e WHERE e.ticket_id = f.ticket_id AND e.seq > f.seq
                          AND e.event IN ('dispute', 'reopen') AND e.at <= f.finished_at + interval '30 days')
               OR EXISTS (SELECT FROM tickets n WHERE n.rework_of = f.ticket_id AND n.created_at > f.finished_at
                             AND n.created_at <= f.finished_at + interval '30 days') AS back,
               EXISTS (SELECT FROM ticket_events e WHERE e.ticket_id = f.ticket_id AND e.event = 'need_parts'
                          AND e.seq > f.since AND e.seq < f.seq) AS parts
          FROM fair f) x
 WHERE x.finished_at + interval '30 days' <= $3 AND (x.back OR NOT x.parts) AND NOT 'first_time_fix' = ANY (x.out)
 GROUP BY 1
""",
    "disputes": """
SELECT FINISHED_FOR AS who, count(*) AS n,
       count(*) FILTER (WHERE EXISTS (SELECT FROM ticket_events e WHERE e.ticket_id = f.ticket_id
                                         AND e.event = 'dispute' AND e.seq > f.seq)) AS total
  FROM fair f WHERE NOT 'disputes' = ANY (f.out) GROUP BY 1
""",
    "urgings": """
SELECT FINISHED_FOR AS who, count(DISTINCT (f.ticket_id, f.seq)) AS n, count(u.id) AS total
  FROM fair f LEFT JOIN urgings u ON u.ticket_id = f.ticket_id AND u.at <= f.finished_at
 WHERE NOT 'urgings' = ANY (f.out) GROUP BY 1
""",
    "quote_accuracy": """
SELECT FINISHED_FOR AS who, count(*) AS n, count(*) FILTER (WHERE f.charge_fen <= q.most) AS total
  FROM fair f JOIN (SELECT ticket_id, max(total_fen) AS most FROM quotes WHERE state = 'approved' GROUP BY 1) q
    ON q.ticket_id = f.ticket_id
 WHERE NOT 'quote_accuracy' = ANY (f.out) GROUP BY 1
""",
    "evidence": f"""
SELECT FINISHED_FOR AS who, count(*) AS n, count(*) FILTER (WHERE NOT EXISTS (
           SELECT FROM tickets t, jsonb_to_recordset('{_evidence_rules()}') AS d
                  (services text[], categories text[], faults text[], licences text[], item text, kind text, takes text)
            WHERE t.id = f.ticket_id AND t.service_type = ANY (d.services)
              AND (d.categories IS NULL OR t.category = ANY (d.categories))
              AND (d.faults IS NULL OR t.diagnosis->>'fault' = ANY (d.faults))
              AND (d.licences IS NULL OR d.licences && t.required_licences)
              AND NOT CASE WHEN d.kind IN ('tick', 'reading') THEN
                      EXISTS (SELECT FROM checklist_entries e WHERE e.visit_id = f.visit_id AND e.item = d.item
                                 AND (d.kind = 'tick' OR e.value IS NOT NULL))
                  ELSE EXISTS (SELECT FROM attachments a WHERE a.visit_id = f.visit_id AND a.withdrawn_at IS NULL
                                  AND (a.item = d.item OR a.item = '' AND a.purpose = d.takes)
                                  AND (d.kind = 'photo' OR a.media_type LIKE 'video/%')) END)) AS total
  FROM fair f WHERE NOT 'evidence' = ANY (f.out) GROUP BY 1
""",
    "promises_kept": """
SELECT FINISHED_FOR AS who, count(*) AS n,
       count(*) FILTER (WHERE EXISTS (SELECT FROM ticket_events e WHERE e.ticket_id = u.ticket_id
                                         AND e.from_state <> e.state AND e.at > u.at AND e.at <= u.promised_at))
           AS total
  FROM fair f JOIN urgings u ON u.ticket_id = f.ticket_id AND u.at <= f.finished_at
   AND u.at > coalesce((SELECT max(n.finished_at) FROM completions n WHERE n.ticket_id = f.ticket_id AND n.seq < f.seq),
                       '-infinity')
  JOIN ticket_events w ON w.ticket_id = u.ticket_id
   AND w.seq = (SELECT max(e.seq) FROM ticket_events e WHERE e.ticket_id = u.ticket_id AND e.at <= u.at)
 WHERE w.state <> 'waiting_parts' AND NOT 'promises_kept' = ANY (f.out) GROUP BY 1
""",
    "called_solved": """
SELECT FINISHED_FOR AS who, count(*) AS n, count(*) FILTER (WHERE k.solved) AS total
  FROM fair f JOIN follow_ups o ON o.ticket_id = f.ticket_id AND o.seq = f.seq
  JOIN follow_up_calls k ON k.follow_up_id = o.id AND k.outcome = 'reached'
 WHERE NOT 'called_solved' = ANY (f.out) GROUP BY 1
""",
}
_DUE = """
WITH due AS (
    SELECT v.*, ARRAY(SELECT a.measure FROM kpi_appeals a WHERE a.ticket_id = v.ticket_id
                         AND a.engineer_id = v.engineer_id AND a.state = 'upheld') AS out
      FROM visits v WHERE v.accompanies IS NULL AND upper(v.promised) >= $1 AND upper(v.promised) < $2
       AND (v.arrived_at IS NOT NULL OR v.state IN ('no_access', 'engineer_no_show'))
)
"""
_VISITS = {
    "on_time": """
SELECT VISITED_FOR AS who, count(*) AS n, count(*) FILTER (WHERE arrived_at <= upper(promised)) AS total
  FROM due WHERE arrived_at IS NOT NULL AND NOT 'on_time' = ANY (out) GROUP BY 1
""",
    "no_show": """
SELECT VISITED_FOR AS who, count(*) AS n,
       count(*) FILTER (WHERE arrived_at IS NULL AND state = 'engineer_no_show') AS total
  FROM due WHERE NOT 'no_show' = ANY (out) GROUP BY 1
""",
}


# Whose a figure is, in words of the database: of a job that was finished, one that was begun, a visit.
_POINT = "(SELECT t.service_point_id::text FROM tickets t WHERE t.id = {0}.ticket_id)"
_TEAM = "(SELECT s.service_point_id::text FROM staff s WHERE s.id = {0} AND s.contractor_id IS NULL)"
_WHOSE = {
    "engineers": ("f.last_one::text", "x.first_one::text", "due.engineer_id::text"),
    "service_points": tuple(map(_POINT.format, ("f", "x", "due"))),
    "teams": tuple(map(_TEAM.format, ("f.last_one", "x.first_one", "due.engineer_id"))),
}


@dataclass(frozen=True)
class Difference:
    """``reported`` and ``counted`` are the number of cases and their sum, of ``key``: an engineer or a branch."""

    key: str
    measure: str
    reported: tuple[int, float]
    counted: tuple[int, float]


async def recount(
    connection: asyncpg.Connection, period: Period, now: datetime
) -> tuple[int, list[Difference]]:
    """How many figures of engineers were compared, and those that differ."""
    engineers = [row[0] for row in await connection.fetch(_ENGINEERS)]
    reported = compute(await gather(connection, period), period, engineers, now=now)
    return _compared(reported, await _count(connection, period, now, "engineers"))


async def recount_teams(
    connection: asyncpg.Connection, period: Period, now: datetime
) -> tuple[int, list[Difference]]:
    """Of what the engineers of each branch did."""
    points = [row[0] for row in await connection.fetch(_POINTS)]
    teams = {row["engineer"]: row["team"] for row in await connection.fetch(_PEOPLES_TEAMS)}
    rows = await gather(connection, period)
    reported = compute(rows, period, points, now=now, credit=by_team(teams))
    return _compared(reported, await _count(connection, period, now, "teams"))


async def recount_points(
    connection: asyncpg.Connection, period: Period, now: datetime
) -> tuple[int, list[Difference]]:
    """Of what was done for the customers of each branch."""
    points = [row[0] for row in await connection.fetch(_POINTS)]
    rows = await gather(connection, period)
    reported = compute(rows, period, points, now=now, credit=BY_POINT)
    return _compared(reported, await _count(connection, period, now, "service_points"))


def _compared(
    reported: Sequence[Kpi], counted: Mapping[tuple[str, str], tuple[int, float]]
) -> tuple[int, list[Difference]]:
    found, compared = [], 0
    for kpi in reported:
        for measure, told in _told(kpi):
            compared += 1
            plain = counted.get((kpi.key, measure), (0, 0.0))
            if told[0] != plain[0] or abs(told[1] - plain[1]) > 1e-6:
                found.append(Difference(kpi.key, measure, told, plain))
    return compared, found


async def _count(
    connection: asyncpg.Connection, period: Period, now: datetime, whose: str
) -> dict[tuple[str, str], tuple[int, float]]:
    found = {}
    for measure, statement in _statements(*_WHOSE[whose]).items():
        binds = (period.begin, period.end, now) if "$3" in statement else (period.begin, period.end)
        for row in await connection.fetch(statement, *binds):
            if row["who"] is not None:
                found[row["who"], measure] = (row["n"], float(row["total"]))
    return found


def _statements(finished: str, begun: str, visited: str) -> dict[str, str]:
    of_jobs = {name: _DONE + each for name, each in _FAIR.items()}
    of_visits = {name: _DUE + each for name, each in _VISITS.items()}
    return {
        name: each.replace("FINISHED_FOR", finished)
        .replace("BEGUN_FOR", begun)
        .replace("VISITED_FOR", visited)
        for name, each in (of_jobs | of_visits).items()
    }


def _told(kpi: Kpi) -> Iterator[tuple[str, tuple[int, float]]]:
    figures = {f"stars_{dimension.value}": figure for dimension, figure in kpi.dimensions.items()}
    figures |= {name: getattr(kpi, name) for name in (*_FAIR, *_VISITS) if not name.startswith("stars_")}
    for name, figure in figures.items():
        yield name, (figure.n, (figure.value or 0.0) * figure.n)
