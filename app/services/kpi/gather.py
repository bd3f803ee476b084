"""The raw rows of a month of fieldwork, as the arithmetic of app.domain.kpi takes them."""

from datetime import datetime, timedelta

import asyncpg

from app.domain.evidence.items import Asked, required_of
from app.domain.evidence.standing import standings
from app.domain.kpi import Month, RatedJob, Rows, VisitOutcome, WorkedVisit
from app.domain.rating import Scores
from app.domain.situation import Check, Photo, Purpose, ServiceType
from app.domain.zone import ZONE

# The evidence is what that visit has: what was taken back, and what an earlier one showed, proves nothing of it.
_JOBS = """
SELECT t.number, t.service_type, t.category, t.diagnosis->>'fault' AS fault, t.required_licences,
       c.finished_at, c.charge_fen, t.created_by <> t.customer_id::text AS staff_created,
       (SELECT array_agg(v.engineer_id::text ORDER BY v.arrived_at)
          FROM visits v WHERE v.ticket_id = t.id AND v.arrived_at IS NOT NULL AND v.arrived_at <= c.finished_at)
           AS worked_by,
       r.attitude, r.expertise, r.timeliness, r.conduct,
       -- Once the ticket is closed for good, the fault comes back with a new one that is linked to it.
       least((SELECT min(e.at) FROM ticket_events e
               WHERE e.ticket_id = t.id AND e.event IN ('reopen', 'dispute') AND e.seq > c.seq),
             (SELECT min(r.created_at) FROM tickets r WHERE r.rework_of = t.id AND r.created_at > c.finished_at))
           AS reopened_at,
       EXISTS (SELECT FROM ticket_events e
                WHERE e.ticket_id = t.id AND e.event = 'dispute' AND e.seq > c.seq) AS disputed,
       EXISTS (SELECT FROM ticket_events e
                WHERE e.ticket_id = t.id AND e.event = 'confirm' AND e.actor_role = 'system' AND e.seq > c.seq)
           AS auto_confirmed,
       (SELECT count(*) FROM urgings u WHERE u.ticket_id = t.id AND u.at <= c.finished_at) AS urgings,
       (SELECT max(q.total_fen) FROM quotes q
         WHERE q.ticket_id = t.id AND q.state = 'approved') AS quoted_fen,
       (SELECT jsonb_agg(jsonb_build_array(a.id, a.purpose, a.item, a.media_type)) FROM attachments a
         WHERE a.visit_id = worked.id AND a.withdrawn_at IS NULL) AS photos,
       (SELECT jsonb_agg(jsonb_build_array(e.item, e.value)) FROM checklist_entries e
         WHERE e.visit_id = worked.id) AS checks
  FROM completions c
  JOIN tickets t ON t.id = c.ticket_id
  LEFT JOIN LATERAL (SELECT v.id FROM visits v
                      WHERE v.ticket_id = t.id AND v.engineer_id = c.engineer_id AND v.arrived_at <= c.finished_at
                      ORDER BY v.arrived_at DESC LIMIT 1) worked ON TRUE
  LEFT JOIN ratings r ON r.ticket_id = t.id AND r.engineer_id = c.engineer_id
   AND c.seq = (SELECT max(l.seq) FROM completions l WHERE l.ticket_id = c.ticket_id)
 WHERE c.finished_at >= $1 AND c.finished_at < $2 AND c.engineer_id IS NOT NULL
"""
_VISITS = """
SELECT v.id, v.engineer_id, v.state, upper(v.promised) AS window_end, v.arrived_at
  FROM visits v
 WHERE upper(v.promised) >= $1 AND upper(v.promised) < $2
   AND (v.arrived_at IS NOT NULL OR v.state IN ('no_access', 'engineer_no_show'))
"""


async def gather(connection: asyncpg.Connection, month: Month) -> Rows:
    begin, end = bounds(month)
    jobs = await connection.fetch(_JOBS, begin, end)
    visits = await connection.fetch(_VISITS, begin, end)
    return Rows(tuple(map(_job, jobs)), tuple(map(_visit, visits)))


def bounds(month: Month) -> tuple[datetime, datetime]:
    begin = datetime(month.year, month.month, 1, tzinfo=ZONE)
    return begin, (begin + timedelta(days=32)).replace(day=1)


def _job(row: asyncpg.Record) -> RatedJob:
    rated = row["attitude"] is not None
    scores = Scores(row["attitude"], row["expertise"], row["timeliness"], row["conduct"]) if rated else None
    return RatedJob(
        ticket=row["number"],
        worked_by=tuple(row["worked_by"] or ()),
        completed_at=row["finished_at"],
        scores=scores,
        # A customer who lets the confirmation lapse and rates afterwards has spoken all the same.
        auto_confirmed=row["auto_confirmed"] and not rated,
        staff_created=row["staff_created"],
        reopened_at=row["reopened_at"],
        disputed=row["disputed"],
        urgings=row["urgings"],
        quoted_fen=row["quoted_fen"],
        charged_fen=row["charge_fen"],
        evidence_complete=_evidence_complete(row),
    )


def _evidence_complete(row: asyncpg.Record) -> bool:
    asked = Asked(
        ServiceType(row["service_type"]), row["category"], row["fault"], frozenset(row["required_licences"])
    )
    photos = [
        Photo(i, Purpose(purpose), "", item, media_type=media_type)
        for i, purpose, item, media_type in row["photos"] or ()
    ]
    checks = tuple(Check(item, value) for item, value in row["checks"] or ())
    return all(each.done for each in standings(required_of(asked), photos, checks))


def _visit(row: asyncpg.Record) -> WorkedVisit:
    outcome = VisitOutcome.ARRIVED if row["arrived_at"] else VisitOutcome(row["state"])
    return WorkedVisit(str(row["id"]), str(row["engineer_id"]), row["window_end"], outcome, row["arrived_at"])
