"""Accounts of those who work at the desk; engineers have an operation of their own."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Response

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.models.people import StaffRole
from app.routers.dependencies import IdempotencyKey, NetworkDep, require
from app.schemas.staff import AccountList, AccountOut, EndedOut, NewAccountIn, PasswordIn, RightsIn
from app.services.idempotency import Once, fingerprint
from app.services.staff.accounts import Account, enable, list_accounts, read_account, set_rights
from app.services.staff.desk import add_account, end_account, reset_password

router = Routes(prefix="/api/v1/staff", tags=["staff"])

AdminDep = Annotated[Actor, Depends(require(Role.ADMIN))]
StaffId = Annotated[UUID, Path()]


@router.get("")
async def read_accounts(
    _: AdminDep,
    connection: ReaderDep,
    q: Annotated[str, Query(max_length=60, description="Of a name or a username.")] = "",
) -> AccountList:
    """Everybody who signs in: what he may, whose tickets he sees, whether he has a second factor."""
    return AccountList(items=[_out(each) for each in await list_accounts(connection, q)])


@router.post("", status_code=201)
async def create_account(
    body: NewAccountIn,
    actor: AdminDep,
    connection: WriterDep,
    network: NetworkDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> AccountOut:
    """For the desk; without ``points`` he sees the whole house."""
    once = Once("staff", actor, idempotency_key, fingerprint(body))

    async def work() -> AccountOut:
        return _out(await add_account(connection, body, actor=actor, network=network, now=now))

    return await once.give(connection, now, AccountOut, work)


@router.put("/{staff_id}/rights")
async def put_rights(
    staff_id: StaffId, body: RightsIn, actor: AdminDep, connection: WriterDep, network: NetworkDep, now: Now
) -> AccountOut:
    """Role and service points, from his next call on. Nobody changes his own."""
    role = StaffRole(body.role)
    await set_rights(connection, staff_id, role, body.points, actor=actor, network=network, now=now)
    return _out(await read_account(connection, staff_id))


@router.put("/{staff_id}/password", status_code=204)
async def put_password(
    staff_id: StaffId,
    body: PasswordIn,
    actor: AdminDep,
    connection: WriterDep,
    network: NetworkDep,
    now: Now,
) -> Response:
    """A new one; whoever was signed in with the old one is signed out."""
    await reset_password(connection, staff_id, body.password, actor=actor, network=network, now=now)
    return Response(status_code=204)


@router.post("/{staff_id}/disable")
async def disable_account(
    staff_id: StaffId, actor: AdminDep, connection: WriterDep, network: NetworkDep, now: Now
) -> EndedOut:
    """He is signed out and gets nothing new; ``in_hand`` are the jobs that somebody must take over."""
    return EndedOut(in_hand=await end_account(connection, staff_id, actor=actor, network=network, now=now))


@router.post("/{staff_id}/enable")
async def enable_account(
    staff_id: StaffId, actor: AdminDep, connection: WriterDep, network: NetworkDep, now: Now
) -> AccountOut:
    """With the password that he had."""
    await enable(connection, staff_id, actor=actor, network=network, now=now)
    return _out(await read_account(connection, staff_id))


def _out(account: Account) -> AccountOut:
    return AccountOut.model_validate(asdict(account))
