"""Reports that come in at the same moment are written by one statement: it is all of their transaction.

It costs the server and us nearly the same for one report as for several, and they share one commit.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from app.batch import Batch
from app.bell import Topic, ring_sql
from app.db import Database
from app.services.sessions.actor import customer_signed_in

# The larger the company, the less each costs: with a second lane a report took 7 % more CPU time, and no less of the
# clock.
_LANES = 1
# What the server says of one report and has undone for all of its company.
_ITS_OWN_FAULT = (
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.DataError,
    asyncpg.TransactionRollbackError,
)


class Report(NamedTuple):
    """All that is kept of one report. ``session`` is looked at, if it is given; JSON and lists come as text."""

    number: str
    customer: UUID
    session: UUID | None
    now: datetime
    scope: str
    key: str | None
    fingerprint: bytes
    response: str
    service_type: str
    category: str
    brand: str
    model: str
    serial_number: str
    asset: UUID | None
    remembers: bool
    city: str
    district: str
    actor_role: str
    actor: str
    channel: str
    fault: str
    occurred_at: datetime | None
    on_site: bool
    priority: str
    warranty: str
    contact_name: str
    contact_phone: str
    address: str | None
    preferred_windows: str
    diagnosis: str
    required_skill: str
    required_licences: str
    standard_minutes: int
    promised_at: datetime
    promise: str
    said: str
    slots: str
    trace_id: str


_TYPES = {
    "customer": "uuid",
    "session": "uuid",
    "asset": "uuid",
    "now": "timestamptz",
    "occurred_at": "timestamptz",
    "promised_at": "timestamptz",
    "fingerprint": "bytea",
    "on_site": "boolean",
    "remembers": "boolean",
    "standard_minutes": "integer",
}
_COLUMNS = ", ".join(f"${n}::{_TYPES.get(name, 'text')}[]" for n, name in enumerate(Report._fields, start=1))

# Whoever writes several rows takes them in one order, so that two such statements never wait for each other.
SUBMIT = f"""
WITH asked AS (
    SELECT * FROM unnest({_COLUMNS}) AS r ({", ".join(Report._fields)})
     WHERE session IS NULL OR {customer_signed_in("r.customer", "r.session", "r.now")}
), claimed AS (
    INSERT INTO idempotency_keys (scope, key, fingerprint, response, created_at)
    SELECT scope, key, fingerprint, response::jsonb, now FROM asked WHERE key IS NOT NULL ORDER BY scope, key
    ON CONFLICT DO NOTHING RETURNING scope, key
), report AS (
    SELECT asked.*,
           (SELECT a.id FROM assets a
             WHERE remembers AND a.customer_id = asked.customer AND a.category = asked.category
               AND a.brand = asked.brand AND a.model = asked.model AND a.removed_at IS NULL
               AND (asked.serial_number = '' OR a.serial_number = asked.serial_number)
             LIMIT 1) AS known_asset
      FROM asked LEFT JOIN claimed USING (scope, key)
     WHERE asked.key IS NULL OR claimed.key IS NOT NULL
), remembered AS (
    INSERT INTO assets (id, customer_id, kind, category, brand, model, serial_number, plate_number)
    SELECT gen_random_uuid(), customer, 'appliance', category, brand, model, serial_number, '' FROM report
     WHERE remembers AND known_asset IS NULL ORDER BY customer
    ON CONFLICT (customer_id, serial_number) WHERE serial_number <> '' DO UPDATE SET model = excluded.model,
                                                                                    removed_at = NULL
    RETURNING id, customer_id
), ticket AS (
    INSERT INTO tickets (number, state, service_type, category, brand, model, serial_number, customer_id,
                         asset_id, service_point_id, created_by, channel, fault, occurred_at, on_site, priority,
                         contact_name, contact_phone, address, preferred_windows, diagnosis, required_skill,
                         required_licences, standard_minutes, promised_at, promise, wake_at, created_at,
                         entered_at, warranty)
    SELECT number, 'submitted', service_type, category, brand, model, serial_number, customer,
           coalesce(asset, known_asset, remembered.id),
           (SELECT s.id FROM service_points s WHERE s.city = r.city AND r.district = ANY (s.districts) LIMIT 1),
           actor, channel, fault, occurred_at, on_site, priority, contact_name, contact_phone, address::jsonb,
           preferred_windows::jsonb, diagnosis::jsonb, required_skill,
           string_to_array(required_licences, ','), standard_minutes, promised_at, promise, now, now, now,
           warranty
      FROM report r LEFT JOIN remembered ON remembered.customer_id = r.customer
    RETURNING id, number
), event AS (
    INSERT INTO ticket_events (ticket_id, seq, event, from_state, state, actor_role, actor_id, text, data, at)
    SELECT id, 1, 'submit', NULL, 'submitted', actor_role, actor, said, '{{}}', now
      FROM ticket JOIN report USING (number)
), clocks AS (
    INSERT INTO clock_segments (ticket_id, clock, from_seq, mode, started_at)
    SELECT id, clock, 1, 'run', now
      FROM ticket JOIN report USING (number), unnest(ARRAY['response', 'resolution', 'legal']) AS clock
), pushed AS (
    INSERT INTO outbox (ticket_id, seq, kind, recipient, recipient_id, slots, available_at, client_msg_id,
                        trace_id, created_at)
    SELECT id, 1, 'ticket_progress', 'customer', customer, slots::jsonb, now, gen_random_uuid(), trace_id, now
      FROM ticket JOIN report USING (number)
)
SELECT number, id, {ring_sql(Topic.TICKET, "id")} FROM ticket
"""


async def write(connection: asyncpg.Connection, reports: Sequence[Report]) -> dict[str, int]:
    """The new tickets' ids by number; of whoever's key was used before or whose session is over there is none.

    A customer has one report among them: what he has of the same kind is looked for once.
    """
    rows = await connection.fetch(SUBMIT, *zip(*reports, strict=True))
    return {row["number"]: row["id"] for row in rows}


class Arrivals:
    """The reports that are coming in."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database
        self._waves = Batch(self._write, lanes=_LANES)

    async def write(self, report: Report) -> int | None:
        """The id of the new ticket; None when nothing was written (see the function ``write``)."""
        written = await self._waves.ask(report)
        if isinstance(written, Exception):
            raise written
        return written

    async def _write(self, reports: Sequence[Report]) -> list[int | Exception | None]:
        written: dict[str, int | Exception] = {}
        async with self._database().writes.acquire() as connection:
            for company in _one_of_each(reports):
                written |= await _together(connection, company)
        return [written.get(report.number) for report in reports]


async def _together(connection: asyncpg.Connection, reports: Sequence[Report]) -> dict[str, int | Exception]:
    """What is wrong with one report is nobody else's: then each goes by itself."""
    try:
        return {**await write(connection, reports)}
    except _ITS_OWN_FAULT as fault:
        if len(reports) == 1:
            return {reports[0].number: fault}
    alone: dict[str, int | Exception] = {}
    for report in reports:
        alone |= await _together(connection, [report])
    return alone


def _one_of_each(reports: Sequence[Report]) -> list[list[Report]]:
    """In companies in which nobody has two."""
    companies: list[dict[UUID, Report]] = []
    for report in reports:
        company = next((each for each in companies if report.customer not in each), None)
        if company is None:
            companies.append(company := {})
        company[report.customer] = report
    return [list(company.values()) for company in companies]
