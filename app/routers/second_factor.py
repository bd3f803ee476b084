"""The second factor of staff: one's own, the roles that demand one, and taking off that of a colleague."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Response

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import NetworkDep, SessionsDep, SettingsDep, require
from app.routers.sessions import limit_passwords
from app.schemas.second_factor import (
    BeginIn,
    BegunOut,
    OwnPasswordIn,
    RecoveryCodesOut,
    ResetIn,
    SecondCodeIn,
    SecondFactorOut,
    SecondFactorRoles,
    SecondFactorRolesOut,
)
from app.services.credentials.keyring import key_ring
from app.services.second_factor import own
from app.services.second_factor.demand import demand, demanded_roles
from app.services.second_factor.reset import reset
from app.services.second_factor.standing import standing_of

router = Routes(prefix="/api/v1", tags=["second factor"])

StaffDep = Annotated[
    Actor, Depends(require(Role.ENGINEER, Role.AGENT, Role.MANAGER, Role.ADMIN, Role.CONTRACTOR))
]
AdminDep = Annotated[Actor, Depends(require(Role.ADMIN))]
LIMITED = Depends(limit_passwords)


async def himself(
    actor: StaffDep, sessions: SessionsDep, settings: SettingsDep, network: NetworkDep, now: Now
) -> own.Person:
    return own.Person(sessions, actor, network, now, key_ring(settings))


PersonDep = Annotated[own.Person, Depends(himself)]


@router.get("/me/second-factor")
async def read_second_factor(actor: StaffDep, connection: ReaderDep) -> SecondFactorOut:
    """Since when he signs in with one, and how many recovery codes are left."""
    found = await standing_of(connection, actor.id)
    return SecondFactorOut(
        since=found.proved_at, demanded=found.demanded, recovery_codes_left=found.codes_left
    )


@router.put("/me/second-factor/secret", dependencies=[LIMITED])
async def begin_second_factor(body: BeginIn, person: PersonDep) -> BegunOut:
    """A new secret for an authenticator app, after his password; it counts once ``proof`` has shown a code of it."""
    begun = await own.begin(person, body.password)
    return BegunOut(secret=begun.secret, uri=begun.uri)


@router.post("/me/second-factor/proof", dependencies=[LIMITED])
async def prove_second_factor(body: SecondCodeIn, person: PersonDep) -> RecoveryCodesOut:
    """The first code of the app. From now on he signs in with one."""
    return RecoveryCodesOut(recovery_codes=await own.prove(person, body.code))


@router.put("/me/second-factor/recovery-codes", dependencies=[LIMITED])
async def renew_recovery_codes(body: SecondCodeIn, person: PersonDep) -> RecoveryCodesOut:
    """New ones in the place of those that he had."""
    return RecoveryCodesOut(recovery_codes=await own.renew_codes(person, body.code))


@router.post("/me/second-factor/end", status_code=204, dependencies=[LIMITED])
async def end_second_factor(body: SecondCodeIn, person: PersonDep) -> Response:
    """By password alone again; where his role demands one, he sets up another at his next sign-in."""
    await own.end(person, body.code)
    return Response(status_code=204)


@router.put("/me/password", status_code=204, dependencies=[LIMITED])
async def change_own_password(body: OwnPasswordIn, person: PersonDep) -> Response:
    """After the one that he has; whoever is signed in as him is signed out, he himself included."""
    await own.change_own_password(person, body.password, body.new_password)
    return Response(status_code=204)


@router.get("/second-factor-roles")
async def read_second_factor_roles(_: AdminDep, connection: ReaderDep) -> SecondFactorRolesOut:
    """Of whom one is demanded; of the others it is their own choice."""
    return SecondFactorRolesOut(roles=await demanded_roles(connection))


@router.put("/second-factor-roles")
async def put_second_factor_roles(
    body: SecondFactorRoles, actor: AdminDep, connection: WriterDep, network: NetworkDep, now: Now
) -> SecondFactorRolesOut:
    """Of exactly these roles, from the next sign-in on: whoever has none sets one up then."""
    return SecondFactorRolesOut(
        roles=await demand(connection, body.roles, actor=actor, network=network, now=now)
    )


@router.post("/staff/{staff_id}/second-factor/reset", status_code=204)
async def reset_second_factor(
    staff_id: Annotated[UUID, Path()],
    body: ResetIn,
    actor: AdminDep,
    connection: WriterDep,
    network: NetworkDep,
    now: Now,
) -> Response:
    """For somebody who has lost his phone and his recovery codes: by password alone, until he sets up another."""
    await reset(connection, staff_id, body.reason, actor=actor, network=network, now=now)
    return Response(status_code=204)
