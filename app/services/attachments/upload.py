"""Taking in a photo: checked, rebuilt, stored, and only then written down."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import driver
from app.domain.actor import Actor
from app.domain.evidence.items import catalogue
from app.domain.lifecycle import ENDS, Role, State
from app.domain.situation import Purpose
from app.errors import Conflict, InvalidInput, NotFound, TooManyRequests
from app.integrations.storage import ObjectStore
from app.models.tickets import Attachment, Ticket
from app.services.attachments.keep import Kept, keep
from app.services.attachments.watermark import Mark
from app.services.evidence.note import EvidenceSealed, note_evidence
from app.services.idempotency import Once

# How what was sent is looked at, rebuilt and stored: ``keep`` for photos, ``keep_video`` for videos.
Keeping = Callable[[ObjectStore, BinaryIO, Mark | None], Awaitable[Kept]]
Sessions = async_sessionmaker[AsyncSession]

# What one person may leave unused, and what one ticket may gather: nobody fills the disk with photos.
MAX_UNUSED = 30
MAX_ON_TICKET = 60
UNUSED_FOR = timedelta(hours=24)

# Evidence of the work, which the life cycle asks of the engineer: nobody's customer can supply it.
OF_THE_JOB = frozenset({Purpose.BEFORE, Purpose.AFTER, Purpose.CHECKLIST, Purpose.NO_ACCESS})


class TicketEnded(Conflict):
    code, title, msg = "ticket_ended", "Ticket ended", "工单已结束，不能再上传照片。"


class TicketFull(Conflict):
    code, title, msg = "too_many_photos", "Too many photos", "这张工单的照片已经够多了，不能再上传。"


@dataclass(frozen=True)
class Said:
    """What the uploader tells of his photo: which item of the checklist it shows, where and when it was taken."""

    item: str = ""
    caption: str = ""
    latitude: float | None = None
    longitude: float | None = None
    claimed_at: datetime | None = None


@dataclass(frozen=True)
class Uploader:
    """Which of the two columns names him."""

    customer_id: UUID | None = None
    staff_id: UUID | None = None


def uploader_of(actor: Actor) -> Uploader:
    if actor.role is Role.CUSTOMER:
        return Uploader(customer_id=UUID(actor.id))
    if actor.is_staff:
        return Uploader(staff_id=UUID(actor.id))
    raise ValueError("The system uploads no photos.")


async def upload(
    sessions: Sessions,
    store: ObjectStore,
    *,
    actor: Actor,
    content: BinaryIO,
    purpose: Purpose,
    ticket_number: str | None,
    key: str | None,
    now: datetime,
    said: Said = Said(),
    keeping: Keeping = keep,
) -> Attachment:
    """Opens its own transactions, a short one before and one after: none is open while it decodes and stores.

    A photo that was stored but not written down is an orphan, and the sweep removes it.
    """
    _check(actor, purpose, said)
    uploader = uploader_of(actor)
    async with sessions.begin() as session:
        ticket_id = await _admit(session, actor, uploader, ticket_number, purpose, now)
    mark = Mark(now, ticket_number or "", said.latitude, said.longitude) if purpose in OF_THE_JOB else None
    kept = await keeping(store, content, mark)
    attachment = _describe(kept, uploader, ticket_id, purpose, said, now)
    async with sessions.begin() as session:
        return await _once(session, attachment, kept.origin, actor, key, now)


async def _once(
    session: AsyncSession, attachment: Attachment, origin: str, actor: Actor, key: str | None, now: datetime
) -> Attachment:
    """A repeated upload gets the photo that the first one made; what it stored itself is an orphan."""
    what = f"{origin}\n{attachment.purpose}\n{attachment.ticket_id}\n{attachment.item}\n{attachment.caption}"
    once = Once("attachments", actor, key, sha256(what.encode()).digest())
    connection = await driver(session)
    if earlier := await once.earlier(connection, now):
        return await session.get_one(Attachment, UUID(earlier["id"]))
    if attachment.purpose in OF_THE_JOB and attachment.ticket_id is not None:
        await note_evidence(connection, attachment, actor=actor, now=now)
    session.add(attachment)
    await once.keep(connection, {"id": str(attachment.id)})
    return attachment


def _check(actor: Actor, purpose: Purpose, said: Said) -> None:
    if actor.role is Role.CUSTOMER and purpose in OF_THE_JOB:
        raise InvalidInput.at("body.purpose", "这类照片由工程师拍摄。", "wrong_purpose")
    if purpose is Purpose.SIGNATURE:
        raise InvalidInput.at("body.purpose", "签名请通过工单的签字页面提交。", "wrong_purpose")
    item = catalogue().items.get(said.item)
    if said.item and (item is None or not item.is_picture or purpose not in OF_THE_JOB):
        raise InvalidInput.at("body.item", "检查项里没有这张照片，请从检查清单中选择。", "unknown_item")
    if purpose is Purpose.CHECKLIST and not said.item:
        raise InvalidInput.at("body.item", "请说明这张照片对应哪个检查项。", "missing")
    if (said.latitude is None) != (said.longitude is None):
        raise InvalidInput.at("body.latitude", "经度和纬度要一起提供。", "missing")


async def _admit(
    session: AsyncSession,
    actor: Actor,
    uploader: Uploader,
    ticket_number: str | None,
    purpose: Purpose,
    now: datetime,
) -> int | None:
    if ticket_number is None:
        await _check_unused(session, uploader, now)
        return None
    ticket_id = await _open_ticket(session, actor, ticket_number, purpose)
    if await _count(session, Attachment.ticket_id == ticket_id) >= MAX_ON_TICKET:
        raise TicketFull
    return ticket_id


async def _check_unused(session: AsyncSession, uploader: Uploader, now: datetime) -> None:
    unused = await _count(
        session,
        Attachment.ticket_id.is_(None),
        Attachment.asset_id.is_(None),
        Attachment.created_at > now - UNUSED_FOR,
        # A comparison with no value is never true, so the empty one of the two drops out.
        or_(
            Attachment.customer_id == bindparam("customer", uploader.customer_id),
            Attachment.staff_id == bindparam("staff", uploader.staff_id),
        ),
    )
    if unused >= MAX_UNUSED:
        raise TooManyRequests("您上传的照片太多了，请先提交工单。", retry_after=3600)


async def _count(session: AsyncSession, *conditions: ColumnElement[bool]) -> int:
    return (await session.execute(select(func.count()).where(*conditions))).scalar_one()


async def _open_ticket(session: AsyncSession, actor: Actor, number: str, purpose: Purpose) -> int:
    """Its customer, its engineer and the desk may add photos; for everybody else it does not exist."""
    query = select(Ticket.id, Ticket.state).where(Ticket.number == number)
    if not actor.oversees:
        his = UUID(actor.id)
        query = query.where(or_(Ticket.customer_id == his, Ticket.engineer_id == his))
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound
    if State(row.state) in ENDS:
        raise TicketEnded
    if purpose in OF_THE_JOB and State(row.state) is State.CONFIRMED:
        raise EvidenceSealed
    ticket_id: int = row.id
    return ticket_id


def _describe(
    kept: Kept, uploader: Uploader, ticket_id: int | None, purpose: Purpose, said: Said, now: datetime
) -> Attachment:
    return Attachment(
        id=kept.id,
        customer_id=uploader.customer_id,
        staff_id=uploader.staff_id,
        ticket_id=ticket_id,
        purpose=purpose.value,
        item=said.item,
        caption=said.caption,
        sha256=kept.sha256,
        media_type=kept.media_type,
        size=kept.size,
        width=kept.width,
        height=kept.height,
        duration_ms=kept.duration_ms,
        latitude=said.latitude,
        longitude=said.longitude,
        claimed_at=said.claimed_at,
        created_at=now,
    )
