"""What the caller may see, newest first, a page at a time by key."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import asyncpg

from app.domain.actor import Actor
from app.domain.journey import next_step
from app.domain.lifecycle import Role, State
from app.domain.situation import QuoteState
from app.models.visits import LIVE_VISITS
from app.services.cursors import after, before
from app.services.dispatch.rules import OF_TICKET, may_do
from app.services.tickets.present import label
from app.services.tickets.visible import OF_CONTRACTOR, STILL_HIS, VISIBLE, Sight, sight, whose


def _items(*, staff: bool) -> str:
    """A page is written as JSON by PostgreSQL, which has the values at hand: to read them here and write them
    again would cost more than all else about the request.
    """
    labels = " ".join(f"WHEN '{state}' THEN '{label(state, staff=staff, with_us=False)}'" for state in State)
    # What he has to do next is said to the customer alone.
    steps = " ".join(f"WHEN '{state}' THEN '{next_step(state, with_us=False)}'" for state in State)
    told = next_step(State.QUOTE_PENDING, with_us=True)
    after = "''" if staff else f"CASE WHEN with_us THEN '{told}' ELSE CASE t.state {steps} END END"
    pending = ", ".join(f"'{state}'" for state in (QuoteState.IN_REVIEW, QuoteState.RETURNED))
    return f"""
SELECT t.id, row_to_json(item)::text AS item
  FROM tickets t
 CROSS JOIN LATERAL (
       SELECT t.state = 'quote_pending'
              AND (SELECT q.state FROM quotes q WHERE q.id = t.quote_id) IN ({pending}) AS with_us) quoted
 CROSS JOIN LATERAL (
       SELECT t.number, t.version, t.service_type, t.category, t.fault, t.state,
              CASE WHEN with_us THEN '{label(State.QUOTE_PENDING, staff=staff, with_us=True)}'
                   ELSE CASE t.state {labels} END END AS label,
              {after} AS next, t.promised_at, t.promise, t.priority, t.created_at) item
"""


OF_CUSTOMER, _OF_STAFF = _items(staff=False), _items(staff=True)


def _page(before: str, state: str) -> str:
    return (
        f"AND t.id < coalesce({before}::bigint, {2**63 - 1}) AND ({state}::text IS NULL OR t.state = {state})"
        " ORDER BY t.id DESC LIMIT $1"
    )


_PAGE = _page("$3", "$4")

# Each source of an engineer's list has an index of its own; one OR over all of them would read the table.
_ENGINEER = f"""
SELECT * FROM (
    ({_OF_STAFF} WHERE t.engineer_id = $2::uuid {_PAGE})
    UNION
    ({_OF_STAFF} JOIN offers o ON o.id = t.offer_id AND o.state = 'open'
      WHERE o.engineer_id = $2::uuid AND t.state = 'offered' {_PAGE})
    UNION
    ({_OF_STAFF} WHERE t.id IN (SELECT w.ticket_id FROM visits w
                                WHERE w.engineer_id = $2::uuid AND w.arrived_at IS NOT NULL)
      AND {STILL_HIS} {_PAGE})
    UNION
    ({_OF_STAFF} JOIN visits w ON w.accompanies = t.visit_id AND w.{LIVE_VISITS}
      WHERE w.engineer_id = $2::uuid {_PAGE})
    UNION
    ({_OF_STAFF} JOIN engineers g ON g.id = $2::uuid
      WHERE t.state = 'dispatching' AND {may_do("g", OF_TICKET)} {_PAGE})
) mine ORDER BY id DESC LIMIT $1
"""
_CONTRACTOR = f"""
SELECT * FROM (
    ({_OF_STAFF} WHERE t.engineer_id IN {OF_CONTRACTOR} {_PAGE})
    UNION
    ({_OF_STAFF} JOIN offers o ON o.id = t.offer_id AND o.state = 'open'
      WHERE o.engineer_id IN {OF_CONTRACTOR} AND t.state = 'offered' {_PAGE})
    UNION
    ({_OF_STAFF} WHERE t.engineer_id IS NULL AND t.id IN (
        SELECT w.ticket_id FROM visits w WHERE w.engineer_id IN {OF_CONTRACTOR} AND w.arrived_at IS NOT NULL) {_PAGE})
    UNION
    ({_OF_STAFF} WHERE t.state = 'dispatching' AND EXISTS (
        SELECT FROM engineers g WHERE g.id IN {OF_CONTRACTOR} AND {may_do("g", OF_TICKET)}) {_PAGE})
) theirs ORDER BY id DESC LIMIT $1
"""
_DESK = f"{_OF_STAFF} WHERE $2::text IS NOT NULL {_PAGE}"
_OF_POINTS = f"{_OF_STAFF} WHERE {VISIBLE['points']} {_PAGE}"

_STATEMENTS: Mapping[Sight, str] = MappingProxyType(
    {
        Role.CUSTOMER: f"{OF_CUSTOMER} WHERE t.customer_id = $2::uuid {_PAGE}",
        Role.ENGINEER: _ENGINEER,
        Role.CONTRACTOR: _CONTRACTOR,
        "points": _OF_POINTS,
        Role.AGENT: _DESK,
        Role.MANAGER: _DESK,
        Role.ADMIN: _DESK,
    }
)


@dataclass(frozen=True)
class Listed:
    """Each item is a ``TicketSummary``, written as JSON."""

    items: list[str]
    next_cursor: str | None


@dataclass(frozen=True)
class Page:
    """Which part of a list is wanted; the cursor is opaque to the caller and goes with the same filter."""

    cursor: str | None = None
    limit: int = 20
    state: State | None = None


async def list_tickets(connection: asyncpg.Connection, actor: Actor, page: Page) -> Listed:
    statement, scope = _STATEMENTS[sight(actor)], whose(actor) if actor.points is None else actor.points
    rows = await connection.fetch(statement, page.limit + 1, scope, before(page.cursor), page.state)
    return listed(rows, page)


def listed(rows: list[asyncpg.Record], page: Page) -> Listed:
    """Of one row more than the page holds, if there is one."""
    shown = rows[: page.limit]
    more = len(rows) > page.limit
    return Listed([row["item"] for row in shown], after(shown[-1]["id"]) if more else None)
