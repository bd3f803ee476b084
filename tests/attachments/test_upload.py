import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database
from app.domain.actor import SYSTEM, Actor
from app.domain.situation import Purpose
from app.errors import InvalidInput, NotFound, Problem, TooManyRequests, UnsupportedMedia
from app.integrations.storage import ObjectStore, StorageUnavailable, StoredObject, open_store
from app.models import Attachment, Customer, Engineer
from app.models.people import StaffRole
from app.services.attachments.objects import key_of
from app.services.attachments.upload import MAX_ON_TICKET, MAX_UNUSED, TicketEnded, TicketFull, upload
from app.services.attachments.urls import Variant
from app.services.idempotency import IdempotencyMismatch
from tests.attachments.photos import opened, photo
from tests.attachments.rows import actor_of, make_attachment, make_ticket
from tests.harness.clock import MONDAY_MORNING
from tests.harness.live import Live
from tests.make import make_customer, make_engineer, make_staff


@dataclass(frozen=True)
class Intake:
    database: Database
    store: ObjectStore

    async def take(
        self,
        actor: Actor,
        content: bytes | None = None,
        *,
        purpose: Purpose = Purpose.REPORT,
        ticket: str | None = None,
        key: str | None = None,
        now: datetime = MONDAY_MORNING,
    ) -> Attachment:
        source = BytesIO(photo() if content is None else content)
        return await upload(
            self.database.sessions,
            self.store,
            actor=actor,
            content=source,
            purpose=purpose,
            ticket_number=ticket,
            key=key,
            now=now,
        )


@pytest.fixture
def intake(database: Database, store: ObjectStore) -> Intake:
    return Intake(database, store)


async def stored(store: ObjectStore, attachment: Attachment, variant: Variant) -> bytes:
    found = await store.get(key_of(attachment.id, variant))
    assert found is not None
    return b"".join([bytes(chunk) async for chunk in found.chunks])


async def test_a_photo_is_stored_and_written_down(
    intake: Intake, session: AsyncSession, customer: Customer
) -> None:
    taken = await intake.take(actor_of(customer), photo(size=(800, 600)))
    row = await session.get_one(Attachment, taken.id)
    assert (row.customer_id, row.staff_id, row.ticket_id) == (customer.id, None, None)
    assert (row.width, row.height, row.purpose, row.media_type) == (800, 600, "report", "image/jpeg")
    full = await stored(intake.store, row, Variant.FULL)
    assert (row.size, row.sha256) == (len(full), sha256(full).hexdigest())
    assert opened(await stored(intake.store, row, Variant.THUMBNAIL)).size == (320, 240)


async def test_what_is_refused_leaves_nothing_behind(
    intake: Intake, session: AsyncSession, customer: Customer
) -> None:
    with pytest.raises(UnsupportedMedia):
        await intake.take(actor_of(customer), b"<svg/>")
    assert await session.scalar(select(func.count()).select_from(Attachment)) == 0
    assert [
        keys async for keys in intake.store.older_than(datetime.max.replace(tzinfo=UTC), prefix="photos")
    ] == []


async def test_no_row_without_its_objects(
    database: Database, session: AsyncSession, customer: Customer, tmp_path: Path
) -> None:
    (tmp_path / "photos").write_bytes(b"a file where a folder must be")
    broken = Intake(database, open_store(tmp_path.as_uri()))
    with pytest.raises(StorageUnavailable):
        await broken.take(actor_of(customer))
    assert await session.scalar(select(func.count()).select_from(Attachment)) == 0


@pytest.mark.parametrize("who", ["customer", "engineer", "agent", "manager", "admin"])
async def test_those_of_the_ticket_and_the_desk_may_add_to_it(
    intake: Intake, session: AsyncSession, customer: Customer, engineer: Engineer, who: str
) -> None:
    ticket = await make_ticket(session, customer, state="on_site", engineer_id=engineer.id)
    if who in ("customer", "engineer"):
        person = customer if who == "customer" else engineer
        actor = actor_of(person)
    else:
        actor = actor_of(await make_staff(session, role=StaffRole(who)))
    assert (await intake.take(actor, ticket=ticket.number)).ticket_id == ticket.id


@pytest.mark.parametrize("who", ["another customer", "another engineer"])
async def test_for_others_the_ticket_does_not_exist(
    intake: Intake, session: AsyncSession, customer: Customer, engineer: Engineer, who: str
) -> None:
    ticket = await make_ticket(session, customer, state="on_site", engineer_id=engineer.id)
    stranger = await (make_customer(session) if who == "another customer" else make_engineer(session))
    with pytest.raises(NotFound):
        await intake.take(actor_of(stranger), ticket=ticket.number)
    with pytest.raises(NotFound):
        await intake.take(actor_of(stranger), ticket="T20260615-NOSUCH")


@pytest.mark.parametrize("state", ["closed", "cancelled", "rejected", "merged"])
async def test_an_ended_ticket_takes_no_photos(
    intake: Intake, session: AsyncSession, customer: Customer, state: str
) -> None:
    ticket = await make_ticket(session, customer, state=state)
    with pytest.raises(TicketEnded) as refused:
        await intake.take(actor_of(customer), ticket=ticket.number)
    assert refused.value.status == 409


@pytest.mark.parametrize("purpose", [Purpose.BEFORE, Purpose.AFTER, Purpose.NO_ACCESS])
async def test_a_customer_cannot_supply_the_proof_of_the_work(
    intake: Intake, session: AsyncSession, customer: Customer, engineer: Engineer, purpose: Purpose
) -> None:
    ticket = await make_ticket(session, customer, state="in_repair", engineer_id=engineer.id)
    with pytest.raises(InvalidInput):
        await intake.take(actor_of(customer), purpose=purpose, ticket=ticket.number)
    taken = await intake.take(actor_of(engineer), purpose=purpose, ticket=ticket.number)
    assert (taken.staff_id, taken.customer_id, taken.purpose) == (engineer.id, None, purpose)


async def test_nobody_hoards_unused_photos(
    intake: Intake, session: AsyncSession, customer: Customer, now: datetime
) -> None:
    for _ in range(MAX_UNUSED):
        await make_attachment(session, customer)
    with pytest.raises(TooManyRequests):
        await intake.take(actor_of(customer))
    await intake.take(actor_of(await make_customer(session)))
    await intake.take(actor_of(customer), now=now + timedelta(hours=24, seconds=1))


async def test_a_ticket_gathers_so_many_photos_and_no_more(
    intake: Intake, session: AsyncSession, customer: Customer
) -> None:
    ticket = await make_ticket(session, customer)
    for _ in range(MAX_ON_TICKET - 1):
        await make_attachment(session, customer, ticket_id=ticket.id)
    await intake.take(actor_of(customer), ticket=ticket.number)
    with pytest.raises(TicketFull):
        await intake.take(actor_of(customer), ticket=ticket.number)


async def test_the_system_uploads_nothing(intake: Intake) -> None:
    with pytest.raises(ValueError, match="system"):
        await intake.take(SYSTEM)


async def test_no_connection_is_held_while_photos_are_decoded_and_stored(live: Live) -> None:
    async with live.sessions.begin() as session:
        customer = await make_customer(session)
    slow = HeldStore()
    intake = Intake(live.database, slow)
    uploads = [asyncio.create_task(intake.take(actor_of(customer))) for _ in range(5)]
    await asyncio.wait_for(slow.all_five_wait.wait(), 30)
    held = live.database.engine.pool.checkedout()  # type: ignore[attr-defined]
    slow.go.set()
    taken = await asyncio.gather(*uploads)
    assert held == 0
    async with live.sessions() as session:
        rows = await session.scalars(select(Attachment.id))
        assert set(rows) == {attachment.id for attachment in taken}


class HeldStore:
    """Stores nothing until ``go``."""

    def __init__(self) -> None:
        self._inner = open_store("memory://")
        self._waiting = 0
        self.all_five_wait = asyncio.Event()
        self.go = asyncio.Event()

    async def put(self, key: str, content: bytes, media_type: str) -> None:
        self._waiting += 1
        if self._waiting == 2 * 5:
            self.all_five_wait.set()
        await self.go.wait()
        await self._inner.put(key, content, media_type)

    async def put_file(self, key: str, path: Path, media_type: str) -> None:
        await self._inner.put_file(key, path, media_type)

    async def get(self, key: str, *, begin: int = 0, end: int | None = None) -> StoredObject | None:
        return await self._inner.get(key, begin=begin, end=end)

    async def delete(self, key: str) -> None:
        await self._inner.delete(key)

    def older_than(self, moment: datetime, *, prefix: str) -> AsyncIterator[list[str]]:
        return self._inner.older_than(moment, prefix=prefix)


def test_problems_of_a_ticket_have_codes_of_their_own() -> None:
    kinds: list[type[Problem]] = [TicketEnded, TicketFull]
    assert [kind.code for kind in kinds] == ["ticket_ended", "too_many_photos"]


async def test_a_repeated_upload_is_the_same_photo(intake: Intake, session: AsyncSession) -> None:
    person = actor_of(await make_customer(session))
    first = await intake.take(person, key="once")
    again = await intake.take(person, key="once")
    assert first.id == again.id
    assert await session.scalar(select(func.count()).select_from(Attachment)) == 1


async def test_a_key_does_not_stand_for_two_photos(intake: Intake, session: AsyncSession) -> None:
    person = actor_of(await make_customer(session))
    await intake.take(person, key="once")
    with pytest.raises(IdempotencyMismatch):
        await intake.take(person, key="once", purpose=Purpose.RATING)
