from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Contractor, ContractorTerms, Engineer, Staff
from app.models.people import StaffRole
from tests.make.people import make_staff
from tests.make.rows import add

ALL = {"service_types": ["repair"], "warranties": ["in", "out", "unknown"], "districts": None}


async def make_contractor(
    session: AsyncSession, name: str = "春城快修", *engineers: Engineer, **terms: object
) -> tuple[Contractor, Staff]:
    """A contractor that gets every repair unless ``terms`` say otherwise, with these engineers, and its dispatcher."""
    contractor = await add(
        session, Contractor(name=name, contact_name="周经理", phone="13600136000", active=True)
    )
    dispatcher = await make_staff(
        session, role=StaffRole.CONTRACTOR, name=f"{name}调度", contractor_id=contractor.id
    )
    await add(
        session,
        ContractorTerms(
            contractor_id=contractor.id,
            version=1,
            valid_from=date(2026, 1, 1),
            published_by=dispatcher.id,
            published_at=dispatcher.created_at,
            **ALL | terms,
        ),
    )
    for engineer in engineers:
        (await session.get_one(Staff, engineer.id)).contractor_id = contractor.id
    await session.flush()
    return contractor, dispatcher
