"""The life of an appliance on one page: every visit, part, photo, charge, rating, period and document.

Of people it names only our engineers. Who lived where when is nobody's business who gets the appliance later: of the
time before he got it he sees what was done, and not what its owner said, how he rated, or his papers.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import VIEWS, Role, State
from app.domain.zone import ZONE
from app.schemas.assets import (
    ArchiveOut,
    DocumentOut,
    JobOut,
    JobPartOut,
    JobPhotoOut,
    JobRatingOut,
    JobVisitOut,
)
from app.services.assets.place import address_out
from app.services.assets.visible import visible_asset
from app.services.attachments.urls import SignUrl
from app.services.warranties.periods import covers_of
from app.services.warranties.read import period

JOBS = 100

# What shows the appliance; a photo of somebody's door or of a dispute does not.
_JOBS = """
SELECT t.number, t.customer_id, t.engineer_id, t.service_type, t.fault, t.diagnosis->>'fault' AS symptom, t.state,
       t.warranty, t.created_at, t.completed_at,
       (SELECT jsonb_agg(jsonb_build_object('state', v.state, 'arrived_at', v.arrived_at,
                                            'finished_at', v.finished_at, 'engineer', s.name) ORDER BY v.id)
          FROM visits v JOIN staff s ON s.id = v.engineer_id
         WHERE v.ticket_id = t.id AND v.arrived_at IS NOT NULL AND v.accompanies IS NULL) AS visits,
       (SELECT jsonb_agg(jsonb_build_object('fault_code', c.fault_code, 'solution', c.solution, 'parts', c.parts,
                                            'charge_fen', c.charge_fen) ORDER BY c.seq)
          FROM completions c WHERE c.ticket_id = t.id) AS completions,
       (SELECT q.total_fen FROM quotes q WHERE q.id = t.quote_id) AS quoted_fen,
       (SELECT jsonb_agg(jsonb_build_array(p.id, p.purpose) ORDER BY p.created_at, p.id)
          FROM attachments p WHERE p.ticket_id = t.id AND p.purpose IN ('before', 'after')
           AND p.withdrawn_at IS NULL AND p.media_type LIKE 'image/%') AS photos,
       r.attitude, r.expertise, r.timeliness, r.conduct
  FROM tickets t LEFT JOIN ratings r ON r.ticket_id = t.id
 WHERE t.asset_id = $1 AND t.state <> 'merged'
 ORDER BY t.id DESC LIMIT $2
"""
_DOCUMENTS = """
SELECT id, purpose, created_at FROM attachments
 WHERE asset_id = $1 AND ($2::timestamptz IS NULL OR created_at > $2) ORDER BY created_at, id
"""
_OFFERED = """
SELECT expires_at FROM asset_transfers
 WHERE asset_id = $1 AND accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > $2
"""


async def archive_of(
    connection: asyncpg.Connection, asset_id: UUID, *, actor: Actor, now: datetime, sign_url: SignUrl
) -> ArchiveOut:
    """Newest job first. Errors: not_found."""
    asset = await visible_asset(connection, asset_id, actor)
    today = now.astimezone(ZONE).date()
    jobs = await connection.fetch(_JOBS, asset_id, JOBS)
    mine = str(asset["customer_id"]) == actor.id
    # An invoice names its buyer, who shows the appliance to his household and not himself.
    papers = mine or actor.role is not Role.CUSTOMER
    since = None if actor.oversees else asset["acquired_at"]
    documents = await connection.fetch(_DOCUMENTS, asset_id, since) if papers else []

    def sign(photo_id: object) -> str:
        return sign_url(str(photo_id), "full", actor.id)

    return ArchiveOut(
        id=str(asset["id"]),
        version=asset["version"],
        name=asset["name"],
        room=asset["room"],
        address=address_out(asset["address"]) if mine or actor.oversees else None,
        kind=asset["kind"],
        category=asset["category"],
        brand=asset["brand"],
        model=asset["model"],
        serial_number=asset["serial_number"],
        plate_number=asset["plate_number"],
        mine=mine,
        household_id=str(asset["household_id"]) if asset["household_id"] else None,
        manufactured_on=asset["manufactured_on"],
        purchased_on=asset["purchased_on"],
        removed_at=asset["removed_at"],
        purchase=_purchase(asset),
        periods=[period(cover, today) for cover in await covers_of(connection, asset_id)],
        offered_until=await connection.fetchval(_OFFERED, asset_id, now) if mine else None,
        jobs=[_job(row, sign, actor, since) for row in jobs],
        documents=[
            DocumentOut(id=str(row["id"]), purpose=row["purpose"], url=sign(row["id"]), at=row["created_at"])
            for row in documents
        ],
    )


def _former(row: asyncpg.Record, since: datetime | None, actor: Actor) -> bool:
    return since is not None and row["created_at"] <= since and str(row["customer_id"]) != actor.id


def _purchase(asset: asyncpg.Record) -> str:
    if asset["purchased_on"] is None:
        return "unknown"
    return "verified" if asset["purchase_verified_at"] else "claimed"


def _job(row: asyncpg.Record, sign: Callable[[object], str], actor: Actor, since: datetime | None) -> JobOut:
    state, completions = State(row["state"]), row["completions"] or []
    former = _former(row, since, actor)
    return JobOut(
        number=row["number"],
        may_open=actor.oversees or actor.id in (str(row["customer_id"]), str(row["engineer_id"])),
        service_type=row["service_type"],
        fault=row["symptom"] if former else row["fault"],
        state=state,
        label=VIEWS[state].label,
        warranty=row["warranty"],
        created_at=row["created_at"],
        completed_at=row["completed_at"],
        visits=[JobVisitOut(**each) for each in row["visits"] or []],
        solutions=[each["solution"] for each in completions],
        parts=[
            JobPartOut(name=part["name"], quantity=part.get("quantity", 1))
            for each in completions
            for part in each["parts"]
        ],
        quoted_fen=row["quoted_fen"],
        charged_fen=sum(each["charge_fen"] for each in completions),
        rating=None if former else _rating(row),
        photos=[
            JobPhotoOut(purpose=purpose, url=sign(photo_id)) for photo_id, purpose in row["photos"] or []
        ],
    )


def _rating(row: asyncpg.Record) -> JobRatingOut | None:
    if row["attitude"] is None:
        return None
    return JobRatingOut(**{name: row[name] for name in JobRatingOut.model_fields})
