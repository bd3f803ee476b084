"""The customer proves on the spot that the work is done: his signature on the engineer's phone, or his own code."""

from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest
from io import BytesIO
from uuid import UUID

import asyncpg
from PIL import Image, ImageDraw
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import driver
from app.domain.actor import Actor
from app.domain.evidence.signature import Stroke, is_blank
from app.domain.lifecycle import State
from app.domain.situation import ProofKind, Purpose, Situation, Visit
from app.errors import Conflict, Forbidden, InvalidInput
from app.integrations.storage import ObjectStore
from app.schemas.evidence import CodeIn, ProofOut, ShownIn, SignatureIn
from app.services.attachments.keep import Kept, keep
from app.services.attachments.watermark import Mark
from app.services.idempotency import Once
from app.services.tickets.change import Counted
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load
from app.services.tickets.record import Entry

PAD = (900, 360)
MAX_ATTEMPTS = 5

_GUESS = """
UPDATE visits SET completion_attempts = completion_attempts + 1
 WHERE id = $1 AND completion_attempts < $2 AND completion_code IS NOT NULL RETURNING completion_code
"""
_SIGNED = """
INSERT INTO attachments (id, staff_id, ticket_id, visit_id, purpose, sha256, media_type, size, width, height,
                         created_at)
VALUES ($1, $2::uuid, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
_PROVE = """
INSERT INTO completion_proofs (visit_id, kind, total_fen, quote_version, attachment_id, staff_id, proved_at)
VALUES ($1, $2, $3, $4, $5, $6::uuid, $7)
ON CONFLICT (visit_id) DO UPDATE SET kind = excluded.kind, total_fen = excluded.total_fen,
    quote_version = excluded.quote_version, attachment_id = excluded.attachment_id, staff_id = excluded.staff_id,
    proved_at = excluded.proved_at
"""


class NotWorking(Conflict):
    code, msg = "not_working", "请在维修期间、完工之前请客户确认。"


class TotalChanged(Conflict):
    """``total_fen`` and ``quote_version`` beside the error are those that the customer has to see."""

    code, msg = "total_changed", "金额已有变更，请客户按新的金额确认。"


class WrongCode(Conflict, Counted):
    code, msg = "wrong_code", "完成码不正确，请与客户核对。"


class TooManyAttempts(Conflict):
    code, msg = "too_many_attempts", "完成码已输错 5 次，请客户在您的手机上签字。"


async def sign(
    sessions: async_sessionmaker[AsyncSession],
    store: ObjectStore,
    number: str,
    body: SignatureIn,
    *,
    once: Once,
    now: datetime,
) -> ProofOut:
    """Opens its own transactions, none of them while it draws and stores (see ``upload``).

    Errors: invalid_input for a pad that nobody has signed, not_working, total_changed.
    """
    if is_blank(body.strokes):
        raise InvalidInput.at("body.strokes", "还没有签名，请客户完整签名后再提交。", "blank_signature")
    actor = once.actor
    async with sessions.begin() as session:
        _provable(await load(await driver(session), number, actor), actor, body)
    kept = await keep(store, BytesIO(drawn(body.strokes)), Mark(now, number))
    async with sessions.begin() as session:
        connection = await driver(session)
        s = await load(connection, number, actor, lock=True)
        if earlier := await once.earlier(connection, now):
            return ProofOut.model_validate(earlier)
        visit = _provable(s, actor, body)
        await _keep_signature(connection, s, visit, kept, actor, now)
        proof = await _prove(connection, s, visit, body, ProofKind.SIGNATURE, actor, now, kept)
        await once.keep(connection, proof.model_dump())
        return proof


async def prove_by_code(
    connection: asyncpg.Connection, number: str, body: CodeIn, *, actor: Actor, now: datetime
) -> ProofOut:
    """Opens its own transaction: a wrong guess is counted although it is refused.

    Errors: wrong_code, too_many_attempts, not_working, total_changed.
    """
    async with connection.transaction():
        s = await load(connection, number, actor, lock=True)
        visit = _provable(s, actor, body)
        code: str | None = await connection.fetchval(_GUESS, visit.id, MAX_ATTEMPTS)
        if code is not None and compare_digest(code, body.code):
            return await _prove(connection, s, visit, body, ProofKind.CODE, actor, now)
    raise TooManyAttempts if code is None else WrongCode


def _provable(s: Situation, actor: Actor, shown: ShownIn) -> Visit:
    if s.engineer_id != actor.id:
        raise Forbidden
    if s.visit is None or s.state is not State.IN_REPAIR:
        raise NotWorking
    if (shown.total_fen, shown.quote_version) != (s.approved_fen, s.approved_version):
        raise TotalChanged(extra={"total_fen": s.approved_fen, "quote_version": s.approved_version})
    return s.visit


async def _keep_signature(
    connection: asyncpg.Connection, s: Situation, visit: Visit, kept: Kept, actor: Actor, now: datetime
) -> None:
    await connection.execute(
        _SIGNED,
        kept.id,
        actor.id,
        s.id,
        visit.id,
        Purpose.SIGNATURE.value,
        kept.sha256,
        kept.media_type,
        kept.size,
        kept.width,
        kept.height,
        now,
    )


async def _prove(
    connection: asyncpg.Connection,
    s: Situation,
    visit: Visit,
    shown: ShownIn,
    kind: ProofKind,
    actor: Actor,
    now: datetime,
    signature: Kept | None = None,
) -> ProofOut:
    picture: UUID | None = signature.id if signature else None
    await connection.execute(
        _PROVE, visit.id, kind.value, shown.total_fen, shown.quote_version, picture, actor.id, now
    )
    how = "签字" if kind is ProofKind.SIGNATURE else "出示完成码"
    data = {
        "kind": kind.value,
        "total_fen": shown.total_fen,
        "quote_version": shown.quote_version,
        "sha256": signature.sha256 if signature else None,
    }
    entry = Entry("evidence", f"客户{how}确认完工，金额 {shown.total_fen / 100:.2f} 元", data)
    await add_fact(connection, s, entry, actor=actor, now=now)
    return ProofOut(kind=kind, total_fen=shown.total_fen, quote_version=shown.quote_version, proved_at=now)


def drawn(strokes: Sequence[Stroke]) -> bytes:
    """The signature as a picture, dark on white."""
    image = Image.new("RGB", PAD, "white")
    pen = ImageDraw.Draw(image)
    for stroke in strokes:
        points = [(x * PAD[0], y * PAD[1]) for x, y in stroke]
        if len(points) > 1:
            pen.line(points, fill="#10243f", width=5, joint="curve")
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
