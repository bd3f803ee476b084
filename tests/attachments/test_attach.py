from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.domain.situation import Photo, Purpose
from app.errors import InvalidInput
from app.models import Attachment, Customer, Engineer, Ticket
from app.services.attachments.attach import attach
from tests.attachments.rows import actor_of, make_attachment, make_ticket
from tests.make import make_customer


async def bind(
    session: AsyncSession,
    ticket: Ticket,
    whose: Customer | Engineer,
    ids: Sequence[UUID],
    purpose: Purpose | None = None,
) -> tuple[Photo, ...]:
    return await attach(
        await driver(session), ids=ids, ticket_id=ticket.id, actor=actor_of(whose), purpose=purpose
    )


async def tickets_of(session: AsyncSession, *photos: Attachment) -> list[int | None]:
    for photo in photos:
        await session.refresh(photo)
    return [photo.ticket_id for photo in photos]


async def test_ones_own_photos_are_bound_in_order(session: AsyncSession, customer: Customer) -> None:
    ticket = await make_ticket(session, customer)
    first, second, bystander = [await make_attachment(session, customer) for _ in range(3)]
    photos = await bind(session, ticket, customer, [second.id, first.id])
    assert [photo.id for photo in photos] == [str(second.id), str(first.id)]
    assert photos[0] == Photo(str(second.id), Purpose.REPORT, str(customer.id))
    assert await tickets_of(session, first, second, bystander) == [ticket.id, ticket.id, None]


async def test_the_purpose_may_be_said_anew(
    session: AsyncSession, customer: Customer, engineer: Engineer
) -> None:
    ticket = await make_ticket(session, customer)
    photo = await make_attachment(session, engineer)
    assert (await bind(session, ticket, engineer, [photo.id], Purpose.AFTER))[0].purpose is Purpose.AFTER
    await session.refresh(photo)
    assert photo.purpose == "after"


async def test_without_photos_nothing_happens(session: AsyncSession, customer: Customer) -> None:
    assert await bind(session, await make_ticket(session, customer), customer, []) == ()


async def test_a_photo_named_twice_counts_once(session: AsyncSession, customer: Customer) -> None:
    ticket, photo = await make_ticket(session, customer), await make_attachment(session, customer)
    assert len(await bind(session, ticket, customer, [photo.id, photo.id])) == 1


async def test_binding_to_the_same_ticket_again_is_harmless(
    session: AsyncSession, customer: Customer
) -> None:
    ticket, photo = await make_ticket(session, customer), await make_attachment(session, customer)
    assert await bind(session, ticket, customer, [photo.id]) == await bind(
        session, ticket, customer, [photo.id]
    )


@pytest.mark.parametrize("wrong", ["unknown", "another customer's", "the engineer's", "used"])
async def test_a_wrong_photo_is_named(
    session: AsyncSession, customer: Customer, engineer: Engineer, wrong: str
) -> None:
    ticket = await make_ticket(session, customer)
    good = await make_attachment(session, customer)
    if wrong == "unknown":
        bad = uuid4()
    elif wrong == "used":
        other = await make_ticket(session, customer)
        bad = (await make_attachment(session, customer, ticket_id=other.id)).id
    else:
        owner = engineer if wrong == "the engineer's" else await make_customer(session)
        bad = (await make_attachment(session, owner)).id
    with pytest.raises(InvalidInput) as refused:
        await bind(session, ticket, customer, [good.id, bad])
    assert [(e.field, e.code) for e in refused.value.errors] == [
        ("body.attachment_ids.1", "unknown_attachment")
    ]


async def test_nine_photos_are_enough(session: AsyncSession, customer: Customer) -> None:
    ticket = await make_ticket(session, customer)
    ids = [(await make_attachment(session, customer)).id for _ in range(10)]
    with pytest.raises(InvalidInput) as refused:
        await bind(session, ticket, customer, ids)
    assert [(e.field, e.code) for e in refused.value.errors] == [("body.attachment_ids", "too_many")]
    assert len(await bind(session, ticket, customer, ids[:9])) == 9
