"""What a person allows, and may ask of us about himself: who looked, that his account be deleted, proof that it was."""

from typing import Annotated

from fastapi import Depends, Path

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.domain.privacy.purposes import Purpose
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import IdempotencyKey, require
from app.schemas.privacy import (
    ConsentIn,
    Consents,
    ConsentTextIn,
    ConsentTextOut,
    ConsentTexts,
    DeletionOut,
    DeletionProof,
    DeletionRequested,
    PrivacyOut,
)
from app.services.idempotency import Once, fingerprint
from app.services.privacy.consents import current_texts, publish_text, say, standing_of, text_of
from app.services.privacy.looks import looks_at
from app.services.privacy.request import ask_deletion, cancel_deletion, read_deletion, read_proof

router = Routes(prefix="/api/v1/me/deletion", tags=["privacy"])
proofs = Routes(prefix="/api/v1/deletion-proofs", tags=["privacy"])

mine = Routes(prefix="/api/v1/me/privacy", tags=["privacy"])
texts = Routes(prefix="/api/v1/consent-texts", tags=["privacy"])

AdminDep = Annotated[Actor, Depends(require(Role.ADMIN))]
CustomerDep = Annotated[Actor, Depends(require(Role.CUSTOMER))]
Token = Annotated[str, Path(pattern=r"^[\w-]{20,40}$")]


@router.get("")
async def read_my_deletion(actor: CustomerDep, connection: ReaderDep, now: Now) -> DeletionOut:
    """Whether it is asked for, what stands in its way with what to do, and what to know before."""
    return await read_deletion(connection, actor=actor, now=now)


@router.post("", status_code=201)
async def request_deletion(
    actor: CustomerDep, connection: WriterDep, now: Now, idempotency_key: IdempotencyKey = None
) -> DeletionRequested:
    """Ask for it. For seven days it can be cancelled; then everything that names me goes, and what counts stays."""
    once = Once("deletions", actor, idempotency_key, b"")
    return await ask_deletion(connection, once=once, now=now)


@router.delete("", status_code=204)
async def withdraw_deletion(actor: CustomerDep, connection: WriterDep, now: Now) -> None:
    """I have thought again."""
    await cancel_deletion(connection, actor=actor, now=now)


@proofs.get("/{token}")
async def read_deletion_proof(token: Token, connection: ReaderDep) -> DeletionProof:
    """What became of it, for whoever holds the code: when, and how much of what went."""
    return await read_proof(connection, token)


@mine.get("")
async def read_my_privacy(actor: CustomerDep, connection: ReaderDep) -> PrivacyOut:
    """What I allow, with every word I said of it, and how often and for what my number was looked at."""
    looks, looked = await looks_at(connection, actor.id)
    return PrivacyOut(consents=await standing_of(connection, actor.id), looks=looks, looked=looked)


@mine.post("/consents", status_code=201)
async def say_what_i_allow(
    body: ConsentIn,
    actor: CustomerDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> Consents:
    """A yes to the newest text of a purpose, or a no, which is heeded at once."""
    once = Once("privacy-consents", actor, idempotency_key, fingerprint(body))
    return Consents(items=await say(connection, body, once=once, now=now))


@texts.get("")
async def read_consent_texts(connection: ReaderDep) -> ConsentTexts:
    """What people are asked to agree to, as it stands; anybody may read it."""
    return ConsentTexts(items=await current_texts(connection))


@texts.get("/{purpose}/{version}")
async def read_consent_text(
    purpose: Purpose, version: Annotated[int, Path(ge=1, lt=2**31)], connection: ReaderDep
) -> ConsentTextOut:
    """As it was in that version, for ever."""
    return await text_of(connection, purpose, version)


@texts.post("", status_code=201)
async def publish_consent_text(
    body: ConsentTextIn,
    admin: AdminDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> ConsentTextOut:
    """The next version of a purpose. Consents to earlier ones stay what they were."""
    once = Once("consent-texts", admin, idempotency_key, fingerprint(body))
    return await publish_text(connection, body, once=once, now=now)
