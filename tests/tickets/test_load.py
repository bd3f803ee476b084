"""The statements written by hand against the ORM: neither may know a column that the other forgot."""

import re
from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.domain.actor import Actor
from app.domain.lifecycle import Role, State
from app.domain.situation import Situation
from app.models import Attachment, Offer, Quote, Rating, Staff, Ticket, Visit
from app.services.quotes import call_out
from app.services.tickets import arrivals, complete_info, load, merge, record, triage
from app.services.tickets.load import load as load_ticket
from app.services.visits import crew
from app.services.warranties import decide as keeping
from tests.tickets.story import Story
from tests.tickets.ways import reach

# Columns that are the same on both sides, by name.
SAME = (
    "id number version seq state service_type category fault on_site priority warranty contact_name contact_phone "
    "created_at entered_at promised_at promise required_skill standard_minutes brand model serial_number "
    "rebooked_by_customer reopened urged parts_due resume_at completed_at closed_at merged_into"
)


@pytest.mark.parametrize("state", list(State))
async def test_the_situation_is_what_the_rows_say(state: State, story: Story, session: AsyncSession) -> None:
    await reach(story, state)
    manager = Actor(Role.MANAGER, str(story.manager.person.id))
    s = await load_ticket(await driver(session), story.number, manager)
    ticket = (await session.scalars(select(Ticket).where(Ticket.number == story.number))).one()
    for name in SAME.split():
        assert getattr(s, name) == getattr(ticket, name), name
    assert s.customer_id == str(ticket.customer_id)
    assert s.asset_id == text(ticket.asset_id)
    assert s.service_point_id == text(ticket.service_point_id)
    assert s.engineer_id == text(ticket.engineer_id)
    assert list(s.missing) == ticket.missing
    assert list(s.required_licences) == ticket.required_licences
    assert list(s.declined_by) == list(map(str, ticket.declined_by))
    assert (s.call_out and s.call_out.fee_fen) == ticket.call_out_fen
    assert list(s.call_out.waived if s.call_out else ()) == ticket.call_out_waived
    assert (s.address and asdict(s.address)) == ticket.address
    assert len(s.preferred) == len(ticket.preferred_windows)
    assert asdict(s.diagnosis) == {k: as_tuple(v) for k, v in ticket.diagnosis.items()}
    await joined_rows(s, ticket, session)


async def joined_rows(s: Situation, ticket: Ticket, session: AsyncSession) -> None:
    visit = await session.get(Visit, ticket.visit_id) if ticket.visit_id else None
    offer = await session.get(Offer, ticket.offer_id) if ticket.offer_id else None
    quote = await session.get(Quote, ticket.quote_id) if ticket.quote_id else None
    rating = await session.get(Rating, ticket.id)
    staff = await session.get(Staff, ticket.engineer_id) if ticket.engineer_id else None
    assert (s.visit is None, s.offer is None) == (visit is None, offer is None)
    assert (s.quote is None, s.rating is None) == (quote is None, rating is None)
    if s.visit and visit:
        shown = (s.visit.state, s.visit.window.start, s.visit.window.end, s.visit.departed_at)
        assert shown == (visit.state, visit.promised.lower, visit.promised.upper, visit.departed_at)
        assert (s.visit.arrival_code, s.visit.arrived_at) == (visit.arrival_code, visit.arrived_at)
    if s.offer and offer:
        assert (s.offer.engineer_id, s.offer.expires_at) == (str(offer.engineer_id), offer.expires_at)
    if s.quote and quote:
        assert (s.quote.version, s.quote.state) == (quote.version, quote.state)
        assert [asdict(line) for line in s.quote.lines] == quote.lines
        assert (s.quote.base_id, s.quote.reviewed_at) == (quote.base_id, quote.reviewed_at)
    if s.rating and rating:
        assert asdict(s.rating.scores) == {name: getattr(rating, name) for name in asdict(s.rating.scores)}
    if s.engineer and staff:
        assert (s.engineer.name, s.engineer.phone) == (staff.name, staff.phone)
    photos = (await session.scalars(select(Attachment).where(Attachment.ticket_id == ticket.id))).all()
    assert {(p.id, p.purpose) for p in s.photos} == {(str(p.id), p.purpose) for p in photos}


def text(value: object) -> str | None:
    return None if value is None else str(value)


def as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def test_every_column_of_a_ticket_has_its_writer() -> None:
    inserted = columns(re.search(r"INSERT INTO tickets \((.*?)\)", arrivals.SUBMIT, re.DOTALL))
    moved = assigned(record._WRITE)
    beside = assigned(complete_info._FILL) | assigned(triage._DEMANDS) | assigned(merge._CARRY_OVER)
    beside |= assigned(call_out._KEEP) | assigned(keeping._KEEP) | assigned(crew._CREW)
    by_the_server = {"id", "version", "seq"}
    of_the_table = set(Ticket.__table__.columns.keys())
    assert inserted | moved | beside | by_the_server == of_the_table
    # What a report leaves out must have a value of its own: nothing, or what the server puts there.
    for name in of_the_table - inserted:
        column = Ticket.__table__.columns[name]
        assert column.nullable or column.server_default is not None or column.identity is not None, name


def columns(found: re.Match[str] | None) -> set[str]:
    assert found
    return {name.strip() for name in found.group(1).split(",")}


def assigned(statement: str) -> set[str]:
    """The columns that the UPDATE of tickets in this statement sets."""
    found = re.search(r"UPDATE tickets\s+SET (.*?)\s+WHERE", statement, re.DOTALL)
    assert found
    return set(re.findall(r"(?:^|,\s*)(\w+) = ", found.group(1)))


def test_the_reader_names_every_column_that_it_needs() -> None:
    read = set(re.findall(r"\bt\.(\w+)", load._GATHER))
    unread = set(Ticket.__table__.columns.keys()) - read
    assert unread == {"rework_of", "occurred_at", "created_by", "wake_at", "wake_step"}
