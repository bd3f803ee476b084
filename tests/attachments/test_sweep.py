from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database
from app.integrations.storage import ObjectStore
from app.models import Attachment, Customer
from app.services.attachments.objects import key_of, keys_of
from app.services.attachments.sweep import Swept, sweep
from app.services.attachments.urls import Variant
from tests.attachments.rows import make_attachment, make_ticket
from tests.harness.live import Live
from tests.make import make_customer

# The store stamps its objects by the machine's clock, so these tests look back from beyond it.
TOMORROW = datetime.now(UTC) + timedelta(hours=25)
NEW = TOMORROW - timedelta(hours=23, minutes=59)
OLD = TOMORROW - timedelta(hours=24, minutes=1)


async def keep(store: ObjectStore, attachment: Attachment) -> Attachment:
    for key in keys_of(attachment.id):
        await store.put(key, b"photo", "image/jpeg")
    return attachment


async def left(store: ObjectStore) -> set[str]:
    batches = store.older_than(TOMORROW, prefix="photos")
    return {key async for keys in batches for key in keys}


async def test_unused_photos_go_after_a_day(
    database: Database, session: AsyncSession, store: ObjectStore, customer: Customer
) -> None:
    ticket = await make_ticket(session, customer)
    unused = await keep(store, await make_attachment(session, customer, created_at=OLD))
    fresh = await keep(store, await make_attachment(session, customer, created_at=NEW))
    used = await keep(store, await make_attachment(session, customer, created_at=OLD, ticket_id=ticket.id))
    assert await sweep(database.sessions, store, now=TOMORROW) == Swept(photos=1, orphans=0)
    assert set(await session.scalars(select(Attachment.id))) == {fresh.id, used.id}
    assert unused.id not in {fresh.id, used.id}
    assert await left(store) == {*keys_of(fresh.id), *keys_of(used.id)}


async def test_objects_without_a_row_go_after_a_day(
    database: Database, session: AsyncSession, store: ObjectStore, customer: Customer
) -> None:
    ticket = await make_ticket(session, customer)
    used = await keep(store, await make_attachment(session, customer, ticket_id=ticket.id))
    await store.put(key_of(uuid4(), Variant.FULL), b"orphan", "image/jpeg")
    await store.put("photos/of-somebody-else", b"not ours to judge", "image/jpeg")
    assert await sweep(database.sessions, store, now=datetime.now(UTC)) == Swept(photos=0, orphans=0)
    assert await sweep(database.sessions, store, now=TOMORROW) == Swept(photos=0, orphans=1)
    assert await left(store) == {*keys_of(used.id), "photos/of-somebody-else"}


async def test_a_second_sweep_finds_nothing(
    database: Database, session: AsyncSession, store: ObjectStore, customer: Customer
) -> None:
    await keep(store, await make_attachment(session, customer, created_at=OLD))
    await sweep(database.sessions, store, now=TOMORROW)
    assert await sweep(database.sessions, store, now=TOMORROW) == Swept(0, 0)


async def test_a_photo_that_is_being_attached_is_left_alone(live: Live, store: ObjectStore) -> None:
    async with live.sessions.begin() as session:
        customer = await make_customer(session)
        ticket = await make_ticket(session, customer)
        photo = await keep(store, await make_attachment(session, customer, created_at=OLD))
    async with live.sessions.begin() as attaching:
        row = await attaching.get_one(Attachment, photo.id)
        row.ticket_id = ticket.id
        await attaching.flush()
        assert await sweep(live.sessions, store, now=TOMORROW) == Swept(0, 0)
    assert await sweep(live.sessions, store, now=TOMORROW) == Swept(0, 0)
    assert await left(store) == set(keys_of(photo.id))
