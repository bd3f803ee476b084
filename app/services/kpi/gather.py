"""The raw rows of a period of fieldwork, as the arithmetic of app.domain.kpi takes them."""

import asyncpg

from app.domain.evidence.items import Asked, required_of
from app.domain.evidence.standing import standings
from app.domain.kpi.rows import Measure, RatedJob, Rows, VisitOutcome, WorkedVisit
from app.domain.period import Period
from app.domain.rating import Scores
from app.domain.situation import Check, Photo, Purpose, ServiceType

# The evidence is what that visit has: what was taken back, and what an earlier one showed, proves nothing of it.
# Urgings and waits for parts are those since the completion before. A promise that answered an urging is kept when
# the ticket moved on by then.
_JOBS = """
SELECT t.number, t.service_type, t.category, t.diagnosis->>'fault' AS fault, t.required_licences,
       c.finished_at, c.charge_fen, t.created_by <> t.customer_id::text AS staff_created,
       t.service_point_id::text AS service_point,
       (SELECT array_agg(v.engineer_id::text ORDER BY v.arrived_at)
          FROM visits v WHERE v.ticket_id = t.id AND v.accompanies IS NULL
           AND v.arrived_at IS NOT NULL AND v.arrived_at <= c.finished_at)
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
         WHERE e.visit_id = worked.id) AS checks,
       EXISTS (SELECT FROM ticket_events e WHERE e.ticket_id = t.id AND e.event = 'need_parts'
                  AND e.seq BETWEEN b.seq AND c.seq) AS waited_for_parts,
       (SELECT array_agg(CASE WHEN (SELECT e.state FROM ticket_events e
                                     WHERE e.ticket_id = t.id AND e.at <= u.at ORDER BY e.seq DESC LIMIT 1)
                                   <> 'waiting_parts'
                              THEN EXISTS (SELECT FROM ticket_events e
                                            WHERE e.ticket_id = t.id AND e.from_state <> e.state
                                              AND e.at > u.at AND e.at <= u.promised_at) END ORDER BY u.at)
          FROM urgings u WHERE u.ticket_id = t.id AND u.at > b.at AND u.at <= c.finished_at) AS promises,
       (SELECT k.solved FROM follow_ups f JOIN follow_up_calls k ON k.follow_up_id = f.id
         WHERE f.ticket_id = t.id AND f.seq = c.seq AND k.outcome = 'reached') AS called_solved,
       (SELECT array_agg(p.measure) FROM kpi_appeals p WHERE p.ticket_id = t.id AND p.state = 'upheld') AS excused
  FROM completions c
  JOIN tickets t ON t.id = c.ticket_id
  LEFT JOIN LATERAL (SELECT v.id FROM visits v
                      WHERE v.ticket_id = t.id AND v.engineer_id = c.engineer_id AND v.arrived_at <= c.finished_at
                      ORDER BY v.arrived_at DESC LIMIT 1) worked ON TRUE
  LEFT JOIN ratings r ON r.ticket_id = t.id AND r.engineer_id = c.engineer_id
   AND c.seq = (SELECT max(l.seq) FROM completions l WHERE l.ticket_id = c.ticket_id)
 CROSS JOIN LATERAL (
       SELECT coalesce(max(l.seq), 0) AS seq, coalesce(max(l.finished_at), '-infinity') AS at
         FROM completions l WHERE l.ticket_id = c.ticket_id AND l.seq < c.seq) b
 WHERE c.finished_at >= $1 AND c.finished_at < $2 AND c.engineer_id IS NOT NULL
"""
_VISITS = """
SELECT v.id, v.engineer_id, v.state, upper(v.promised) AS window_end, v.arrived_at,
       t.service_point_id::text AS service_point,
       (SELECT array_agg(p.measure) FROM kpi_appeals p
         WHERE p.ticket_id = v.ticket_id AND p.engineer_id = v.engineer_id AND p.state = 'upheld') AS excused
  FROM visits v JOIN tickets t ON t.id = v.ticket_id
 WHERE upper(v.promised) >= $1 AND upper(v.promised) < $2 AND v.accompanies IS NULL
   AND (v.arrived_at IS NOT NULL OR v.state IN ('no_access', 'engineer_no_show'))
"""
_PEOPLES_TEAMS = """
SELECT e.id::text AS engineer, s.service_point_id::text AS team
  FROM engineers e JOIN staff s ON s.id = e.id WHERE s.contractor_id IS NULL AND s.service_point_id IS NOT NULL
"""


async def gather(connection: asyncpg.Connection, period: Period) -> Rows:
    jobs = await connection.fetch(_JOBS, period.begin, period.end)
    visits = await connection.fetch(_VISITS, period.begin, period.end)
    return Rows(tuple(map(_job, jobs)), tuple(map(_visit, visits)))


async def peoples_teams(connection: asyncpg.Connection) -> dict[str, str]:
    """The service point of each engineer of ours."""
    return {row["engineer"]: row["team"] for row in await connection.fetch(_PEOPLES_TEAMS)}


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
        waited_for_parts=row["waited_for_parts"],
        promises=tuple(row["promises"] or ()),
        called_solved=row["called_solved"],
        service_point=row["service_point"],
        excused=_measures(row),
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
    return WorkedVisit(
        str(row["id"]),
        str(row["engineer_id"]),
        row["window_end"],
        VisitOutcome.ARRIVED if row["arrived_at"] else VisitOutcome(row["state"]),
        row["arrived_at"],
        row["service_point"],
        _measures(row),
    )


def _measures(row: asyncpg.Record) -> frozenset[Measure]:
    return frozenset(map(Measure, row["excused"] or ()))
