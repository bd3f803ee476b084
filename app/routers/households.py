"""Households: people who show each other their appliances, invite by a code, and part again."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.pages.render import HEADERS, page
from app.routers.dependencies import IdempotencyKey, SettingsDep, require
from app.routers.visits import not_too_often
from app.schemas.households import CodeIn, HouseholdIn, HouseholdList, HouseholdOut, InvitationOut, OwnerIn
from app.services.credentials.keyring import key_ring
from app.services.households.found import found_household
from app.services.households.invite import find_invitation, invite, join, withdraw_invitations
from app.services.households.manage import change_owner, remove_member
from app.services.households.read import list_households
from app.services.idempotency import Once, fingerprint

router = Routes(prefix="/api/v1", tags=["assets"])
pages = Routes(prefix="/h5/invitations", include_in_schema=False)

CustomerDep = Annotated[Actor, Depends(require(Role.CUSTOMER))]
Handed = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[0-9A-Z]+$")]
GUESSES = Depends(not_too_often)


@router.get("/households")
async def read_households(actor: CustomerDep, connection: ReaderDep) -> HouseholdList:
    """Those that I am a member of, with the others in them."""
    return HouseholdList(items=await list_households(connection, actor=actor))


@router.post("/households", status_code=201)
async def create_household(
    body: HouseholdIn,
    actor: CustomerDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> HouseholdOut:
    """A household of which I am the first member, and the one who invites."""
    once = Once("households", actor, idempotency_key, fingerprint(body))
    return await found_household(connection, body, once=once, now=now)


@router.put("/households/{household_id}/owner")
async def put_owner(
    household_id: UUID, body: OwnerIn, actor: CustomerDep, connection: WriterDep, now: Now
) -> HouseholdOut:
    """Hand it over to another member: from now on he invites and removes."""
    return await change_owner(connection, household_id, body.member_id, actor=actor, now=now)


@router.delete("/households/{household_id}/members/{member_id}", status_code=204)
async def delete_member(
    household_id: UUID, member_id: UUID, actor: CustomerDep, connection: WriterDep, now: Now
) -> Response:
    """Leave it, or as its owner remove somebody. What was his is no longer shared; what was shared is no longer his."""
    await remove_member(connection, household_id, member_id, actor=actor, now=now)
    return Response(status_code=204)


@router.post("/households/{household_id}/invitations", status_code=201)
async def create_invitation(
    household_id: UUID,
    actor: CustomerDep,
    connection: WriterDep,
    settings: SettingsDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> InvitationOut:
    """A code for one person and three days. It is told once and kept as a digest; the same key tells it again."""
    asked = fingerprint(None, str(household_id))
    once = Once("invitations", actor, idempotency_key, asked, ring=key_ring(settings))
    base = settings.public_base_url
    work = partial(invite, connection, household_id, actor=actor, now=now, public_base_url=base)
    return await once.give(connection, now, InvitationOut, work)


@router.delete("/households/{household_id}/invitations", status_code=204)
async def delete_invitations(household_id: UUID, actor: CustomerDep, connection: WriterDep) -> Response:
    """None of those that nobody has used yet is good any more."""
    await withdraw_invitations(connection, household_id, actor=actor)
    return Response(status_code=204)


@router.post("/household-members", status_code=201, dependencies=[GUESSES])
async def create_member(body: CodeIn, actor: CustomerDep, connection: WriterDep, now: Now) -> HouseholdOut:
    """Join by a code. Whoever is a member already uses nothing up, so repeating it is harmless."""
    return await join(connection, body.code, actor=actor, now=now)


@pages.get("/{code}", dependencies=[GUESSES])
async def invitation_page(code: Handed, actor: CustomerDep, connection: ReaderDep, now: Now) -> HTMLResponse:
    found = await find_invitation(connection, code, actor=actor, now=now)
    return page("invitation", invitation=found, code=code)


@pages.post("/{code}", dependencies=[GUESSES])
async def join_on_page(code: Handed, actor: CustomerDep, connection: WriterDep, now: Now) -> RedirectResponse:
    await join(connection, code, actor=actor, now=now)
    return RedirectResponse(f"/h5/invitations/{code}", status_code=303, headers=HEADERS)
