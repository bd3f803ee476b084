"""A contractor with one engineer who could do the job of ``bodies.report``, and its dispatcher."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Contractor
from tests.harness.callers import Caller, CallerFor
from tests.harness.clock import Clock
from tests.make import make_contractor
from tests.tickets.conftest import make_able_engineer


@dataclass(frozen=True)
class Crew:
    contractor: Contractor
    engineer: Caller
    dispatcher: Caller

    @property
    def engineer_id(self) -> str:
        return str(self.engineer.person.id)


async def make_crew(
    session: AsyncSession, clock: Clock, caller_for: CallerFor, name: str, engineer: str, **over: Any
) -> Crew:
    person = await make_able_engineer(session, clock, engineer, **over)
    contractor, dispatcher = await make_contractor(session, name, person)
    return Crew(contractor, await caller_for(person), await caller_for(dispatcher))
